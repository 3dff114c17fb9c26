/*
 * A call sequence as data: the regions that are there, and what is called. It is what the search makes up, changes, executes
 * in both worlds, cuts down, and writes down as a scenario.
 */

/** A handle that asks for a new resource, made from the words that follow it. */
export const FRESH = 0xffn;
/** Handles of the two roots; regions follow, then the results of calls. */
export const ROOTS = 2;

/** Added to a name: the region is an early one. */
const EARLY = 8;

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
  /** It was there before the heap was, and is not freed: what boots makes many of them. */
  readonly early?: boolean;
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
  /** How many in a row fail, from that one on. Default 1. */
  readonly failing?: number;
}

/** Names that resources of sequences have, as the harness has them. */
export const names = ['a', 'b', 'c', 'd', 'System RAM', 'Reserved'] as const;

const encoded = new WeakMap<Sequence, BigUint64Array>();

/** The words that the harness reads. `operations` are numbered as its dispatch is. Made once for each sequence. */
export function encode(sequence: Sequence): BigUint64Array {
  let words = encoded.get(sequence);
  if (!words) encoded.set(sequence, (words = new BigUint64Array(wordsOf(sequence))));
  return words;
}

function wordsOf(sequence: Sequence): bigint[] {
  const words: bigint[] = [BigInt(sequence.calls.length), BigInt(sequence.regions.length)];
  for (const r of sequence.regions)
    words.push(BigInt(r.parent), r.start, r.end, r.flags, r.desc, BigInt(r.name + (r.early ? EARLY : 0)));
  for (const call of sequence.calls) words.push(BigInt(call.args.length + 2), BigInt(call.op), ...call.args);
  return words;
}

/** A number of 53 bits that is the same for the same sequence, and as good as never for another. */
export function keyOf(sequence: Sequence): number {
  const words = new Uint32Array(encode(sequence).buffer);
  let a = 0x9e3779b9 ^ sequence.fail;
  let b = 0x7f4a7c15 ^ (sequence.fail > 0 ? (sequence.failing ?? 1) : 0);
  for (const word of words) {
    a = Math.imul(a ^ word, 0x85ebca6b);
    a ^= a >>> 13;
    b = Math.imul((b ^ word) + 0x165667b1, 0xc2b2ae35);
    b ^= b >>> 15;
  }
  return (a >>> 0) * 0x200000 + (b >>> 11);
}
