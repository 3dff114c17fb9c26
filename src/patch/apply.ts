/** Applies patches to trees that are never written to: gives both worlds, and what happened on the way. */
import type { Place } from '../base/errors.ts';
import { MemoryTree, type SourceTree } from '../base/tree.ts';
import { type Effort, failure, type Job, MOST_FAILURES, type Patched, patchText } from './apply-file.ts';
import * as errors from './errors.ts';
import { Budget, Image } from './image.ts';
import { lineMap } from './line-map.ts';
import { unsafe } from './paths.ts';
import { Positions } from './positions.ts';
import type { AppliedFile, ApplyFailure, ApplyOptions, ApplyResult, Direction, FilePatch } from './types.ts';

/** Compared lines for each line of patch and files, and a floor that no ordinary patch comes near. */
const BUDGET_FLOOR = 20_000_000;
const BUDGET_PER_LINE = 64;

/**
 * Applies all files of one patch, or none. Forward the tree is the before world; in reverse it holds the patch already
 * and is the after world. With `auto` (the default) forward is tried first; where both would do, the one that needs
 * less fuzz and smaller offsets is taken.
 */
export function applyPatch(files: readonly FilePatch[], tree: SourceTree, options: ApplyOptions = {}): ApplyResult {
  const asked = options.direction ?? 'auto';
  const images = new Images();
  if (asked !== 'auto') return attempt(files, tree, asked, options, 'explain', images);
  const strict = { ...options, maxFuzz: 0 };
  const tried = (result: ApplyResult): ApplyResult => noting({ ...result, foundBy: 'tried' }, options);
  for (const direction of ['forward', 'reverse'] as const) {
    const exact = attempt(files, tree, direction, strict, 'stated', images);
    if (exact.ok) return tried(exact);
  }
  const forward = attempt(files, tree, 'forward', strict, 'search', images);
  const reverse = attempt(files, tree, 'reverse', strict, 'search', images);
  if (forward.ok && (!reverse.ok || distance(forward) <= distance(reverse))) return tried(forward);
  if (reverse.ok) return tried(reverse);
  const loose = attempt(files, tree, 'forward', options, 'explain', images);
  if (loose.ok) return tried(loose);
  const back = attempt(files, tree, 'reverse', options, 'explain', images);
  return tried(back.ok || back.failures.length < loose.failures.length ? back : loose);
}

const distance = (result: ApplyResult): number =>
  result.files.reduce((sum, file) => sum + file.hunks.reduce((s, h) => s + Math.abs(h.offset), 0), 0);

/** That the tree has the patch already is said in the first place. */
function noting(result: ApplyResult, options: ApplyOptions): ApplyResult {
  if (!result.ok || result.direction === 'forward') return result;
  const place = { file: options.name ?? '<patch>', line: result.files[0]?.patch.patchLine ?? 1 };
  return { ...result, notes: [errors.reverseFound(place), ...result.notes] };
}

/** The lines of texts that several attempts look at. */
class Images {
  readonly #images = new Map<string, Image>();

  of(path: string, text: string): Image {
    const known = this.#images.get(path);
    if (known?.text === text) return known;
    const image = new Image(text);
    this.#images.set(path, image);
    return image;
  }
}

/** The tree, with what earlier files of the same patch made of it. */
class Overlay implements SourceTree {
  readonly files = new Map<string, string | null>();
  readonly #tree: SourceTree;

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  read(path: string): string | undefined {
    const own = this.files.get(path);
    return own === undefined ? this.#tree.read(path) : (own ?? undefined);
  }
}

function attempt(
  files: readonly FilePatch[],
  tree: SourceTree,
  direction: Direction,
  options: ApplyOptions,
  effort: Effort,
  images: Images,
): ApplyResult {
  const work = new Overlay(tree);
  const run: Run = {
    work,
    direction,
    maxFuzz: options.maxFuzz ?? 0,
    name: options.name ?? '<patch>',
    budget: budgetFor(files),
    effort,
    images,
    failed: false,
    failures: [],
    notes: [],
  };
  const applied: AppliedFile[] = [];
  // A file that occurs twice is patched twice: the other way round in reverse.
  for (const file of direction === 'forward' ? files : files.toReversed()) {
    const one = applyFile(file, run);
    if (one) applied.push(one);
    else if (effort !== 'explain' || run.failures.length >= MOST_FAILURES) break;
  }
  if (direction === 'reverse') applied.reverse();
  const ok = !run.failed;
  const other = ok ? new MemoryTree(work.files, tree) : tree;
  const [before, after] = direction === 'forward' ? [tree, other] : [other, tree];
  return { ok, direction, foundBy: 'asked', files: applied, before, after, failures: run.failures, notes: run.notes };
}

function budgetFor(files: readonly FilePatch[]): Budget {
  let lines = 0;
  for (const file of files) for (const hunk of file.hunks) lines += hunk.lines.length;
  return new Budget(BUDGET_FLOOR + BUDGET_PER_LINE * lines);
}

interface Run {
  readonly work: Overlay;
  readonly direction: Direction;
  readonly maxFuzz: number;
  readonly name: string;
  readonly budget: Budget;
  readonly effort: Effort;
  readonly images: Images;
  failed: boolean;
  readonly failures: ApplyFailure[];
  readonly notes: ApplyResult['notes'][number][];
}

function applyFile(patch: FilePatch, run: Run): AppliedFile | undefined {
  const { work, direction } = run;
  const forward = direction === 'forward';
  const place = (line: number | undefined, text?: string): Place =>
    text === undefined
      ? { file: run.name, line: line ?? patch.patchLine ?? 1 }
      : { file: run.name, line: line ?? patch.patchLine ?? 1, text };
  const here = place(patch.patchLine);
  const shownPath = patch.newPath ?? patch.oldPath ?? '?';
  const fail = (error: ApplyFailure['error'], path = shownPath): undefined => {
    run.failed = true;
    run.failures.push(failure({ path }, error, undefined, { patchLine: patch.patchLine }));
    return undefined;
  };
  if (patch.broken) return fail(patch.broken);
  if (patch.status === 'binary') return skipped(patch, errors.binaryNotApplied(here, shownPath), run);
  const special = specialOf(patch);
  if (special) return skipped(patch, errors.specialNotApplied(here, shownPath, special), run);

  const [from, to] = forward ? [patch.oldPath, patch.newPath] : [patch.newPath, patch.oldPath];
  const raw = forward ? patch.rawOldPath : patch.rawNewPath;
  const source = from === undefined ? undefined : locate(from, raw, work);
  if (from !== undefined && source === undefined) return fail(errors.noSuchFile(here, from), from);
  const moved = source === undefined || source === from ? (path: string) => path : mover(from!, source);
  if (source !== undefined && source !== from) run.notes.push(errors.otherDepth(here, from!, source));
  const target = to === undefined ? undefined : moved(to);
  // Undoing a copy takes the copy away; its origin is there already.
  const uncopy = patch.status === 'copied' && !forward;
  if (target !== undefined && target !== source && !uncopy && work.read(target) !== undefined)
    return fail(errors.fileExists(here, target), target);

  const text = source === undefined ? '' : work.read(source)!;
  const job: Job = {
    patch,
    path: source ?? target ?? shownPath,
    direction,
    maxFuzz: run.maxFuzz,
    budget: run.budget,
    effort: run.effort,
    place,
  };
  const result = patchText(run.images.of(job.path, text), job);
  if (!('text' in result)) {
    run.failed = true;
    for (const one of result) run.failures.push(one);
    return undefined;
  }
  if (target === undefined && result.text !== '') return fail(errors.leavesContents(here, source ?? shownPath));
  say(result, job, run);

  if (source !== undefined && source !== target && (patch.status !== 'copied' || !forward))
    work.files.set(source, null);
  if (target !== undefined && !uncopy) work.files.set(target, result.text);
  const given = source === undefined ? undefined : text;
  const made = target === undefined ? undefined : result.text;
  const [beforePath, afterPath, before, after] = forward
    ? [source, target, given, made]
    : [target, source, made, given];
  return applied(patch, { beforePath, afterPath, before, after }, result);
}

/** Fuzz and changed line endings are never passed over in silence. */
function say(result: Patched, job: Job, run: Run): void {
  for (const one of result.hunks) {
    if (one.fuzz === 0) continue;
    const line = job.direction === 'forward' ? one.beforeStart : one.afterStart;
    run.notes.push(errors.withFuzz(job.place(one.hunk.patchLine), job.path, line, one.fuzz));
  }
  if (result.endings !== 'same')
    run.notes.push(errors.endingsChanged(job.place(job.patch.patchLine), job.path, result.endings));
}

type Texts = Pick<AppliedFile, 'beforePath' | 'afterPath' | 'before' | 'after'>;

function applied(patch: FilePatch, texts: Texts, result: Patched): AppliedFile {
  let positions: Positions | undefined;
  const look = () => (positions ??= new Positions(result.hunks));
  return {
    patch,
    ...texts,
    hunks: result.hunks,
    map: result.map,
    lineEndings: result.endings,
    skipped: undefined,
    sourceLines: (patchLine) => look().sourceLines(patchLine),
    patchLineOf: (world, line) => look().patchLineOf(world, line),
  };
}

function skipped(patch: FilePatch, error: NonNullable<AppliedFile['skipped']>, run: Run): AppliedFile {
  run.notes.push(error);
  return {
    patch,
    beforePath: patch.oldPath,
    afterPath: patch.newPath,
    before: undefined,
    after: undefined,
    hunks: [],
    map: lineMap([], 0, 0),
    lineEndings: 'same',
    skipped: error,
    sourceLines: () => ({ before: undefined, after: undefined }),
    patchLineOf: () => undefined,
  };
}

function specialOf(patch: FilePatch): string | undefined {
  const modes = [patch.oldMode, patch.newMode];
  if (modes.includes('160000')) return 'a submodule';
  return modes.includes('120000') ? 'a symbolic link' : undefined;
}

/** The path in the tree; where it is not there, with more or fewer leading components of the name as written. */
function locate(path: string, raw: string | undefined, tree: SourceTree): string | undefined {
  if (tree.read(path) !== undefined) return path;
  if (raw === undefined || unsafe(raw)) return undefined;
  const parts = raw.split('/');
  for (let strip = 0; strip < Math.min(parts.length, 8); strip++) {
    const other = parts.slice(strip).join('/');
    if (other !== path && tree.read(other) !== undefined) return other;
  }
  return undefined;
}

/** Moves another path of the patch as `from` was moved to `to`: both end alike. */
function mover(from: string, to: string): (path: string) => string {
  if (to.endsWith(`/${from}`)) {
    const prefix = to.slice(0, to.length - from.length);
    return (path) => prefix + path;
  }
  const prefix = from.slice(0, from.length - to.length);
  return (path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path);
}
