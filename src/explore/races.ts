import type { Step } from './dpor.ts';
import { dependent, isAcquire, isRelease } from './events.ts';

/** Two accesses of different threads to the same bytes, one of them a write, that no synchronisation orders. */
export interface Race {
  /** Indices into the execution's steps, the earlier first. */
  readonly first: number;
  readonly second: number;
}

/**
 * Finds the data races of one execution: pairs unordered by happens-before, where only synchronisation orders threads
 * (locks; operations that synchronise, on the same object), not the accesses themselves. C. Flanagan, S. N. Freund,
 * “FastTrack: Efficient and Precise Dynamic Race Detection”, PLDI 2009, with whole vector clocks. At most one race for each
 * pair of places is wanted by callers, so all are answered and they choose.
 */
export function dataRaces(steps: readonly Step[], threads: number): readonly Race[] {
  const clocks = Array.from({ length: threads }, () => new Array<number>(threads).fill(0));
  /** What the next taker of a lock inherits: from exclusive holders, and from shared ones (only writers wait for those). */
  const released = new Map<bigint, { exclusive: number[]; shared: number[] }>();
  const synced = new Map<bigint, number[]>();
  interface Access {
    readonly index: number;
    readonly step: Step;
    readonly number: number;
  }
  const accesses = new Map<bigint, Access[]>();
  const races: Race[] = [];
  const join = (into: number[], from: readonly number[]): void => {
    for (let t = 0; t < into.length; t++) if (from[t]! > into[t]!) into[t] = from[t]!;
  };
  steps.forEach((step, index) => {
    const { op, thread } = step;
    const clock = clocks[thread]!;
    clock[thread]!++;
    if (isAcquire(op) || isRelease(op)) {
      let lock = released.get(op.object);
      if (!lock)
        released.set(
          op.object,
          (lock = { exclusive: new Array<number>(threads).fill(0), shared: new Array<number>(threads).fill(0) }),
        );
      if (isAcquire(op)) {
        join(clock, lock.exclusive);
        if (op.kind === 'acquire') join(clock, lock.shared);
      } else join(op.kind === 'release' ? lock.exclusive : lock.shared, clock);
      return;
    }
    if (op.synchronises) {
      let order = synced.get(op.object);
      if (!order) synced.set(op.object, (order = new Array<number>(threads).fill(0)));
      // A synchronising read takes what writers gave; a synchronising write also gives.
      join(clock, order);
      if (op.kind === 'write') join(order, clock);
    }
    const access: Access = { index, step, number: clock[thread]! };
    const seen = new Set<Access>();
    for (let word = op.object >> 3n; word <= (op.object + BigInt(op.size) - 1n) >> 3n; word++) {
      let list = accesses.get(word);
      if (!list) accesses.set(word, (list = []));
      for (const other of list) {
        if (other.step.thread === thread || seen.has(other)) continue;
        if (other.number <= clock[other.step.thread]! || !dependent(other.step.op, op)) continue;
        if (other.step.op.synchronises && op.synchronises) continue;
        seen.add(other);
        races.push({ first: other.index, second: index });
      }
      // An access of the same thread and kind is ordered before this one: whatever races with it later races with this one.
      const kept = list.filter(
        (o) =>
          o.step.thread !== thread ||
          o.step.op.kind !== op.kind ||
          o.step.op.size !== op.size ||
          o.step.op.object !== op.object,
      );
      kept.push(access);
      accesses.set(word, kept);
    }
  });
  return races;
}
