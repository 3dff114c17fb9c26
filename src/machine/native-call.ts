import type { IrFunction } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { CType } from '../c/types.ts';
import type { MachineEvent, MachineMemory, MachineOptions, MachineRule, NativeCall, StackEntry } from './api.ts';
import type { Execution } from './execution.ts';
import type { HeapRecord } from './heap.ts';
import { Control, Frame } from './layout.ts';
import { makeWritable, Shadow } from './shadow.ts';
import type { Space } from './space.ts';

/** How a C value sits in an 8-byte cell. */
interface Carrier {
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bool: boolean;
}
export interface Shape {
  readonly params: readonly Carrier[];
  /** undefined: void, or a struct through the hidden pointer. */
  readonly result: Carrier | undefined;
  /** Bytes of a struct result. */
  readonly hidden: number | undefined;
}

function carrier(type: CType, wordSize: 4 | 8): Carrier {
  if (type.kind === 'int') return { size: type.size, signed: type.signed, bool: type.bool === true };
  if (type.kind === 'enum') return { size: type.carrier.size, signed: type.carrier.signed, bool: false };
  return { size: wordSize, signed: false, bool: false };
}

/** How the arguments and the result of a function lie in cells. */
export class Shapes {
  readonly #wordSize: 4 | 8;
  readonly #known = new Map<IrFunction, Shape>();

  constructor(wordSize: 4 | 8) {
    this.#wordSize = wordSize;
  }

  of(fn: IrFunction): Shape {
    let shape = this.#known.get(fn);
    if (!shape) this.#known.set(fn, (shape = this.#make(fn)));
    return shape;
  }

  /** An argument as its C type has it, sign- or zero-extended to 64 bits and read as unsigned. */
  argument(fn: IrFunction, space: Space, frame: number, index: number): bigint {
    return argument(this.of(fn), this.#wordSize, space, frame + Frame.cells, index);
  }

  #make(fn: IrFunction): Shape {
    const word: Carrier = { size: this.#wordSize, signed: false, bool: false };
    const { type } = fn;
    if (type.kind !== 'function') return { params: [], result: word, hidden: undefined };
    const { returns } = type;
    const isRecord = returns.kind === 'struct' || returns.kind === 'union';
    const params = type.params.map((p) => carrier(p.type, this.#wordSize));
    return {
      params: isRecord ? [word, ...params] : params,
      result: isRecord || returns.kind === 'void' ? undefined : carrier(returns, this.#wordSize),
      hidden: isRecord ? returns.size : undefined,
    };
  }
}

function argument(shape: Shape, wordSize: 4 | 8, space: Space, cells: number, index: number): bigint {
  const param = shape.params[index];
  const at = cells + index * 8;
  const size = param?.size ?? wordSize;
  if (size === 8) return space.longs[at >> 3]!;
  const low = space.words[at >> 2]!;
  return param?.signed ? BigInt.asUintN(64, BigInt(low)) : BigInt(low >>> 0);
}

/**
 * Work of natives that is paid for like statements, so that a loop around a large memset() or a message ends when the budget
 * does: bytes from here on, and how many are as much as one statement. Small objects cost what the call costs.
 */
const FREE_BYTES = 512;
const BYTES_A_STATEMENT = 64;
/** What telling of something costs, in statements: it takes some microseconds to put it into words. */
const TELLING = 16;

/** The window a native has on the machine. One object serves every call: natives do not call back into C. */
export class HostCall implements NativeCall {
  readonly memory: MachineMemory;
  readonly options: MachineOptions;
  readonly #x: Execution;
  thread = 0;
  loc: Loc = 0;
  retries = 0;
  /** The native orders threads: what it checks is the object it does that with, and no access of its own. */
  synchronises = false;
  #shape: Shape = { params: [], result: undefined, hidden: undefined };
  #cells = 0;
  /** The calling frame. */
  #frame = 0;
  #stack: StackEntry[] | undefined;

  constructor(execution: Execution, options: MachineOptions) {
    this.#x = execution;
    this.options = options;
    this.memory = execution.memory;
  }

  /** Points the window at a call: the callee's frame holds the arguments, the caller's gets the result. */
  open(shape: Shape, frame: number, caller: number, loc: Loc): void {
    this.thread = this.#x.current;
    this.loc = loc;
    this.#shape = shape;
    this.#cells = frame + Frame.cells;
    this.#frame = caller;
    this.#stack = undefined;
    this.retries = this.#x.word(caller + Frame.retries);
    this.#x.space.longs[(caller + Frame.result) >> 3] = 0n;
  }

  arg(index: number): bigint {
    return argument(this.#shape, this.memory.wordSize, this.#x.space, this.#cells, index);
  }

  argInt(index: number): number {
    return this.#x.space.words[(this.#cells + index * 8) >> 2]!;
  }

  result(value: bigint | number | boolean): void {
    const { result } = this.#shape;
    if (!result) return;
    const at = (this.#frame + Frame.result) >> 3;
    const { longs } = this.#x.space;
    if (result.bool) {
      longs[at] = value ? 1n : 0n;
      return;
    }
    const exact =
      typeof value === 'bigint' ? value : BigInt(typeof value === 'boolean' ? Number(value) : Math.trunc(value));
    const bits = result.size * 8;
    const narrow = result.signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact);
    longs[at] = BigInt.asUintN(result.size === 8 ? 64 : 32, narrow);
  }

  nameOf(thread: number): string {
    return this.#x.threads[thread]?.name ?? `thread ${thread}`;
  }

  stack(): readonly StackEntry[] {
    this.#stack ??= this.#x.stackFrom(this.#frame, this.loc);
    return this.#stack;
  }

  origin(): readonly StackEntry[] {
    const x = this.#x;
    const func = x.word(this.#frame + Frame.func);
    return x.shallow && func >= 0 ? [{ func, loc: this.loc }] : this.stack();
  }

  problem(
    rule: MachineRule,
    message: string,
    options: {
      readonly fatal?: boolean;
      readonly related?: readonly { readonly message: string; readonly loc: Loc }[];
      readonly loc?: Loc;
    } = {},
  ): void {
    this.#x.charge(TELLING + this.stack().length);
    this.#x.problem({
      rule,
      message,
      loc: options.loc ?? this.loc,
      stack: this.stack(),
      fatal: options.fatal ?? false,
      related: options.related ?? [],
    });
  }

  #charge(bytes: number): void {
    if (bytes >= FREE_BYTES) this.#x.charge(Math.ceil(bytes / BYTES_A_STATEMENT));
  }

  event(event: MachineEvent): void {
    if (event.kind === 'log' || event.kind === 'note') {
      this.#x.charge(TELLING);
      this.#charge(event.text.length * 4);
    }
    this.#x.event(event);
    if (event.kind === 'problem' && event.fatal) this.#x.end('fatal', event.loc);
  }

  free(address: bigint): void {
    if (address === 0n) return;
    const x = this.#x;
    const offset = x.memory.offset(address, 0);
    const record = offset === undefined ? undefined : x.heap.near(offset);
    if (!record || record.offset !== offset) {
      const what = x.memory.describe(address);
      const inside = record && offset !== undefined && offset > record.offset && offset < record.offset + record.size;
      const related = inside ? this.#places(record) : [];
      this.problem('invalid-free', `free of ${what}, which is not the start of an allocated object`, {
        fatal: true,
        related,
      });
      return;
    }
    // A walk over the heap: only for reports.
    const name = (): string => x.memory.heapName(record);
    if (record.freedAt !== undefined) {
      this.problem('double-free', `free of ${name()}, which was freed already`, {
        fatal: true,
        related: this.#places(record),
      });
    } else if (record.kind === 'bootmem') {
      this.problem(
        'invalid-free',
        `free of ${name()}, which was there before the allocator ran and is not its object`,
        {
          fatal: true,
          related: this.#places(record),
        },
      );
    } else {
      x.note(record.offset, record.size, true, this.loc);
      x.heap.free(record, this.loc, this.origin(), this.thread);
    }
  }

  #places(record: HeapRecord): { message: string; loc: Loc }[] {
    const places = [{ message: 'allocated here', loc: record.allocatedAt }];
    if (record.freedAt !== undefined) places.push({ message: 'freed here', loc: record.freedAt });
    return places;
  }

  wake(key: string): void {
    for (const thread of this.#x.threads) {
      if (thread.status === 'blocked' && thread.key === key) {
        thread.status = 'ready';
        thread.key = undefined;
        thread.why = undefined;
      }
    }
  }

  setInitialised(address: bigint, size: number, initialised: boolean): void {
    const at = this.#x.memory.offset(address, size);
    if (at === undefined) return;
    const { shadow, heap } = this.#x.code.layout;
    const { bytes } = this.#x.space;
    this.#x.space.touch(at, size);
    this.#x.space.forgetReadable(at, size);
    const from = initialised ? Shadow.uninitialised : Shadow.ok;
    const to = initialised ? Shadow.ok : Shadow.uninitialised;
    for (let i = shadow + at; i < shadow + at + size; i++) if (bytes[i] === from) bytes[i] = to;
    if (at < heap) this.#x.setWord(Control.globalsTouched, 1);
  }

  check(address: bigint, size: number, write: boolean): boolean {
    this.#charge(size);
    if (this.#x.ended) return false;
    const attempt = { address, size, write, partial: true };
    if (!this.#x.faults.isGood(attempt)) return this.#x.faults.report(attempt, this.loc, this.#frame);
    if (!this.synchronises) this.#x.note(this.#x.memory.offset(address, size) ?? 0, size, write, this.loc);
    return true;
  }

  copy(dst: bigint, src: bigint, size: number): void {
    if (size <= 0 || !this.check(src, size, false) || !this.check(dst, size, true)) return;
    const from = this.#x.memory.offset(src, size);
    const to = this.#x.memory.offset(dst, size);
    if (from === undefined || to === undefined) return;
    const { shadow, heap } = this.#x.code.layout;
    const { bytes } = this.#x.space;
    this.#x.space.touch(to, size);
    this.#x.space.forgetReadable(to, size);
    bytes.copyWithin(to, from, from + size);
    bytes.copyWithin(shadow + to, shadow + from, shadow + from + size);
    // The copy is writable, whatever the original was.
    makeWritable(this.#x.space, shadow + to, shadow + to + size);
    if (to < heap) this.#x.setWord(Control.globalsTouched, 1);
  }
}
