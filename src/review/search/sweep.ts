import { searchDoesNotFit } from '../errors.ts';
import type { Hunt, SavedHunt } from './hunt.ts';
import type { Prepared } from './search.ts';
import { misfit, type SavedSearch, type ShardPool, type ShardTask, savedOf, subjectOf, tasksOf } from './shards.ts';

/** Sequences between two looks at the clock, and between two pauses. */
const SLICE = 64;
/** The shard that is none: it takes in all others. */
const ALL = -1;

export interface SweepOptions {
  /** Milliseconds after which it stops all the same, and says so; measured by `clock`. */
  readonly milliseconds?: number;
  readonly clock?: () => number;
  /** What an earlier search of the same came to: it goes on from there. Asked and told with the patch's index in the input. */
  readonly saved?: (patch: number) => SavedSearch | undefined;
  readonly keep?: (patch: number, saved: SavedSearch) => void;
  /** Others that search besides this thread. */
  readonly pool?: ShardPool;
  /** This is one of the others: does shards until there are no more for this patch. Nothing else is done then. */
  readonly serve?: (patch: number, run: (task: ShardTask) => Promise<SavedHunt>) => Promise<void>;
}
export interface SweepInput extends SweepOptions {
  readonly sequences: number;
  readonly seed: number;
  /** Index in the input. Default 0. */
  readonly patch?: number;
  /** Sequences of one shard; searches with other ones are others. */
  readonly size?: number;
  /** Texts that tell this search from others. */
  readonly subject: Iterable<string>;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
}

/** Searches all shards, here and by the pool. What it comes to depends on neither, unless the clock stops it. */
export async function sweep(
  prepared: Prepared,
  input: SweepInput,
): Promise<{ readonly hunt: Hunt; readonly stopped: 'budget' | 'time' | 'cancelled' }> {
  const { sequences: total, patch = 0, pool } = input;
  const subject = nameOf(prepared, input);
  const saved = input.saved?.(patch);
  if (saved) {
    const places = { before: prepared.places.before.locs.length, after: prepared.places.after.locs.length };
    const why = misfit(saved, subject, prepared.surface.operations, places);
    if (why !== undefined) throw searchDoesNotFit(why);
  }
  const shards: (SavedHunt | null)[] = [...(saved?.shards ?? [])];
  const queue = [...tasksOf(subject, total, saved, input.size)];
  const began = input.clock?.() ?? 0;
  const left = (): number | undefined =>
    input.milliseconds === undefined || !input.clock ? undefined : input.milliseconds - (input.clock() - began);
  let stopped: 'budget' | 'time' | 'cancelled' = 'budget';
  const isOver = (): boolean => {
    if (input.signal?.aborted) stopped = 'cancelled';
    else if ((left() ?? 1) <= 0) stopped = 'time';
    return stopped !== 'budget';
  };
  let done = shards.reduce((sum, s) => sum + (s?.sequences ?? 0), 0);
  const here = async (): Promise<void> => {
    for (let task = isOver() ? undefined : queue.shift(); task; task = isOver() ? undefined : queue.shift()) {
      const hunt = begin(prepared, task);
      await go(hunt, task.sequences, isOver, async (made) => {
        done += made;
        input.progress?.(Math.min(done, total), total);
        if (input.pause) await input.pause();
      });
      shards[task.shard] = savedOf(hunt, input.size);
    }
  };
  const there = async (others: ShardPool): Promise<void> => {
    for (let task = isOver() ? undefined : queue.shift(); task; task = isOver() ? undefined : queue.shift()) {
      const milliseconds = left();
      const result = await others.run(patch, { ...task, ...(milliseconds === undefined ? {} : { milliseconds }) });
      shards[task.shard] = result;
      done += result.sequences - (task.from?.sequences ?? 0);
      input.progress?.(Math.min(done, total), total);
      if (result.sequences < task.sequences && !isOver()) stopped = 'time';
    }
  };
  await Promise.all([here(), ...(pool ? Array.from({ length: pool.size }, () => there(pool)) : [])]);
  const list = Array.from(shards, (s) => s ?? null);
  input.keep?.(patch, { subject, shards: list });
  const hunt = prepared.shard(ALL);
  let offset = 0;
  for (const shard of list) {
    if (shard) hunt.absorb({ ...shard, going: undefined }, offset);
    offset += shard?.sequences ?? 0;
  }
  return { hunt, stopped };
}

/** Does one shard as the part of a pool that another thread is. */
export async function searchShard(
  prepared: Prepared,
  task: ShardTask,
  input: Pick<SweepInput, 'clock' | 'size' | 'seed' | 'subject'>,
): Promise<SavedHunt> {
  if (task.subject !== nameOf(prepared, input)) throw searchDoesNotFit('this thread has compiled something else');
  const { clock } = input;
  const until = task.milliseconds === undefined || !clock ? Infinity : clock() + task.milliseconds;
  const hunt = begin(prepared, task);
  await go(
    hunt,
    task.sequences,
    () => (clock?.() ?? 0) > until,
    async () => {},
  );
  return savedOf(hunt, input.size);
}

/** Of this search: its seed, the texts it is of, and how what was compiled is numbered. */
function nameOf({ text, places }: Prepared, { seed, subject }: Pick<SweepInput, 'seed' | 'subject'>): string {
  const counts = [places.before, places.after].map((book) => String(book.locs.length));
  return subjectOf([String(seed), text, ...counts, ...subject]);
}

function begin(prepared: Prepared, { shard, from }: ShardTask): Hunt {
  const hunt = prepared.shard(shard);
  if (from) hunt.absorb(from, 0);
  return hunt;
}

async function go(
  hunt: Hunt,
  sequences: number,
  isOver: () => boolean,
  between: (made: number) => Promise<void>,
): Promise<void> {
  while (hunt.sequences < sequences && !isOver()) {
    const before = hunt.sequences;
    for (const slice = Math.min(sequences, before + SLICE); hunt.sequences < slice; ) hunt.step();
    await between(hunt.sequences - before);
  }
}
