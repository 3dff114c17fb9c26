import type { Debuggee } from './debuggee.ts';
import type { Views } from './views.ts';

export type Reason = 'breakpoint' | 'function breakpoint' | 'data breakpoint' | 'exception';

/** A breakpoint on a line or a function, as the client asked for it. */
export interface Breakpoint {
  readonly id: number;
  readonly reason: 'breakpoint' | 'function breakpoint';
  /** Statements at which it is reached, ascending. */
  readonly hits: readonly number[];
  readonly condition?: string;
  /** `3`, `>= 3`, `% 2` …: of the hits, counted from the beginning of the execution. */
  readonly hitCondition?: string;
  readonly logMessage?: string;
}
/** A piece of memory whose changes stop the execution. */
export interface Watch {
  readonly id: number;
  readonly address: bigint;
  readonly size: number;
}
export interface Arrival {
  readonly position: number;
  readonly reason: Reason | 'difference' | 'entry' | 'end';
  readonly ids: readonly number[];
  /** Index into the debuggee's events. */
  readonly event?: number;
}

/** Index of the first element that is greater than `value`. */
function above(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many elements of an ascending list are smaller. */
export const countBelow = (sorted: readonly number[], value: number): number => above(sorted, value - 1);

/** Whether the n-th hit (from 1) is one that a hit condition means. One that cannot be read means every hit. */
export function hitMatches(condition: string | undefined, n: number): boolean {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,9})\s*$/.exec(condition ?? '');
  if (!match) return true;
  const value = Number(match[2]);
  switch (match[1]) {
    case '>=':
      return n >= value;
    case '<=':
      return n <= value;
    case '>':
      return n > value;
    case '<':
      return n < value;
    case '%':
      return value > 0 && n % value === 0;
    default:
      return n === value;
  }
}

export interface Travel {
  readonly debuggee: Debuggee;
  readonly views: Views;
  readonly breakpoints: readonly Breakpoint[];
  readonly watches: readonly Watch[];
  /** Events that stop, as indices into `debuggee.events()`, with their statements. */
  readonly events: readonly { readonly index: number; readonly position: number }[];
  /** Where before and after part, if that stops. */
  readonly parting?: number;
  /** Told what log points print on the way, in order; not when going back. */
  log(text: string, position: number): void;
  /** Told of conditions that are no C. */
  complain(text: string): void;
}

/** Messages that log points print in one go. */
const LOGGED = 2000;
/** Conditions that are looked at in one go: each may bring the machine somewhere else. */
const CONDITIONS = 64;

/**
 * Goes on from the debuggee's position to the next place that stops, in time's direction (1) or against it (−1). Leaves the
 * debuggee there. Yields now and then the position it has come to, for whoever wants to give up.
 */
export function* travel(how: Travel, by: 1 | -1): Generator<number, Arrival> {
  const { debuggee, views } = how;
  const from = debuggee.position;
  let best: Arrival = {
    position: by > 0 ? debuggee.recording.length : debuggee.first,
    reason: by > 0 ? 'end' : 'entry',
    ids: [],
  };
  const nearer = (position: number): boolean => (by > 0 ? position < best.position : position > best.position);
  const offer = (position: number, reason: Arrival['reason'], id?: number, event?: number): void => {
    const more = id === undefined ? [] : [id];
    if (position === best.position && best.reason === reason) best = { ...best, ids: [...best.ids, ...more] };
    else if (nearer(position) || (position === best.position && (best.reason === 'end' || best.reason === 'entry')))
      best = { position, reason, ids: more, ...(event === undefined ? {} : { event }) };
  };
  const ahead = how.events.filter(({ position }) => (by > 0 ? position > from : position < from));
  const event = by > 0 ? ahead[0] : ahead.at(-1);
  if (event) offer(event.position, 'exception', undefined, event.index);
  const { parting } = how;
  if (parting !== undefined && (by > 0 ? parting > from : parting < from)) offer(parting, 'difference');

  const accepts = (breakpoint: Breakpoint, index: number): boolean => {
    if (!hitMatches(breakpoint.hitCondition, index + 1)) return false;
    if (breakpoint.condition === undefined || breakpoint.condition.trim() === '') return true;
    debuggee.position = breakpoint.hits[index]!;
    views.clear();
    try {
      return views.holds(breakpoint.condition, views.frame(undefined));
    } catch (error) {
      how.complain(`${breakpoint.condition}: ${error instanceof Error ? error.message : String(error)}`);
      return true;
    }
  };
  let looked = 0;
  const logged: { readonly position: number; readonly breakpoint: Breakpoint }[] = [];
  for (const breakpoint of how.breakpoints) {
    const { hits, logMessage } = breakpoint;
    let index = by > 0 ? above(hits, from) : above(hits, from - 1) - 1;
    for (; index >= 0 && index < hits.length; index += by) {
      const position = hits[index]!;
      if (!nearer(position) && position !== best.position) break;
      if (logMessage !== undefined && by < 0) break;
      if (++looked % CONDITIONS === 0) yield position;
      if (!accepts(breakpoint, index)) continue;
      if (logMessage === undefined) {
        offer(position, breakpoint.reason, breakpoint.id);
        break;
      }
      if (logged.length < LOGGED) logged.push({ position, breakpoint });
      else {
        how.complain(`More than ${LOGGED} messages: the rest is left out`);
        break;
      }
    }
  }
  debuggee.position = from;
  if (how.watches.length > 0) {
    for (const watch of how.watches) {
      const changed = yield* debuggee.change(by, [watch], best.position);
      if (changed === undefined) continue;
      // After the very last statement nobody stands anywhere: the stop is before it, once.
      const last = debuggee.recording.length - 1;
      if (changed <= last) offer(changed, 'data breakpoint', watch.id);
      else if (from < last) offer(last, 'data breakpoint', watch.id);
    }
  }
  const { position } = best;
  for (const { position: at, breakpoint } of logged.sort((a, b) => a.position - b.position)) {
    if (at >= position) continue;
    if (++looked % CONDITIONS === 0) yield at;
    debuggee.position = at;
    views.clear();
    how.log(views.message(breakpoint.logMessage!, views.frame(undefined)), at);
  }
  debuggee.position = position;
  views.clear();
  return best;
}
