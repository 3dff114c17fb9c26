import { IORESOURCE_BUSY, IORESOURCE_MEM } from '../../model/flags.ts';
import { differenceOf } from './difference.ts';
import type { Found } from './hunt.ts';
import { tidy, withoutCall } from './regions.ts';
import type { Runner } from './runner.ts';
import { FRESH, keyOf, type Region, ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';
import { RAM } from './typical.ts';
import { isNested, variantOf } from './variant.ts';

/** Executions in both worlds that cutting down one difference may take. */
const MOST_TRIES = 1500;
/** The same where an execution goes on until it is cut off. */
const MOST_LONG_TRIES = 60;

interface MinimiseInput {
  readonly before: Runner;
  readonly after: Runner;
  readonly operations: readonly Operation[];
}

/**
 * The smallest sequence found that still shows the same difference: fewest calls, then fewest regions, then round numbers.
 * Greedy, always in the same order, so that the same sequence gives the same result.
 */
export function minimise(found: Found, input: MinimiseInput): Found {
  const { before, after, operations } = input;
  const { signature, kind } = found.difference;
  const nested = isNested(found.difference);
  const most = kind === 'cost' || kind === 'nontermination' ? MOST_LONG_TRIES : MOST_TRIES;
  let tries = 0;
  let best = found;
  const tried = new Set<number>();
  const accept = (candidate: Sequence): boolean => {
    const key = keyOf(candidate);
    if (tries >= most || candidate.calls.length === 0 || tried.has(key)) return false;
    tried.add(key);
    tries++;
    let difference = differenceOf(before.run(candidate), after.run(candidate), candidate, operations);
    // Where it took regions inside of others it goes on to take them.
    if (difference && nested) difference = variantOf(candidate, difference, input);
    if (difference?.signature !== signature) return false;
    best = { ...best, sequence: candidate, difference };
    return true;
  };

  // Nothing after the call that shows it matters.
  const { call } = best.difference;
  if (call >= 0 && call + 1 < best.sequence.calls.length)
    accept({ ...best.sequence, calls: best.sequence.calls.slice(0, call + 1) });
  for (let again = true; again && tries < most; ) {
    again = false;
    for (let i = best.sequence.calls.length - 1; i >= 0; i--)
      if (accept(withoutCall(best.sequence, i, operations))) again = true;
    for (let i = best.sequence.regions.length - 1; i >= 0; i--)
      if (i < best.sequence.regions.length && accept(withoutRegion(best.sequence, i, operations))) again = true;
    if (best.sequence.fail > 0 && accept({ ...best.sequence, fail: 0 })) again = true;
    if (best.sequence.fail > 0 && (best.sequence.failing ?? 1) > 1 && accept({ ...best.sequence, failing: 1 }))
      again = true;
  }
  for (let i = 0; i < best.sequence.regions.length; i++) for (const simpler of simplerRegions) tryRegion(i, simpler);
  for (let i = 0; i < best.sequence.calls.length; i++) simplifyCall(i);
  return best;

  function tryRegion(index: number, simpler: (r: Region) => Region | undefined): void {
    const old = best.sequence.regions[index];
    const made = old && simpler(old);
    if (!old || !made) return;
    const regions = best.sequence.regions.map((r, i) => (i === index ? made : r));
    const candidate = tidy({ ...best.sequence, regions }, operations);
    if (candidate.regions.length === regions.length) accept(candidate);
  }

  function simplifyCall(index: number): void {
    for (const { param, at } of layoutOf(operations[best.sequence.calls[index]!.op]!.params)) {
      const replace = (offset: number, value: bigint): boolean => {
        const call = best.sequence.calls[index]!;
        if (call.args[at + offset] === value) return false;
        const args = [...call.args];
        args[at + offset] = value;
        return accept({
          ...best.sequence,
          calls: best.sequence.calls.map((c, i) => (i === index ? { op: c.op, args } : c)),
        });
      };
      const word = (offset: number): bigint => best.sequence.calls[index]!.args[at + offset]!;
      switch (param.kind) {
        case 'container':
          replace(0, 0n);
          break;
        case 'resource':
          if (word(0) !== FRESH) break;
          replace(4, 0n);
          replace(5, 0n);
          for (const flags of [0n, 0x200n]) if (word(3) !== 0x200n) replace(3, flags);
          break;
        case 'int':
          if (param.role === 'flags' || param.role === 'desc' || param.role === 'bool') replace(0, 0n);
          else if (param.role !== 'gfp') {
            const round = param.role === 'align' ? [1n, 0x1000n].filter((n) => n < word(0)) : rounder(word(0));
            for (const value of round) if (replace(0, value)) break;
          }
          break;
        case 'name':
        case 'device':
        case 'callback':
          if (!(param.kind === 'callback' && param.nullable)) replace(0, 0n);
          break;
        case 'data':
        case 'record':
          break;
      }
    }
  }
}

const plainMemory = IORESOURCE_MEM;
/** What regions mostly are: there is nothing simpler about the others. */
const isPlain = (flags: bigint): boolean =>
  flags === plainMemory || flags === (plainMemory | IORESOURCE_BUSY) || flags === RAM;
const simplerRegions: readonly ((r: Region) => Region | undefined)[] = [
  (r) => (r.desc === 0n ? undefined : { ...r, desc: 0n }),
  (r) => (r.flags === plainMemory || r.flags === RAM ? undefined : { ...r, flags: plainMemory }),
  (r) => (isPlain(r.flags) ? undefined : { ...r, flags: plainMemory | IORESOURCE_BUSY }),
  (r) => (r.name === 0 ? undefined : { ...r, name: 0 }),
  (r) => (r.early ? { ...r, early: false } : undefined),
  (r) => roundedRegion(r, 0xfffffn),
  (r) => roundedRegion(r, 0xfffn),
];

function roundedRegion(r: Region, mask: bigint): Region | undefined {
  const start = r.start & ~mask;
  const end = r.end | mask;
  return start === r.start && end === r.end ? undefined : { ...r, start, end };
}

/** Values that a reader takes in at a glance, the roundest first. */
function rounder(value: bigint): readonly bigint[] {
  if (value < 2n) return value === 0n ? [] : [0n];
  const power = 1n << BigInt(value.toString(2).length - 1);
  const list: bigint[] = [0n, 1n, 0x1000n, 0x100000n, power];
  for (const mask of [power >> 2n, 0xfffffn, 0xfffn]) list.push(mask > 0xfffffn ? value & ~(mask - 1n) : value & ~mask);
  return [...new Set(list)].filter((n) => n < value);
}

/** What lay in the region lies in its parent then. */
function withoutRegion(sequence: Sequence, index: number, operations: readonly Operation[]): Sequence {
  const gone = sequence.regions[index]!;
  const regions = sequence.regions.map((r) => (r.parent === ROOTS + index ? { ...r, parent: gone.parent } : r));
  // An empty range in the place of the one to go: it is dropped when the list is made a tree again.
  regions[index] = { ...gone, start: 1n, end: 0n };
  return tidy({ ...sequence, regions }, operations);
}
