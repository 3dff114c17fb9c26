import type { Loc } from '../c/token.ts';
import type { Machine, Native, NativeCall, NativeResult } from '../machine/api.ts';
import { type Held, type KernelState, type LockKind, type LockMode, mustBeAbleToSleep, turnedOn } from './state.ts';

/*
 * Locks of every kind. A lock is an address; who holds it is kept by thread, not in the lock's memory, so that each rule
 * is a look at the books:
 *
 * - taking what the thread already holds never ends: `recursive-lock`. Read in read of an rwlock is allowed; of an
 *   rw_semaphore it is reported and goes on, since it hangs only if a writer comes in between (lockdep says the same);
 * - a reader waits behind a writer that began to wait before it, as kernel/locking/qrwlock.c and rwsem.c have it for threads
 *   (in interrupts, which are not modelled, readers of an rwlock do not): read in read then hangs. Who explores schedules
 *   lets writers begin to wait only where that matters (src/explore/queues.ts);
 * - giving back what the thread does not hold, or holds in the other mode: `unlock-not-held`;
 * - a thread that ends with a lock, or with interrupts off: `lock-held-at-exit`;
 * - `_irq` forms that turn interrupts on which something outside had turned off: `api-misuse`. Nothing runs in interrupts;
 * - taking a sleeping lock in atomic context: `sleep-in-atomic`.
 *
 * A thread that has to wait blocks; when nobody is left to run the runner reports the deadlock.
 */

interface Take {
  readonly kind: LockKind;
  readonly mode: LockMode;
  /** Answers 1 or 0 at once. */
  readonly trying?: boolean;
  /** Answers 0: `mutex_lock_interruptible`. */
  readonly answersZero?: boolean;
  /** Turns interrupts off. */
  readonly irq?: true;
}
interface Drop {
  readonly kind: LockKind;
  readonly mode: LockMode;
  /** Turns interrupts on, or back to what they were. */
  readonly irq?: 'on' | 'restore';
}

export const taking: ReadonlyMap<string, Take> = new Map(
  [
    ...forms('spin_lock', { kind: 'spin', mode: 'write' } as const),
    ...forms('read_lock', { kind: 'rw', mode: 'read' } as const),
    ...forms('write_lock', { kind: 'rw', mode: 'write' } as const),
    ...['spin_trylock', 'spin_trylock_bh'].map((name): [string, Take] => [
      name,
      { kind: 'spin', mode: 'write', trying: true },
    ]),
    ['spin_trylock_irq', { kind: 'spin', mode: 'write', trying: true, irq: true }] as const,
    ['read_trylock', { kind: 'rw', mode: 'read', trying: true }] as const,
    ['write_trylock', { kind: 'rw', mode: 'write', trying: true }] as const,
    ['mutex_lock', { kind: 'mutex', mode: 'write' }] as const,
    ['mutex_lock_interruptible', { kind: 'mutex', mode: 'write', answersZero: true }] as const,
    ['mutex_lock_killable', { kind: 'mutex', mode: 'write', answersZero: true }] as const,
    ['mutex_trylock', { kind: 'mutex', mode: 'write', trying: true }] as const,
    ['down_read', { kind: 'rwsem', mode: 'read' }] as const,
    ['down_read_interruptible', { kind: 'rwsem', mode: 'read', answersZero: true }] as const,
    ['down_read_killable', { kind: 'rwsem', mode: 'read', answersZero: true }] as const,
    ['down_read_trylock', { kind: 'rwsem', mode: 'read', trying: true }] as const,
    ['down_write', { kind: 'rwsem', mode: 'write' }] as const,
    ['down_write_killable', { kind: 'rwsem', mode: 'write', answersZero: true }] as const,
    ['down_write_trylock', { kind: 'rwsem', mode: 'write', trying: true }] as const,
  ].map(([name, take]): [string, Take] => [name, take]),
);
export const dropping: ReadonlyMap<string, Drop> = new Map([
  ...releases('spin_unlock', { kind: 'spin', mode: 'write' }),
  ...releases('read_unlock', { kind: 'rw', mode: 'read' }),
  ...releases('write_unlock', { kind: 'rw', mode: 'write' }),
  ['mutex_unlock', { kind: 'mutex', mode: 'write' }],
  ['up_read', { kind: 'rwsem', mode: 'read' }],
  ['up_write', { kind: 'rwsem', mode: 'write' }],
]);

function forms(name: string, take: Take): [string, Take][] {
  return [
    [name, take],
    [`${name}_bh`, take],
    [`${name}_irq`, { ...take, irq: true }],
    [`__iomem_${name}_irqsave`, { ...take, irq: true }],
  ];
}
function releases(name: string, drop: Drop): [string, Drop][] {
  return [
    [name, drop],
    [`${name}_bh`, drop],
    [`${name}_irq`, { ...drop, irq: 'on' }],
    [`${name}_irqrestore`, { ...drop, irq: 'restore' }],
  ];
}

/** The name in the source: `__iomem_write_lock_irqsave` is written `write_lock_irqsave`. */
const plain = (name: string): string => name.replace(/^__iomem_/, '');
const asMode = (mode: LockMode): string => (mode === 'read' ? 'reading' : 'writing');
const keyOf = (address: bigint): string => `lock:${address.toString(16)}`;

interface Holder {
  readonly thread: number;
  readonly held: Held;
}
const nobody: readonly Holder[] = [];
const none: readonly Held[] = [];

export class Locks {
  readonly #state: KernelState;
  readonly #placeOf: (loc: Loc) => string;

  constructor(state: KernelState, placeOf: (loc: Loc) => string) {
    this.#state = state;
    this.#placeOf = placeOf;
  }

  natives(): Map<string, Native> {
    const natives = new Map<string, Native>();
    for (const [name, take] of taking) {
      const by = plain(name);
      natives.set(name, (call) => this.#take(call, by, take));
    }
    for (const [name, drop] of dropping) natives.set(name, (call) => this.#drop(call, name, drop));
    natives.set('downgrade_write', (call) => this.#downgrade(call));
    natives.set('__iomem_lock_init', (call) => this.#init(call));
    natives.set('__iomem_lock_is_held', (call) => this.#isHeld(call));
    return natives;
  }

  /** Held by whom, in the order of threads. */
  #holders(address: bigint): readonly Holder[] {
    let isHeld = false;
    for (const context of this.#state.contexts.values()) isHeld ||= context.held.some((h) => h.address === address);
    if (!isHeld) return nobody;
    const holders: Holder[] = [];
    for (const [thread, context] of this.#state.contexts) {
      for (const held of context.held) if (held.address === address) holders.push({ thread, held });
    }
    return holders;
  }

  #describe(call: NativeCall, { thread, held }: Holder): string {
    return `${modeOf(held)}by ${call.nameOf(thread)} since ${held.by}()${this.#placeOf(held.loc)}`;
  }

  #take(call: NativeCall, name: string, take: Take): NativeResult {
    const address = call.arg(0);
    if (call.retries === 0 && !call.check(address, 4, true)) return { kill: true };
    const lock = (): string => call.memory.describe(address);
    if ((take.kind === 'mutex' || take.kind === 'rwsem') && !take.trying && call.retries === 0) {
      mustBeAbleToSleep(this.#state, call, () => `${name}(&${lock()})`);
    }
    const holders = this.#holders(address);
    const mine = holders.length === 0 ? nobody : holders.filter((h) => h.thread === call.thread);
    const readInRead = take.mode === 'read' && mine.length > 0 && mine.every((h) => h.held.mode === 'read');
    if (mine.length > 0 && !take.trying && !(readInRead && take.kind === 'rw')) {
      const first = mine[0]!.held;
      const mode = take.kind === 'rw' || take.kind === 'rwsem' ? ` for ${asMode(first.mode)}` : '';
      call.problem('recursive-lock', `${name}(&${lock()}): this thread already holds ${lock()}${mode}`, {
        fatal: !readInRead,
        related: [{ message: `taken by ${first.by}() here`, loc: first.loc }],
      });
      if (!readInRead) return { kill: true };
    }
    const against = holders.find((h) => take.mode === 'write' || h.held.mode === 'write');
    const ahead = take.mode === 'read' && !against ? writerAhead(this.#state, address, call.thread) : undefined;
    if (against || ahead !== undefined) {
      if (take.trying) {
        call.result(0);
        return;
      }
      if (isFair(take)) this.#queue(call.thread, address, take.mode);
      const why = against ? `held ${this.#describe(call, against)}` : this.#behind(call, ahead!, mine[0]);
      return { block: keyOf(address), why: `${name}(&${lock()}), ${why}` };
    }
    const { held, irq } = this.#state.context(call.thread);
    const taken: Held = { address, kind: take.kind, mode: take.mode, by: name, loc: call.loc };
    const off = take.irq ? [...irq, call.loc] : irq;
    this.#state.hold(call.thread, held.length === 0 ? [taken] : [...held, taken], off);
    call.result(take.trying ? 1 : 0);
  }

  #queue(thread: number, address: bigint, mode: LockMode): void {
    if (this.#state.context(thread).queued) return;
    let turn = 0;
    for (const { queued } of this.#state.contexts.values()) turn = Math.max(turn, queued?.turn ?? 0);
    this.#state.update(thread, { queued: { address, mode, turn: turn + 1 } });
  }

  #behind(call: NativeCall, writer: number, mine: Holder | undefined): string {
    const text = `behind ${call.nameOf(writer)}, which waits to write`;
    return mine ? `${text}; it is held ${this.#describe(call, mine)}` : text;
  }

  #drop(call: NativeCall, name: string, drop: Drop): NativeResult {
    const address = call.arg(0);
    if (!call.check(address, 4, true)) return { kill: true };
    const { held, irq } = this.#state.context(call.thread);
    const index = held.findLastIndex((h) => h.address === address && h.mode === drop.mode);
    if (drop.irq === 'on') turnedOn(call, irq, `${name}()`);
    if (index < 0) {
      this.#notHeld(call, name, address, drop.mode);
      return;
    }
    const off = drop.irq && irq.length > 0 ? irq.slice(0, -1) : irq;
    this.#state.hold(call.thread, held.length === 1 ? none : held.toSpliced(index, 1), off);
    call.wake(keyOf(address));
  }

  #notHeld(call: NativeCall, name: string, address: bigint, mode: LockMode): void {
    const lock = call.memory.describe(address);
    const holders = this.#holders(address);
    const other = holders.find((h) => h.thread === call.thread) ?? holders[0];
    const state = !other
      ? 'nobody holds it'
      : other.thread === call.thread
        ? `it is held for ${asMode(other.held.mode)}, not for ${asMode(mode)}`
        : `it is held ${this.#describe(call, other)}`;
    call.problem('unlock-not-held', `${name}(&${lock}) without the lock: ${state}`, {
      related: other ? [{ message: `taken by ${other.held.by}() here`, loc: other.held.loc }] : [],
    });
  }

  #downgrade(call: NativeCall): NativeResult {
    const address = call.arg(0);
    if (!call.check(address, 4, true)) return { kill: true };
    const { held } = this.#state.context(call.thread);
    const index = held.findLastIndex((h) => h.address === address && h.mode === 'write');
    if (index < 0) {
      this.#notHeld(call, 'downgrade_write', address, 'write');
      return;
    }
    this.#state.hold(call.thread, held.with(index, { ...held[index]!, mode: 'read' }));
    call.wake(keyOf(address));
  }

  #init(call: NativeCall): NativeResult {
    const address = call.arg(0);
    if (!call.check(address, 4, true)) return { kill: true };
    call.memory.write(address, 4, 0n);
    call.setInitialised(address, 4, true);
    const holder = this.#holders(address)[0];
    if (holder) {
      call.problem(
        'api-misuse',
        `${call.memory.describe(address)} is initialised while it is held ${this.#describe(call, holder)}`,
        {
          related: [{ message: `taken by ${holder.held.by}() here`, loc: holder.held.loc }],
        },
      );
    }
  }

  /** `how`: 0 held by this thread, 1 held by it for writing, 2 held by anybody. */
  #isHeld(call: NativeCall): void {
    const how = call.argInt(1);
    const holders = this.#holders(call.arg(0));
    call.result(holders.some((h) => how === 2 || (h.thread === call.thread && (how === 0 || h.held.mode === 'write'))));
  }

  /** Reports what a thread that ended still holds. The locks stay taken, as they would. */
  threadEnded(machine: Machine, thread: number): void {
    const context = this.#state.context(thread);
    const { held, rcu, preempt, irq, bh } = context;
    if (held.length + rcu.length + preempt.length + irq.length + bh.length === 0) return;
    const report = (message: string, loc: Loc): void =>
      machine.report({
        kind: 'problem',
        rule: 'lock-held-at-exit',
        message,
        thread,
        loc,
        stack: [],
        related: [],
        fatal: false,
      });
    const name = machine.threads[thread]?.name ?? `thread ${thread}`;
    for (const held of context.held) {
      report(
        `${machine.memory.describe(held.address)}, taken here by ${held.by}(), is still held when ${name} has ended`,
        held.loc,
      );
    }
    for (const loc of context.rcu)
      report(`the read section that rcu_read_lock() opens here never ends in ${name}`, loc);
    for (const loc of context.preempt) report(`preemption is still disabled when ${name} has ended`, loc);
    for (const loc of context.irq) report(`interrupts are still disabled when ${name} has ended`, loc);
    for (const loc of context.bh) report(`bottom halves are still disabled when ${name} has ended`, loc);
  }
}

/** Readers wait behind a writer that waits. */
export const isFair = ({ kind }: { readonly kind: LockKind }): boolean => kind === 'rw' || kind === 'rwsem';

/** The thread that waits to write, and began to before this one did. */
function writerAhead(state: KernelState, address: bigint, thread: number): number | undefined {
  const mine = state.context(thread).queued?.turn ?? Number.POSITIVE_INFINITY;
  for (const [other, { queued }] of state.contexts)
    if (other !== thread && queued?.mode === 'write' && queued.address === address && queued.turn < mine) return other;
  return undefined;
}
export const behindWriter = (state: KernelState, address: bigint, thread: number): boolean =>
  writerAhead(state, address, thread) !== undefined;

const modeOf = (held: Held): string => (held.kind === 'rw' || held.kind === 'rwsem' ? `for ${asMode(held.mode)} ` : '');
