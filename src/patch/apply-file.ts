/** Applies the hunks of one file to its text, in one direction. */
import type { CodedError, Place } from '../base/errors.ts';
import * as errors from './errors.ts';
import type { Budget, Image } from './image.ts';
import { type Change, lineMap } from './line-map.ts';
import { adapt, type Endings, type NotPlaced, type Placed, Placer, type Sided, seenFrom } from './place.ts';
import { lineAt, nearest, standsAt } from './resemble.ts';
import type { AppliedHunk, ApplyFailure, Direction, FilePatch, Hunk, LineMap } from './types.ts';

/** Failures after which a patch is given up, and those of one file that are explained with what resembles most. */
export const MOST_FAILURES = 100;
const EXPLAINED = 20;

/** Hunks only where they are stated; anywhere, up to the first failure; or all of them, with reasons. */
export type Effort = 'stated' | 'search' | 'explain';

export interface Job {
  readonly patch: FilePatch;
  readonly path: string;
  readonly direction: Direction;
  readonly maxFuzz: number;
  readonly budget: Budget;
  readonly effort: Effort;
  readonly place: (patchLine: number | undefined, text?: string) => Place;
}

export interface Patched {
  readonly text: string;
  readonly hunks: readonly AppliedHunk[];
  readonly map: LineMap;
  readonly endings: Endings;
}

/** The other text, or why it cannot be had: for each hunk with `explain`, else nothing. */
export function patchText(image: Image, job: Job): Patched | readonly ApplyFailure[] {
  const first = placeAll(image, job, 'same');
  if (first.failed.length === 0) return build(image, job, first.placer.placed, 'same');
  const endings = otherEndings(image, job);
  if (endings) {
    const second = placeAll(image, job, endings);
    if (second.failed.length === 0) return build(image, job, second.placer.placed, endings);
    if (job.effort === 'explain') return explain(image, job, second);
  }
  return job.effort === 'explain' ? explain(image, job, first) : [];
}

interface Placing {
  readonly placer: Placer;
  readonly failed: readonly { sided: Sided; reason: NotPlaced }[];
}

function placeAll(image: Image, job: Job, endings: Endings): Placing {
  const placer = new Placer(image, job.budget);
  const failed: { sided: Sided; reason: NotPlaced }[] = [];
  for (const hunk of job.patch.hunks) {
    const sided = seenFrom(hunk, job.direction, endings);
    const result = placer.place(sided, job.maxFuzz, job.effort === 'stated');
    if (!('why' in result)) continue;
    failed.push({ sided, reason: result });
    // A hostile patch may have millions; what comes after is not looked at.
    if (job.effort !== 'explain' || failed.length >= MOST_FAILURES) break;
  }
  return { placer, failed };
}

/** Whether patch and file differ in their line endings throughout. */
function otherEndings(image: Image, job: Job): Endings | undefined {
  const has = image.endings();
  if (has === 'mixed' || image.count === 0) return undefined;
  const cr = job.patch.hunks.every((hunk) => hunk.lines.every((line) => line.text.endsWith('\r') || line.noNewline));
  if (has === 'lf') return cr ? 'lf' : undefined;
  const none = job.patch.hunks.every((hunk) => hunk.lines.every((line) => !line.text.endsWith('\r')));
  return none ? 'crlf' : undefined;
}

function build(image: Image, job: Job, placed: readonly Placed[], endings: Endings): Patched {
  const forward = job.direction === 'forward';
  const gone = forward ? '-' : '+';
  const out: string[] = [];
  const changes: Change[] = [];
  const starts = new Map<Hunk, AppliedHunk>();
  let from = 0;
  let made = 0;
  for (const one of placed) {
    const { sided } = one;
    const { lines } = sided.hunk;
    let at = one.at;
    let change: { oldFrom: number; newFrom: number } | undefined;
    const keep = (to: number) => {
      if (to <= from) return;
      out.push(image.slice(from, to));
      made += to - from;
      from = to;
    };
    const close = () => {
      if (change) changes.push({ ...change, oldTo: from, newTo: made });
      change = undefined;
    };
    const start = made + one.at - from;
    for (const line of lines) {
      if (line.kind === ' ') {
        close();
        at++;
        continue;
      }
      keep(at);
      change ??= { oldFrom: from, newFrom: made };
      if (line.kind === gone) from = ++at;
      else {
        out.push(adapt(line.text, endings, line.noNewline), line.noNewline ? '' : '\n');
        made++;
      }
    }
    close();
    const here = one.at + 1;
    const there = start + 1;
    starts.set(sided.hunk, {
      hunk: sided.hunk,
      beforeStart: forward ? here : there,
      afterStart: forward ? there : here,
      offset: one.offset,
      fuzz: one.fuzz,
    });
  }
  out.push(image.slice(from, image.count));
  made += image.count - from;
  const map = forward ? lineMap(changes, image.count, made) : lineMap(changes.map(flip), made, image.count);
  return { text: out.join(''), hunks: job.patch.hunks.map((hunk) => starts.get(hunk)!), map, endings };
}

const flip = (c: Change): Change => ({ oldFrom: c.newFrom, oldTo: c.newTo, newFrom: c.oldFrom, newTo: c.oldTo });

function explain(image: Image, job: Job, placing: Placing): ApplyFailure[] {
  return placing.failed.map(({ sided, reason }, n) => {
    const { hunk } = sided;
    if (reason.why === 'budget' || n >= EXPLAINED) {
      const place = job.place(hunk.patchLine);
      const error =
        reason.why === 'budget'
          ? errors.searchGivenUp(place, job.path)
          : notExplained(image, job, sided, place, placing);
      return failure(job, error, hunk, {});
    }
    return explainOne(image, job, sided, placing.placer);
  });
}

function notExplained(image: Image, job: Job, sided: Sided, place: Place, placing: Placing): CodedError {
  const at = placing.placer.statedLine(sided);
  const expected = sided.pre[0]?.text ?? '';
  return errors.hunkFails(place, { path: job.path, sourceLine: at + 1, expected, found: lineAt(image, at) }, undefined);
}

function explainOne(image: Image, job: Job, sided: Sided, placer: Placer): ApplyFailure {
  const { hunk, pre } = sided;
  const stated = placer.statedLine(sided);
  const unbound = placer.unbound(sided);
  if (unbound !== undefined) {
    const place = job.place(hunk.patchLine);
    const end = unbound + pre.length;
    const bound =
      sided.preStart <= 1 && unbound !== 0
        ? 'start'
        : (sided.trailing === 0 || sided.atEnd) && end !== image.count
          ? 'end'
          : undefined;
    const error = bound
      ? errors.anchorFails(place, job.path, bound, unbound + 1)
      : errors.overlaps(place, job.path, unbound + 1);
    return failure(job, error, hunk, { sourceLine: unbound + 1 });
  }
  const likeness = nearest(image, sided, stated, job.budget);
  let i = 0;
  while (i < pre.length && standsAt(image, sided, i, stated)) i++;
  if (i === pre.length) return endsOtherwise(image, job, sided);
  const line = pre[i]!;
  const mismatch = {
    path: job.path,
    sourceLine: stated + i + 1,
    expected: line.text,
    found: lineAt(image, stated + i),
  };
  const hint =
    likeness && likeness.line !== stated + 1
      ? errors.resembles(likeness.line, likeness.equal, likeness.of, {
          ...mismatch,
          sourceLine: likeness.sourceLine,
          found: likeness.found,
        })
      : likeness && errors.sameLines(likeness.equal, likeness.of);
  const error = errors.hunkFails(job.place(line.patchLine ?? hunk.patchLine, line.kind + line.text), mismatch, hint);
  return failure(job, error, hunk, {
    patchLine: line.patchLine,
    sourceLine: mismatch.sourceLine,
    expected: mismatch.expected,
    found: mismatch.found,
    nearest: likeness,
  });
}

/** The lines are right, but for the newline at the end of the file, or because there are none to compare. */
function endsOtherwise(image: Image, job: Job, sided: Sided): ApplyFailure {
  const { hunk } = sided;
  const last = hunk.lines.at(-1);
  const place = job.place(last?.patchLine ?? hunk.patchLine);
  const line = image.count;
  const error =
    sided.pre.length === 0
      ? errors.anchorFails(job.place(hunk.patchLine), job.path, 'start', sided.preStart + 1)
      : errors.newlineFails(place, job.path, image.count > 0 && image.hasNewline(image.count - 1));
  return failure(job, error, hunk, { patchLine: last?.patchLine, sourceLine: line });
}

export function failure(
  job: { readonly path: string },
  error: CodedError,
  hunk: Hunk | undefined,
  more: Partial<Omit<ApplyFailure, 'error' | 'path' | 'hunk'>>,
): ApplyFailure {
  return {
    error,
    path: job.path,
    hunk,
    patchLine: more.patchLine ?? hunk?.patchLine,
    sourceLine: more.sourceLine,
    expected: more.expected,
    found: more.found,
    nearest: more.nearest,
  };
}
