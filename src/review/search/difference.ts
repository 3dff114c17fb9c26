import type { Outcome } from './runner.ts';
import type { Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';

/** In what the two worlds differ, told coarsely: enough to tell one kind of difference from another. */
export interface Difference {
  readonly kind:
    | 'end'
    | 'nontermination'
    | 'cost'
    | 'problem'
    | 'error'
    | 'result'
    | 'effect'
    | 'message'
    | 'tree'
    | 'loose'
    | 'heap'
    | 'skipped';
  /** The call at which it shows, or −1: at the end. */
  readonly call: number;
  /** Differences with the same signature are the same to the search. */
  readonly signature: string;
}

const SKIPPED = 0x5349505045440000n;
/** How a sequence ends whose only thread waits for another. */
export const SLEEPS = 'stopped';
/** Executions that were cut off: nothing is known of how they would have gone on. */
const isCut = (end: string): boolean => end === 'statement-budget' || end === 'memory-budget' || end === 'budget';

/** What no call may lead to, whatever it is given; other faults may be those of its arguments. */
const neverRight: ReadonlySet<string> = new Set([
  'lock-held-at-exit',
  'recursive-lock',
  'unlock-not-held',
  'sleep-in-atomic',
  'uninitialised-read',
]);

/** What two executions of one sequence differ in first; undefined where nothing that is looked at differs. */
export function differenceOf(
  before: Outcome,
  after: Outcome,
  sequence: Sequence,
  operations: readonly Operation[],
): Difference | undefined {
  const opOf = (call: number): string => operations[sequence.calls[call]?.op ?? -1]?.name ?? '';
  const make = (kind: Difference['kind'], call: number, detail: string): Difference => ({
    kind,
    call,
    signature: `${kind} ${call < 0 ? '' : opOf(call)} ${detail}`,
  });
  const both = Math.min(before.ended, after.ended);
  const added = sequence.calls.find(({ op }) => operations[op]?.added);
  if (added) {
    // Only after the patch the call is made at all. Wherever that shows, it is one thing.
    const wrong = before.end === 'ok' && neverRight.has(after.end);
    return wrong ? { kind: 'end', call: both, signature: `added ${operations[added.op]!.name}` } : undefined;
  }
  for (let i = 0; i < both; i++) {
    const [a, b] = [before.results[i]!, after.results[i]!];
    if (a !== b) {
      const [x, y] = [sortOf(a), sortOf(b)];
      if (x === 'skipped' || y === 'skipped') return make('skipped', i, `${x} ${y}`);
      return x === y && x !== 'error' ? make('result', i, x) : make('error', i, `${x} ${y}`);
    }
    if (before.effects[i] !== after.effects[i]) return make('effect', i, '');
  }
  if (isCut(before.end) || isCut(after.end)) {
    // One world ends and the other does not within the bound. What that means is looked at with a larger one.
    if (isCut(before.end) !== isCut(after.end)) return make('cost', both, isCut(after.end) ? 'more' : 'less');
    return undefined;
  }
  if (before.end !== after.end || before.ended !== after.ended) {
    const endless = before.end === 'nontermination' || after.end === 'nontermination';
    return make(endless ? 'nontermination' : 'end', both, `${before.end} ${after.end}`);
  }
  const [old, now] = [before.events, after.events];
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    const [a, b] = [old[i], now[i]];
    if (a === b) continue;
    // What only one of them has, whatever it has next: the same whether other calls follow or not.
    const gone = a !== undefined && now.includes(a, i) ? undefined : a;
    const come = b !== undefined && old.includes(b, i) ? undefined : b;
    const told = [gone, come].flatMap((e) => e ?? []);
    const isLog = told.every((e) => e.startsWith('log '));
    return make(isLog ? 'message' : 'problem', -1, `${shape(gone)} ${shape(come)}`);
  }
  if (before.end !== 'ok') return undefined;
  if (before.digest !== after.digest) return make('tree', -1, '');
  if (before.loose !== after.loose) return make('loose', -1, '');
  if (before.live !== after.live) return make('heap', -1, before.live < after.live ? 'more' : 'less');
  return undefined;
}

/** What sort of value a result is: NULL and 0, an error, anything else. */
export function sortOf(result: bigint): string {
  if (result === SKIPPED) return 'skipped';
  if (result === 0n) return 'zero';
  return BigInt.asUintN(64, result) > (1n << 64n) - 4096n ? 'error' : 'value';
}

/** A message is known by its first words: what follows names resources and ranges. */
const shape = (event: string | undefined): string =>
  event?.startsWith('log ') ? event.split(' ').slice(0, 5).join(' ').replace(/\d+/g, '#') : (event ?? 'nothing');
