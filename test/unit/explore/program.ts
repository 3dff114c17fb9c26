import type { Step } from '../../../src/explore/dpor.ts';
import { dependent, type ExplorationTarget, type Op, type OpKind } from '../../../src/explore/events.ts';

/** A program of a few lines: each thread is a generator that yields what it is about to touch, then does it. */
export type Thread = Generator<Op, void>;

export const op = (kind: OpKind, object: number): Op => ({
  kind,
  object,
  size: 1,
  synchronises: false,
});

/** `make` builds fresh shared state and the threads on it. */
export function target(make: () => { threads: Thread[]; held?: ReadonlyMap<number, Lock> }): ExplorationTarget {
  let now = make();
  let next = now.threads.map((t) => t.next());
  return {
    threads: now.threads.length,
    reset() {
      now = make();
      next = now.threads.map((t) => t.next());
    },
    status(thread) {
      const at = next[thread]!;
      if (at.done) return 'done';
      const lock = now.held?.get(at.value.object);
      if (at.value.kind === 'acquire') return lock && (lock.writer || lock.readers > 0) ? 'blocked' : 'ready';
      if (at.value.kind === 'acquire-shared') return lock?.writer ? 'blocked' : 'ready';
      return 'ready';
    },
    // A copy: whether a try succeeds is asked when it is done.
    pending: (thread) => ({ ...(next[thread]!.value as Op) }),
    step(thread) {
      next[thread] = now.threads[thread]!.next();
      return true;
    },
  };
}

export interface Lock {
  writer: boolean;
  readers: number;
}
export class Locks extends Map<number, Lock> {
  lock(object: number): Lock {
    let lock = this.get(object);
    if (!lock) this.set(object, (lock = { writer: false, readers: 0 }));
    return lock;
  }
  *exclusive(object: number, body?: () => Generator<Op, void>): Generator<Op, void> {
    yield op('acquire', object);
    this.lock(object).writer = true;
    if (body) yield* body();
    yield op('release', object);
    this.lock(object).writer = false;
  }
  *shared(object: number, body?: () => Generator<Op, void>): Generator<Op, void> {
    yield op('acquire-shared', object);
    this.lock(object).readers++;
    if (body) yield* body();
    yield op('release-shared', object);
    this.lock(object).readers--;
  }
  /** Goes into the section where the lock is free. */
  *attempt(object: number, body?: () => Generator<Op, void>): Generator<Op, void> {
    const lock = this.lock(object);
    const free = (): boolean => !lock.writer && lock.readers === 0;
    yield Object.defineProperty(op('write', object), 'takes', {
      get: () => (free() ? 'exclusive' : undefined),
      enumerable: true,
    });
    if (!free()) return;
    lock.writer = true;
    if (body) yield* body();
    yield op('release', object);
    lock.writer = false;
  }
}

/** The same name for equivalent executions: for each pair of dependent steps of different threads, which came first. */
export function canonical(steps: readonly Step[]): string {
  const numbers = new Map<number, number>();
  const named = steps.map((s) => {
    const n = (numbers.get(s.thread) ?? 0) + 1;
    numbers.set(s.thread, n);
    return { ...s, name: `${s.thread}.${n}` };
  });
  const pairs: string[] = [];
  named.forEach((a, i) => {
    for (const b of named.slice(i + 1))
      if (a.thread !== b.thread && dependent(a.op, b.op)) pairs.push(`${a.name}<${b.name}`);
  });
  // Where threads wait for ever, what each has done tells executions apart that have no such pair.
  return [...numbers]
    .sort(([a], [b]) => a - b)
    .join(' ')
    .concat(' | ', pairs.sort().join(' '));
}
