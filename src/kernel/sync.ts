import type { Native, NativeCall } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import { calledFrom, placeText } from './places.ts';
import { isAtomic, type KernelState, mustBeAbleToSleep, turnedOn } from './state.ts';

/*
 * Sleeping and waking, RCU, atomics, and what else makes a context atomic. Wait queues and completions are C (lib/) over
 * __iomem_park() and __iomem_unpark().
 */

type Counter = 'rcu' | 'preempt' | 'irq' | 'bh';

/** Natives by name. All of them are steps that other threads can see. */
export function syncNatives(state: KernelState, context: KernelContext): Map<string, Native> {
  return new Map<string, Native>([
    ['__iomem_thread', (call) => call.result(call.thread)],
    ['__iomem_park', (call) => park(state, context, call)],
    ['__iomem_unpark', unpark],
    [
      '__iomem_might_sleep',
      (call) => mustBeAbleToSleep(state, call, () => call.memory.readString(call.arg(0), 80) ?? 'this'),
    ],
    ['__iomem_in_atomic', (call) => call.result(isAtomic(state.context(call.thread)))],

    ['rcu_read_lock', (call) => open(state, call, 'rcu')],
    ['rcu_read_unlock', (call) => close(state, call, 'rcu', 'rcu_read_unlock()')],
    ['rcu_read_lock_held', (call) => call.result(state.context(call.thread).rcu.length > 0)],
    ['__iomem_wait_for_readers', (call) => waitForReaders(state, call)],
    ['preempt_disable', (call) => open(state, call, 'preempt')],
    ['preempt_enable', (call) => close(state, call, 'preempt', 'preempt_enable()')],
    ['local_bh_disable', (call) => open(state, call, 'bh')],
    ['local_bh_enable', (call) => close(state, call, 'bh', 'local_bh_enable()')],
    [
      '__iomem_irq_disable',
      (call) => {
        open(state, call, 'irq');
        call.result(0);
      },
    ],
    [
      '__iomem_irq_enable',
      (call) => {
        turnedOn(call, state.context(call.thread).irq, 'local_irq_enable()');
        close(state, call, 'irq', 'enabling interrupts');
      },
    ],
    ['__iomem_irq_restore', (call) => close(state, call, 'irq', 'restoring interrupts')],

    ['__iomem_atomic_add', (call) => atomic(call, (old) => old + call.arg(2))],
    [
      '__iomem_atomic_add_unless',
      (call) => {
        const unless = BigInt.asUintN(8 * call.argInt(1), call.arg(3));
        return atomic(call, (old) => (old === unless ? old : old + call.arg(2)));
      },
    ],
    ['__iomem_atomic_and', (call) => atomic(call, (old) => old & call.arg(2))],
    ['__iomem_atomic_or', (call) => atomic(call, (old) => old | call.arg(2))],
    ['__iomem_atomic_xor', (call) => atomic(call, (old) => old ^ call.arg(2))],
    ['__iomem_atomic_xchg', (call) => atomic(call, () => call.arg(2))],
    [
      '__iomem_atomic_cmpxchg',
      (call) => {
        const bits = 8 * call.argInt(1);
        const expected = BigInt.asUintN(bits, call.arg(2));
        return atomic(call, (old) => (old === expected ? call.arg(3) : old));
      },
    ],
  ]);
}

/** Those that only look at the calling thread are not visible to others. */
export const privateSync: ReadonlySet<string> = new Set([
  '__iomem_thread',
  '__iomem_might_sleep',
  '__iomem_in_atomic',
  'rcu_read_lock_held',
  'preempt_disable',
  'preempt_enable',
  'local_bh_disable',
  'local_bh_enable',
  '__iomem_irq_disable',
  '__iomem_irq_enable',
  '__iomem_irq_restore',
]);

const keyOf = (address: bigint): string => `task:${address.toString(16)}`;

/** Sleeps while the task's state is not TASK_RUNNING (0). */
function park(state: KernelState, context: KernelContext, call: NativeCall): ReturnType<Native> {
  const address = call.arg(0);
  if (call.retries === 0) mustBeAbleToSleep(state, call, () => 'schedule()');
  if (!call.check(address, 4, false)) return { kill: true };
  if (call.memory.read(address, 4) === 0n) return;
  const what = call.memory.readString(call.arg(1), 200) ?? 'a wake-up';
  const { loc, callee } = calledFrom(context.program, call);
  const where = callee === undefined ? '' : ` in ${callee}()`;
  return { block: keyOf(address), why: `${what}${where}${placeText(context.program, loc)}` };
}

function unpark(call: NativeCall): ReturnType<Native> {
  const address = call.arg(0);
  if (!call.check(address, 4, true)) return { kill: true };
  const was = call.memory.read(address, 4) ?? 0n;
  call.memory.write(address, 4, 0n);
  call.wake(keyOf(address));
  call.result(was !== 0n);
}

function open(state: KernelState, call: NativeCall, counter: Counter): void {
  state.update(call.thread, { [counter]: [...state.context(call.thread)[counter], call.loc] });
}

function close(state: KernelState, call: NativeCall, counter: Counter, what: string): void {
  const context = state.context(call.thread);
  const places = context[counter];
  if (places.length === 0) {
    call.problem('unlock-not-held', `${what} without the call that it ends`);
    return;
  }
  const rest = places.slice(0, -1);
  if (counter === 'rcu' && rest.length === 0) {
    state.update(call.thread, { rcu: rest, sections: context.sections + 1 });
    call.wake('rcu');
  } else {
    state.update(call.thread, { [counter]: rest });
  }
}

/** Waits for the read sections of other threads that were open at the call; later ones do not matter. */
function waitForReaders(state: KernelState, call: NativeCall): ReturnType<Native> {
  const own = state.context(call.thread);
  if (call.retries === 0) {
    if (own.rcu.length > 0) {
      call.problem('deadlock', 'synchronize_rcu() inside a read section of the same thread never returns', {
        fatal: true,
        related: own.rcu.map((loc) => ({ message: 'rcu_read_lock() here', loc })),
      });
      return { kill: true };
    }
    mustBeAbleToSleep(state, call, () => 'synchronize_rcu()');
    const waits = [...state.contexts]
      .filter(([, context]) => context.rcu.length > 0)
      .map(([thread, context]) => ({ thread, section: context.sections }));
    state.update(call.thread, { waits });
  }
  const waiting = state.context(call.thread).waits ?? [];
  const left = waiting.find(({ thread, section }) => {
    const reader = state.context(thread);
    return reader.rcu.length > 0 && reader.sections === section;
  });
  if (left) return { block: 'rcu', why: `synchronize_rcu(), for the read section of ${call.nameOf(left.thread)}` };
  state.update(call.thread, { waits: [] });
}

function atomic(call: NativeCall, change: (old: bigint) => bigint): ReturnType<Native> {
  const address = call.arg(0);
  const size = call.argInt(1);
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) {
    call.problem('api-misuse', `an atomic operation on ${size} bytes`, { fatal: true });
    return { kill: true };
  }
  if (!call.check(address, size, true)) return { kill: true };
  const old = call.memory.read(address, size) ?? 0n;
  call.memory.write(address, size, BigInt.asUintN(8 * size, change(old)));
  call.result(old);
}
