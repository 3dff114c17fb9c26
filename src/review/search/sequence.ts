/*
 * A call sequence as data: the regions that are there, and what is called. It is what the search makes up, changes, executes
 * in both worlds, cuts down, and writes down as a scenario.
 */

/** A handle that asks for a new resource, made from the words that follow it. */
export const FRESH = 0xffn;
/** Handles of the two roots; regions follow, then the results of calls. */
export const ROOTS = 2;

/** The bounds of the harness (iomem-review/search.h). */
export const MOST_CALLS = 24;
export const MOST_REGIONS = 64;

/** A resource that is in a tree before anything is called. Ends are inclusive. */
export interface Region {
  /** Handle of what it lies in. */
  readonly parent: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  readonly desc: bigint;
  /** Index into the harness' names. */
  readonly name: number;
}

/** One call. `args` holds the words of all parameters, one after the other, as {@link Operation} lays them out. */
export interface Call {
  /** Index into the operations of the surface. */
  readonly op: number;
  readonly args: readonly bigint[];
}

export interface Sequence {
  /** In order: parents before children, siblings by address. */
  readonly regions: readonly Region[];
  readonly calls: readonly Call[];
  /** The allocation that fails, from 1; 0: none. */
  readonly fail: number;
}

/** Names that resources of sequences have, as the harness has them. */
export const names = ['a', 'b', 'c', 'd', 'System RAM', 'Reserved'] as const;

/** The words that the harness reads. `operations` are numbered as its dispatch is. */
export function encode(sequence: Sequence): bigint[] {
  const words: bigint[] = [BigInt(sequence.calls.length), BigInt(sequence.regions.length)];
  for (const r of sequence.regions) words.push(BigInt(r.parent), r.start, r.end, r.flags, r.desc, BigInt(r.name));
  for (const call of sequence.calls) words.push(BigInt(call.args.length + 2), BigInt(call.op), ...call.args);
  return words;
}

/** A text that is the same for the same sequence. */
export const keyOf = (sequence: Sequence): string => `${sequence.fail}:${encode(sequence).join(',')}`;
