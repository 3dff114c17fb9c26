import type { Loc } from '../c/token.ts';
import type { Native, NativeCall, ObservedValue } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import { calledFrom } from './places.ts';
import { type Printing, stringAt } from './printk.ts';
import type { KernelState } from './state.ts';

/** WARN and BUG, observations, expectations, notes. */
export function reportNatives(state: KernelState, context: KernelContext, printing: Printing): Map<string, Native> {
  const placeOf = (call: NativeCall): Loc => calledFrom(context.program, call).loc;
  return new Map<string, Native>([
    ['__iomem_warn', (call) => call.problem('warning-raised', text(call, 0), { loc: placeOf(call) })],
    [
      '__iomem_warn_fmt',
      (call) => {
        const message = printing.text(call, call.arg(0), call.arg(1)).trimEnd();
        call.problem('warning-raised', message || 'WARN()', { loc: placeOf(call) });
      },
    ],
    [
      '__iomem_bug',
      (call) => {
        call.problem('bug-reached', text(call, 0), { fatal: true, loc: placeOf(call) });
        return { kill: true };
      },
    ],
    [
      '__iomem_misuse',
      (call) => call.problem('api-misuse', printing.text(call, call.arg(0), call.arg(1)), { loc: placeOf(call) }),
    ],
    [
      'dump_stack',
      (call) => call.event({ kind: 'log', level: 7, text: 'dump_stack()', thread: call.thread, loc: call.loc }),
    ],
    ['__iomem_observe', observe],
    ['__iomem_expect_failed', (call) => call.problem('expectation-failed', `EXPECT(${text(call, 0)})`)],
    [
      '__iomem_note',
      (call) => {
        if (!state.notes) return;
        const text = printing.text(call, call.arg(0), call.arg(1));
        call.event({ kind: 'note', text, thread: call.thread, loc: placeOf(call) });
      },
    ],
    ['__iomem_end_thread', () => ({ kill: true })],
  ]);
}

/** A string constant of our own macros. */
const text = (call: NativeCall, index: number): string => call.memory.readString(call.arg(index), 4096) ?? '';

/** `__iomem_observe(expression, is_pointer, is_string, bytes, value)`. */
function observe(call: NativeCall): void {
  const value = call.arg(4);
  const observed: ObservedValue =
    call.argInt(1) !== 0 ? pointerValue(call, value, call.argInt(2) !== 0) : integerValue(value, call.argInt(3));
  call.event({ kind: 'observe', expr: text(call, 0), value: observed, thread: call.thread, loc: call.loc });
}

function integerValue(value: bigint, bytes: number): ObservedValue {
  const size = bytes === 1 || bytes === 2 || bytes === 4 ? bytes : 8;
  return { kind: 'int', value: BigInt.asUintN(8 * size, value), bytes: size };
}

function pointerValue(call: NativeCall, value: bigint, isString: boolean): ObservedValue {
  if (value === 0n) return { kind: 'pointer', value: 'NULL' };
  const errno = Number(BigInt.asIntN(8 * call.memory.wordSize, value));
  if (errno < 0 && errno >= -4095) return { kind: 'errno', value: errno };
  if (isString) {
    const read = stringAt(call, value, 4096);
    if (read !== undefined) return { kind: 'string', value: read };
  }
  return { kind: 'pointer', value: call.memory.describe(value) };
}
