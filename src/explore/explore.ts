import type { Machine, NativeTable } from '../machine/api.ts';
import { type DporResult, type ExploredExecution, exploreOptimal } from './dpor.ts';
import { MachineTarget, type Range } from './machine-target.ts';
import { type Race, RaceDetector } from './races.ts';

export interface ExploreBounds {
  /** Executions of one round. */
  readonly executions: number;
  /** Steps of one execution. */
  readonly depth: number;
}
export const defaultBounds: ExploreBounds = { executions: 100_000, depth: 10_000 };

/** `sync`: threads are switched at synchronising operations, and at accesses to memory that races were found on. */
export type Granularity = 'sync' | 'access';

export interface Explored extends DporResult {
  /** Steps of the longest execution. */
  readonly depth: number;
  /** Bytes of memory that races were found on: accesses to them are steps. */
  readonly watched: number;
}

export interface ExploreVisitor {
  /** A round begins: the outcomes of the one before were not all there are. */
  begin(): void;
  /** Sees each execution, the machine at its end. False ends the search. */
  execution(target: MachineTarget, end: ExploredExecution['end']): boolean | undefined;
  /** A race of the current execution, once for each pair of places. */
  race(race: Race, target: MachineTarget): void;
}

/** More memory than this in races, one round after the other: the search goes on without the rest, and is not complete. */
const MAX_ROUNDS = 64;

/**
 * Explores every interleaving of threads `first` … of a machine, which stands where they were made and none has run. When a
 * data race is found the search begins anew with accesses to that memory as steps, until no new one is found: then every
 * behaviour that sequential consistency allows has been executed, up to the order of what commutes.
 */
export function exploreThreads(
  machine: Machine,
  natives: NativeTable,
  first: number,
  threads: number,
  options: { readonly bounds: ExploreBounds; readonly granularity: Granularity },
  visitor: ExploreVisitor,
): Explored {
  const start = machine.snapshot();
  const detector = new RaceDetector(threads);
  const watched: Range[] = [];
  for (let round = 1; ; round++) {
    machine.restore(start);
    visitor.begin();
    const target = new MachineTarget(
      machine,
      natives,
      first,
      threads,
      options.granularity === 'access' ? 'all' : watched,
    );
    let depth = 0;
    let racy = false;
    const result = exploreOptimal(target, options.bounds, ({ steps, end }) => {
      depth = Math.max(depth, steps.length);
      for (const race of detector.find(target)) {
        visitor.race(race, target);
        const range = shared(race);
        if (!watched.some((w) => w.offset <= range.offset && range.offset + range.size <= w.offset + w.size)) {
          watched.push(range);
          racy = true;
        }
      }
      if (racy && options.granularity === 'sync' && round < MAX_ROUNDS) return false;
      return visitor.execution(target, end);
    });
    if (racy && options.granularity === 'sync' && round < MAX_ROUNDS) continue;
    machine.watch([]);
    return {
      ...result,
      complete: result.complete && !(racy && options.granularity === 'sync'),
      depth,
      watched: watched.reduce((sum, w) => sum + w.size, 0),
    };
  }
}

/** The bytes that both accesses of a race touch. */
function shared({ first, second }: Race): Range {
  const offset = Math.max(first.offset, second.offset);
  return { offset, size: Math.min(first.offset + first.size, second.offset + second.size) - offset };
}
