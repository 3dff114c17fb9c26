import { noSearch } from '../errors.ts';
import type { Hunt, SavedHunt } from './hunt.ts';
import { FRESH, MOST_CALLS, MOST_REGIONS, type Region, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';

/** Sequences of one shard. It fixes what is searched: whoever searches which shard, all come to the same. */
const SHARD = 5000;

/** A search as far as it came. */
export interface SavedSearch {
  /** Of the code, the calls and the seed that it belongs to. */
  readonly subject: string;
  /** By number; null where a shard was not begun. */
  readonly shards: readonly (SavedHunt | null)[];
}

/** What is left to do of one shard. */
export interface ShardTask {
  /** Of the search it is a part of: who compiled anything else must not do it. */
  readonly subject: string;
  readonly shard: number;
  /** Sequences it has when it is done. */
  readonly sequences: number;
  readonly from?: SavedHunt;
  /** Milliseconds it may take. */
  readonly milliseconds?: number;
}

/** Does shards of one patch's search elsewhere. */
export interface ShardPool {
  readonly size: number;
  /** `patch`: index in the input. */
  run(patch: number, task: ShardTask): Promise<SavedHunt>;
}

/** The tasks that are left of a search of so many sequences. */
export function tasksOf(
  subject: string,
  sequences: number,
  saved: SavedSearch | undefined,
  size = SHARD,
): readonly ShardTask[] {
  const tasks: ShardTask[] = [];
  for (let shard = 0; shard * size < sequences; shard++) {
    const want = Math.min(size, sequences - shard * size);
    const from = saved?.shards[shard] ?? undefined;
    if ((from?.sequences ?? 0) < want) tasks.push({ subject, shard, sequences: want, ...(from ? { from } : {}) });
  }
  return tasks;
}

export const savedOf = (hunt: Hunt, size = SHARD): SavedHunt => hunt.save(hunt.sequences < size);

/** A name for the texts that a search is of: the same in every process, other ones as good as never. */
export function subjectOf(texts: Iterable<string>): string {
  let a = 0x9e3779b9;
  let b = 0x7f4a7c15;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul((b ^ text.charCodeAt(i)) + 0x165667b1, 0xc2b2ae35);
      b ^= b >>> 15;
    }
    a = Math.imul(a ^ text.length, 0x27d4eb2f);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

// --- as text ---------------------------------------------------------------------------------------------------------

/** `saved`: by the patch's index in the input. */
export const savedText = (saved: ReadonlyMap<number, SavedSearch>): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, patches: [...saved] }, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )}\n`;
const FORMAT = 'iomem-review-search';
const VERSION = 1;

/** Throws R060 where this is not what {@link savedText} wrote. What a search makes of it is checked by {@link misfit}. */
export function readSaved(text: string, name: string): ReadonlyMap<number, SavedSearch> {
  let value: unknown;
  try {
    value = JSON.parse(text, (_, v: unknown) =>
      typeof v === 'string' && /^-?\d{1,21}n$/.test(v) ? BigInt(v.slice(0, -1)) : v,
    );
  } catch (error) {
    throw noSearch(name, error instanceof Error ? error.message : String(error));
  }
  const file = value as { readonly format?: unknown; readonly version?: unknown; readonly patches?: unknown } | null;
  if (file?.format !== FORMAT || file.version !== VERSION || !Array.isArray(file.patches))
    throw noSearch(name, 'it is not what search --resume wrote, or another version wrote it');
  return new Map(
    file.patches.map((entry: unknown): [number, SavedSearch] => {
      const [patch, saved] = (Array.isArray(entry) ? entry : []) as [unknown, Partial<SavedSearch> | null | undefined];
      if (!isCount(patch) || typeof saved?.subject !== 'string' || !Array.isArray(saved.shards))
        throw noSearch(name, 'a patch of it has no search');
      return [patch as number, saved as SavedSearch];
    }),
  );
}

/** Why a saved search cannot go on here; undefined where it can. */
export function misfit(
  saved: SavedSearch,
  subject: string,
  operations: readonly Operation[],
  places: Readonly<Record<'before' | 'after', number>>,
): string | undefined {
  if (saved.subject !== subject) return 'it is of another patch, tree or seed';
  const isSequence = (s: unknown): boolean => isSequenceOf(s, operations);
  const sound = saved.shards.every((shard) => {
    if (shard === null) return true;
    const { going, found, covered, leads } = shard;
    const areSequences = (list: unknown): boolean => Array.isArray(list) && list.every(isSequence);
    return (
      [shard.sequences, shard.reached, shard.cutOff].every(isCount) &&
      Array.isArray(found) &&
      found.every((f) => isSequence(f?.sequence) && isCount(f.at) && typeof f.difference?.signature === 'string') &&
      (['before', 'after'] as const).every(
        (w) =>
          Array.isArray(covered?.[w]) &&
          covered[w].every((p) => Array.isArray(p) && isCount(p[0]) && p[0] < places[w] && isCount(p[1])),
      ) &&
      Array.isArray(leads) &&
      leads.every((l) => Array.isArray(l) && typeof l[0] === 'string' && areSequences(l[1])) &&
      (going === undefined ||
        (areSequences(going.kept) &&
          areSequences(going.failing) &&
          isCount(going.failures) &&
          [going.random, going.tried].every((l) => Array.isArray(l) && l.every(Number.isSafeInteger)) &&
          Array.isArray(going.seen) &&
          going.seen.length === places.after &&
          going.seen.every(isCount) &&
          Array.isArray(going.learned) &&
          going.learned.every((r) => typeof r?.start === 'bigint' && typeof r.end === 'bigint')))
    );
  });
  return sound ? undefined : 'it was changed by hand, or cut off';
}

/** Arguments of one call, all together: so many fit into the harness' words for as many calls as there may be. */
const MOST_WORDS = 24;

const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
/** What is made up may lie a little outside of 64 bits: it is cut off when it is written down. */
const isWord = (n: unknown): boolean => typeof n === 'bigint' && n > -1n << 68n && n < 1n << 68n;

function isSequenceOf(value: unknown, operations: readonly Operation[]): boolean {
  const sequence = value as Partial<Sequence> | null | undefined;
  if (!sequence || !Array.isArray(sequence.regions) || !Array.isArray(sequence.calls) || !isCount(sequence.fail))
    return false;
  if (sequence.regions.length > MOST_REGIONS || sequence.calls.length > MOST_CALLS) return false;
  return (
    sequence.regions.every(
      (r: Region | null, i) =>
        r !== null &&
        isCount(r.parent) &&
        r.parent < 2 + i &&
        isCount(r.name) &&
        r.name < 6 &&
        [r.start, r.end, r.flags, r.desc].every(isWord),
    ) &&
    sequence.calls.every((call) => {
      const op = operations[call?.op ?? -1];
      if (!op || !Array.isArray(call.args) || call.args.length > MOST_WORDS || !call.args.every(isWord)) return false;
      return layoutOf(op.params).every(
        ({ param, at }) =>
          (param.kind !== 'resource' && param.kind !== 'container') || (call.args[at] ?? FRESH + 1n) <= FRESH,
      );
    })
  );
}
