/**
 * Finds where hunks belong. Follows `git apply` (apply.c: `apply_one_fragment`, `find_pos`, `match_fragment`): a hunk is
 * looked for first where its header says, then ever farther from there, forward before backward; a hunk that starts at
 * line 1 must match at the start of the file, one without context below must match at the end; lines that another hunk
 * has touched match no more. Unlike git, a hunk without any context is only taken where its header says.
 */
import type { Budget, Image } from './image.ts';
import type { Direction, Hunk, HunkLine } from './types.ts';

export type Endings = 'same' | 'crlf' | 'lf';

/** A hunk seen in one direction. */
export interface Sided {
  readonly hunk: Hunk;
  /** What must stand in the file, and what is to stand there. */
  readonly pre: readonly HunkLine[];
  readonly preTexts: readonly string[];
  readonly postCount: number;
  /** Context lines at the two ends. */
  readonly leading: number;
  readonly trailing: number;
  /** From 0: where the header says it starts, with all earlier hunks of the patch applied. */
  readonly stated: number;
  readonly preStart: number;
  /** The last line of one side has no newline, so the hunk can only be at the end. */
  readonly atEnd: boolean;
}

export function seenFrom(hunk: Hunk, direction: Direction, endings: Endings): Sided {
  const gone = direction === 'forward' ? '-' : '+';
  const pre: HunkLine[] = [];
  const preTexts: string[] = [];
  let postCount = 0;
  let leading = -1;
  let trailing = 0;
  let atEnd = false;
  for (const line of hunk.lines) {
    atEnd ||= line.noNewline;
    if (line.kind === ' ') trailing++;
    else {
      if (leading < 0) leading = trailing;
      trailing = 0;
    }
    if (line.kind !== gone) postCount++;
    if (line.kind === ' ' || line.kind === gone) {
      pre.push(line);
      preTexts.push(adapt(line.text, endings, line.noNewline));
    }
  }
  const forward = direction === 'forward';
  const postStart = forward ? hunk.newStart : hunk.oldStart;
  const stated = postCount === 0 || postStart === 0 ? postStart : postStart - 1;
  const preStart = forward ? hunk.oldStart : hunk.newStart;
  return { hunk, pre, preTexts, postCount, leading: Math.max(leading, 0), trailing, stated, preStart, atEnd };
}

/** The text of a patch line in a file with other line endings. */
export function adapt(text: string, endings: Endings, noNewline: boolean): string {
  if (endings === 'crlf') return noNewline ? text : `${text}\r`;
  return endings === 'lf' && text.endsWith('\r') ? text.slice(0, -1) : text;
}

export interface Placed {
  readonly sided: Sided;
  /** Line (from 0) of the given text at which the hunk starts, fuzz not counted. */
  readonly at: number;
  readonly offset: number;
  readonly fuzz: number;
  /** Lines at each end of `pre` that are left as the file has them. */
  readonly cutLeading: number;
  readonly cutTrailing: number;
}

export type NotPlaced = { readonly why: 'nowhere' | 'budget' };

/** Places the hunks of one file, one after the other. */
export class Placer {
  readonly #image: Image;
  readonly #budget: Budget;
  /** By `at`; disjoint. */
  readonly #placed: Placed[] = [];
  /** Sum of post minus pre lines of all that is placed. */
  #delta = 0;

  constructor(image: Image, budget: Budget) {
    this.#image = image;
    this.#budget = budget;
  }

  get placed(): readonly Placed[] {
    return this.#placed;
  }

  /** With `onlyStated` nothing is searched. */
  place(sided: Sided, maxFuzz: number, onlyStated = false): Placed | NotPlaced {
    const whole = this.#try(sided, strict(sided), onlyStated);
    if (whole) return whole;
    for (const attempt of loose(sided, maxFuzz)) {
      const placed = this.#try(sided, attempt, onlyStated);
      if (placed) return placed;
    }
    return { why: this.#budget.spent ? 'budget' : 'nowhere' };
  }

  #try(sided: Sided, attempt: Attempt, onlyStated: boolean): Placed | undefined {
    const at = this.#find(sided, attempt, onlyStated);
    if (at === undefined) return undefined;
    const { cutLeading, cutTrailing, fuzz } = attempt;
    const offset = this.#current(at) - cutLeading - sided.stated;
    const placed: Placed = { sided, at: at - cutLeading, offset, fuzz, cutLeading, cutTrailing };
    this.#insert(placed);
    return placed;
  }

  /** Where a hunk that was not placed would match if it were neither bound to an end nor kept off other hunks. */
  unbound(sided: Sided): number | undefined {
    if (sided.pre.length === 0) return undefined;
    const free: Attempt = { cutLeading: 0, cutTrailing: 0, atStart: false, atEnd: false, exact: false, fuzz: 0 };
    return this.#search(sided, free, (at) => this.#matches(sided, free, at, false));
  }

  /** The line of the given text that the header means, given what is placed before it. */
  statedLine(sided: Sided): number {
    return Math.max(0, this.#original(sided.stated));
  }

  #find(sided: Sided, attempt: Attempt, onlyStated: boolean): number | undefined {
    const length = sided.pre.length - attempt.cutLeading - attempt.cutTrailing;
    const test = (at: number) => this.#matches(sided, attempt, at, true);
    if (attempt.atStart) return test(0) ? 0 : undefined;
    const last = this.#image.count - length;
    if (attempt.atEnd) return last >= 0 && test(last) ? last : undefined;
    const stated = this.#original(sided.stated + attempt.cutLeading);
    if (stated >= 0 && stated <= last && test(stated)) return stated;
    return attempt.exact || onlyStated ? undefined : this.#search(sided, attempt, test);
  }

  /** Tries the places of the rarest line, from the stated place outwards. */
  #search(sided: Sided, attempt: Attempt, test: (at: number) => boolean): number | undefined {
    const end = sided.pre.length - attempt.cutTrailing;
    let rarest: readonly number[] | undefined;
    let index = 0;
    for (let i = attempt.cutLeading; i < end; i++) {
      const places = this.#image.places(sided.preTexts[i]!);
      if (!this.#budget.spend(1)) return undefined;
      if (rarest && places.length >= rarest.length) continue;
      rarest = places;
      index = i - attempt.cutLeading;
      if (places.length === 0) return undefined;
    }
    if (!rarest) return undefined;
    const stated = sided.stated + attempt.cutLeading;
    const distance = (k: number) => this.#current(rarest[k]! - index) - stated;
    let forward = firstAtLeast(rarest.length, (k) => distance(k) >= 0);
    let backward = forward - 1;
    while (forward < rarest.length || backward >= 0) {
      const ahead = forward < rarest.length ? distance(forward) : Number.POSITIVE_INFINITY;
      const behind = backward >= 0 ? -distance(backward) : Number.POSITIVE_INFINITY;
      const at = rarest[ahead <= behind ? forward++ : backward--]! - index;
      if (test(at)) return at;
      if (this.#budget.spent) return undefined;
    }
    return undefined;
  }

  #matches(sided: Sided, attempt: Attempt, at: number, respect: boolean): boolean {
    const image = this.#image;
    const length = sided.pre.length - attempt.cutLeading - attempt.cutTrailing;
    const end = at + length;
    if (at < 0 || end > image.count) return false;
    if (respect && (attempt.atEnd || sided.atEnd) && end !== image.count) return false;
    for (let i = 0; i < length; i++) {
      if (!this.#budget.spend(1)) return false;
      const k = attempt.cutLeading + i;
      if (!image.equals(at + i, sided.preTexts[k]!)) return false;
      if (image.hasNewline(at + i) === sided.pre[k]!.noNewline) return false;
    }
    return !respect || this.#free(at, end);
  }

  /** No placed hunk covers a line of from..to; for an insertion without context: does not lie inside one. */
  #free(from: number, to: number): boolean {
    const next = this.#after(from);
    const before = this.#placed[next - 1];
    const following = this.#placed[next];
    if (before && this.#endOf(before) > from) return false;
    return !following || this.#startOf(following) >= to;
  }

  #startOf(placed: Placed): number {
    return placed.at + placed.cutLeading;
  }

  #endOf(placed: Placed): number {
    return placed.at + placed.sided.pre.length - placed.cutTrailing;
  }

  /** Index of the first placed hunk that starts behind `line`. */
  #after(line: number): number {
    const last = this.#placed.at(-1);
    if (!last || this.#startOf(last) <= line) return this.#placed.length;
    return firstAtLeast(this.#placed.length, (k) => this.#startOf(this.#placed[k]!) > line);
  }

  /** A line of the given text in the text as patched so far. */
  #current(line: number): number {
    const n = this.#after(line - 1);
    return line + (n === this.#placed.length ? this.#delta : this.#deltaBefore(n));
  }

  #original(current: number): number {
    const last = this.#placed.at(-1);
    if (!last || current - this.#delta >= this.#endOf(last)) return current - this.#delta;
    let delta = 0;
    for (const placed of this.#placed) {
      if (!this.#budget.spend(1)) return -1;
      if (this.#startOf(placed) + delta >= current) break;
      delta += placed.sided.postCount - placed.sided.pre.length;
    }
    return current - delta;
  }

  #deltaBefore(n: number): number {
    let delta = 0;
    this.#budget.spend(n);
    for (const placed of this.#placed.slice(0, n)) delta += placed.sided.postCount - placed.sided.pre.length;
    return delta;
  }

  #insert(placed: Placed): void {
    const at = this.#after(this.#startOf(placed));
    this.#delta += placed.sided.postCount - placed.sided.pre.length;
    if (at === this.#placed.length) this.#placed.push(placed);
    else {
      this.#budget.spend(this.#placed.length - at);
      this.#placed.splice(at, 0, placed);
    }
  }
}

interface Attempt {
  readonly cutLeading: number;
  readonly cutTrailing: number;
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Only where the header says. */
  readonly exact: boolean;
  readonly fuzz: number;
}

/** As git does it. */
function strict({ leading, trailing, preStart }: Sided): Attempt {
  const whole = { cutLeading: 0, cutTrailing: 0, fuzz: 0 };
  if (leading === 0 && trailing === 0 && preStart > 1) return { ...whole, atStart: false, atEnd: false, exact: true };
  return { ...whole, atStart: preStart <= 1, atEnd: trailing === 0, exact: false };
}

/** First without the binding to the ends, then with ever less context (GNU patch's count). */
function loose({ leading, trailing, preStart }: Sided, maxFuzz: number): Attempt[] {
  const context = Math.max(leading, trailing);
  if (context === 0 || maxFuzz <= 0) return [];
  const free = { atStart: false, atEnd: false, exact: false };
  const list: Attempt[] = [];
  if (preStart <= 1 || trailing === 0) list.push({ ...free, cutLeading: 0, cutTrailing: 0, fuzz: 1 });
  for (let fuzz = 1; fuzz <= Math.min(maxFuzz, context); fuzz++) {
    const cutLeading = Math.max(0, fuzz + leading - context);
    const cutTrailing = Math.max(0, fuzz + trailing - context);
    list.push({ ...free, cutLeading, cutTrailing, fuzz });
  }
  return list;
}

function firstAtLeast(count: number, test: (k: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
