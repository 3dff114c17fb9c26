import type { Loc } from '../c/token.ts';
import type { NativeCall, NativeState } from '../machine/api.ts';
import type { FailingCall, FaultHit } from './api.ts';
import type { LedgerEntry } from './ledger.ts';

/** `spin` and `rw` spin, and make the context atomic; `mutex` and `rwsem` sleep. */
export type LockKind = 'spin' | 'rw' | 'mutex' | 'rwsem';
export type LockMode = 'read' | 'write';

/** One acquisition. Never changed, so that snapshots share it. */
export interface Held {
  /** Names are made when something is reported: making them costs more than the lock. */
  readonly address: bigint;
  readonly kind: LockKind;
  readonly mode: LockMode;
  /** The function that took it, `write_lock`. */
  readonly by: string;
  readonly loc: Loc;
}

/** What one thread is inside of. */
export interface Context {
  readonly held: readonly Held[];
  /** Places of the rcu_read_lock(), preempt_disable(), local_irq_disable() and local_bh_disable() that are open. */
  readonly rcu: readonly Loc[];
  readonly preempt: readonly Loc[];
  readonly irq: readonly Loc[];
  readonly bh: readonly Loc[];
  /** RCU read sections that this thread has ended. */
  readonly sections: number;
  /** While in synchronize_rcu(): the read sections it waits for. */
  readonly waits?: readonly { readonly thread: number; readonly section: number }[];
  /** While it waits for a lock that readers share: `turn` tells who came first. */
  readonly queued?: { readonly address: bigint; readonly mode: LockMode; readonly turn: number };
}
const idle: Context = { held: [], rcu: [], preempt: [], irq: [], bh: [], sections: 0 };

interface Saved {
  readonly contexts: ReadonlyMap<number, Context>;
  readonly allocations: number;
  readonly failAt: number | undefined;
  readonly failCount: number;
  readonly ledger: readonly LedgerEntry[];
  readonly calls: ReadonlyMap<number, number>;
  readonly hits: readonly FaultHit[];
  readonly failCall: FailingCall | undefined;
}

/**
 * Everything that natives remember outside the machine's memory: contexts of threads (immutable values, replaced as they
 * change, so that saving copies one small map) and the count of allocations.
 */
export class KernelState implements NativeState {
  #contexts = new Map<number, Context>();
  allocations = 0;
  /** The first allocation that fails, and how many do. */
  failAt: number | undefined;
  failCount = 1;
  /** Replaced, never changed. */
  ledger: readonly LedgerEntry[] = [];
  /** Calls of functions that can fail, by function index. Copied when it is saved: a search makes a million of them. */
  calls = new Map<number, number>();
  hits: readonly FaultHit[] = [];
  failCall: FailingCall | undefined;
  /** Whether NOTE is heeded. No part of what is saved. */
  notes = true;

  context(thread: number): Context {
    return this.#contexts.get(thread) ?? idle;
  }
  update(thread: number, change: Partial<Context>): void {
    this.#contexts.set(thread, { ...this.context(thread), ...change });
  }
  /** Replaces what a thread holds, and where it turned interrupts off. It does not wait then. */
  hold(thread: number, held: readonly Held[], irq?: readonly Loc[]): void {
    // Member by member: this happens with each lock.
    const { rcu, preempt, irq: off, bh, sections, waits } = this.context(thread);
    const context: Context = { held, rcu, preempt, irq: irq ?? off, bh, sections };
    this.#contexts.set(thread, waits ? { ...context, waits } : context);
  }
  get contexts(): ReadonlyMap<number, Context> {
    return this.#contexts;
  }

  save(): Saved {
    return {
      contexts: new Map(this.#contexts),
      allocations: this.allocations,
      failAt: this.failAt,
      failCount: this.failCount,
      ledger: this.ledger,
      calls: new Map(this.calls),
      hits: this.hits,
      failCall: this.failCall,
    };
  }
  restore(saved: unknown): void {
    const from = saved as Saved;
    this.#contexts = new Map(from.contexts);
    this.allocations = from.allocations;
    this.failAt = from.failAt;
    this.failCount = from.failCount;
    this.ledger = from.ledger;
    this.calls = new Map(from.calls);
    this.hits = from.hits;
    this.failCall = from.failCall;
  }
}

/** Reports a sleep where none is allowed; `what` names the call, `mutex_lock(&m)`. */
export function mustBeAbleToSleep(state: KernelState, call: NativeCall, what: () => string): void {
  const context = state.context(call.thread);
  if (!isAtomic(context)) return;
  const spinning = context.held.filter((h) => h.kind === 'spin' || h.kind === 'rw');
  const reasons: { readonly message: string; readonly loc: Loc }[] = spinning.map((h) => ({
    message: `${h.by}(&${call.memory.describe(h.address)}) here`,
    loc: h.loc,
  }));
  for (const loc of context.rcu) reasons.push({ message: 'rcu_read_lock() here', loc });
  for (const loc of context.preempt) reasons.push({ message: 'preempt_disable() here', loc });
  for (const loc of context.irq) reasons.push({ message: 'interrupts disabled here', loc });
  for (const loc of context.bh) reasons.push({ message: 'local_bh_disable() here', loc });
  const last = spinning.at(-1);
  const inside = last
    ? `while ${call.memory.describe(last.address)} is held${last.kind === 'rw' ? ` for ${last.mode === 'read' ? 'reading' : 'writing'}` : ''}`
    : context.rcu.length > 0
      ? 'inside rcu_read_lock()'
      : context.irq.length > 0
        ? 'with interrupts disabled'
        : 'with preemption disabled';
  call.problem('sleep-in-atomic', `${what()} may sleep ${inside}`, { related: reasons });
}

/** Reports where interrupts are turned on that a section around had turned off. `irq`: where they were, oldest first. */
export function turnedOn(call: NativeCall, irq: readonly Loc[], by: string): void {
  if (irq.length < 2) return;
  call.problem('api-misuse', `${by} turns interrupts on that were off before the section it ends`, {
    related: irq.slice(0, -1).map((loc) => ({ message: 'interrupts disabled here', loc })),
  });
}

export function isAtomic(context: Context): boolean {
  return (
    context.rcu.length > 0 ||
    context.preempt.length > 0 ||
    context.irq.length > 0 ||
    context.bh.length > 0 ||
    context.held.some((h) => h.kind === 'spin' || h.kind === 'rw')
  );
}
