/** Reads unified diffs: git's with extended headers, and those of `diff -u`. */
import type { CodedError, Place } from '../base/errors.ts';
import * as errors from './errors.ts';
import { hunkHeader, readHunk } from './hunk.ts';
import type { LineCursor } from './lines.ts';
import { isNowhere, splitFileLine, splitGitNames, stripPair, unquote, unsafe, withoutBackup } from './paths.ts';
import type { Problems } from './problems.ts';
import type { FilePatch, FileStatus, Hunk } from './types.ts';

export interface DiffContext {
  readonly problems: Problems;
  /** Called with each line outside the diffs; true ends the reading in front of it. */
  readonly onText: (line: string, patchLine: number | undefined) => boolean;
}

/** What the header of one file says, while it is read. */
interface Header {
  readonly patchLine: number | undefined;
  /** Its first line, for messages. */
  readonly place: Place;
  readonly git: boolean;
  names: { old: string; new: string } | undefined;
  fileLines: { old: { name: string; epoch: boolean }; new: { name: string; epoch: boolean } } | undefined;
  from: string | undefined;
  to: string | undefined;
  copy: boolean;
  added: boolean;
  deleted: boolean;
  binary: boolean;
  oldMode: string | undefined;
  newMode: string | undefined;
  oldBlob: string | undefined;
  newBlob: string | undefined;
  similarity: number | undefined;
  broken: CodedError | undefined;
}

/** Everything that the cursor still holds, up to the line at which `onText` stops it. */
export function readFiles(cursor: LineCursor, context: DiffContext): FilePatch[] {
  const files: FilePatch[] = [];
  const { problems } = context;
  for (;;) {
    const line = cursor.peek();
    if (line === undefined) return files;
    if (line.startsWith('diff --git ')) files.push(readGitFile(cursor, problems));
    else if (line.startsWith('--- ') && startsTraditional(cursor)) files.push(readTraditionalFile(cursor, problems));
    else if (line.startsWith('Binary files ') && line.trimEnd().endsWith(' differ'))
      readBinaryLine(cursor, files, problems);
    else if (line.startsWith('diff --cc ') || line.startsWith('diff --combined ')) {
      problems.add(errors.combinedDiff(problems.at(cursor)));
      skipCombined(cursor);
    } else if (line.startsWith('@@ -') && hunkHeader(line)) {
      problems.add(errors.orphanHunk(problems.at(cursor)));
      cursor.skip();
    } else {
      if (context.onText(line, cursor.line)) return files;
      cursor.skip();
    }
  }
}

function startsTraditional(cursor: LineCursor): boolean {
  const mark = cursor.mark();
  cursor.skip();
  const second = cursor.at('+++ ');
  cursor.skip();
  const third = cursor.at('@@ -');
  cursor.reset(mark);
  return second && third;
}

function emptyHeader(cursor: LineCursor, problems: Problems, git: boolean): Header {
  return {
    patchLine: cursor.line,
    place: problems.at(cursor),
    git,
    names: undefined,
    fileLines: undefined,
    from: undefined,
    to: undefined,
    copy: false,
    added: false,
    deleted: false,
    binary: false,
    oldMode: undefined,
    newMode: undefined,
    oldBlob: undefined,
    newBlob: undefined,
    similarity: undefined,
    broken: undefined,
  };
}

function readGitFile(cursor: LineCursor, problems: Problems): FilePatch {
  const header = emptyHeader(cursor, problems, true);
  const place = problems.at(cursor);
  const first = cursor.next() ?? '';
  if (first.includes('\0')) header.broken = problems.add(errors.nulByte(place));
  header.names = splitGitNames(first.slice('diff --git '.length).trimEnd());
  for (;;) {
    const line = cursor.peek();
    if (line === undefined) break;
    if (line.startsWith('--- ') || line.startsWith('@@ -')) break;
    if (!extendedHeader(header, line)) break;
    cursor.skip();
    if (line.startsWith('GIT binary patch')) {
      skipBinary(cursor);
      break;
    }
  }
  if (cursor.at('--- ')) readFileLines(header, cursor);
  return finish(header, cursor, problems);
}

/** One of git's extended header lines; false where the line is none. */
function extendedHeader(header: Header, line: string): boolean {
  const word = (prefix: string): string | undefined =>
    line.startsWith(prefix) ? line.slice(prefix.length).trimEnd() : undefined;
  let value: string | undefined;
  if ((value = word('index ')) !== undefined) {
    const m = /^([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?$/.exec(value);
    if (!m) return true;
    header.oldBlob = m[1];
    header.newBlob = m[2];
    if (m[3] !== undefined) {
      header.oldMode ??= m[3];
      header.newMode ??= m[3];
    }
  } else if ((value = word('old mode ')) !== undefined) header.oldMode = value;
  else if ((value = word('new mode ')) !== undefined) header.newMode = value;
  else if ((value = word('new file mode ')) !== undefined) {
    header.added = true;
    header.newMode = value;
  } else if ((value = word('deleted file mode ')) !== undefined) {
    header.deleted = true;
    header.oldMode = value;
  } else if ((value = word('rename from ') ?? word('rename old ')) !== undefined) header.from = plainName(value);
  else if ((value = word('rename to ') ?? word('rename new ')) !== undefined) header.to = plainName(value);
  else if ((value = word('copy from ')) !== undefined) {
    header.from = plainName(value);
    header.copy = true;
  } else if ((value = word('copy to ')) !== undefined) header.to = plainName(value);
  else if ((value = word('similarity index ')) !== undefined) header.similarity = percent(value);
  else if (word('dissimilarity index ') !== undefined) return true;
  else if (
    line.startsWith('GIT binary patch') ||
    (line.startsWith('Binary files ') && line.trimEnd().endsWith(' differ'))
  )
    header.binary = true;
  else return false;
  return true;
}

const plainName = (text: string): string => unquote(text, 0)?.value ?? text;

function percent(text: string): number | undefined {
  const m = /^(\d{1,3})%$/.exec(text);
  return m ? Number(m[1]) : undefined;
}

function readFileLines(header: Header, cursor: LineCursor): void {
  const mark = cursor.mark();
  const old = cursor.next() ?? '';
  const now = cursor.peek();
  if (now === undefined || !now.startsWith('+++ ')) {
    cursor.reset(mark);
    return;
  }
  cursor.skip();
  header.fileLines = { old: splitFileLine(old.slice(4)), new: splitFileLine(now.slice(4)) };
}

function readTraditionalFile(cursor: LineCursor, problems: Problems): FilePatch {
  const header = emptyHeader(cursor, problems, false);
  const first = cursor.peek() ?? '';
  if (first.includes('\0')) header.broken = problems.add(errors.nulByte(problems.at(cursor)));
  readFileLines(header, cursor);
  return finish(header, cursor, problems);
}

/** `Binary files a/x and b/x differ` of a plain `diff -r`. */
function readBinaryLine(cursor: LineCursor, files: FilePatch[], problems: Problems): void {
  const header = emptyHeader(cursor, problems, false);
  const place = problems.at(cursor);
  const names = (cursor.next() ?? '').trimEnd().slice('Binary files '.length, -' differ'.length);
  const and = names.indexOf(' and ');
  if (and < 0) {
    problems.add(errors.badFileHeader(place));
    return;
  }
  header.binary = true;
  header.fileLines = { old: splitFileLine(names.slice(0, and)), new: splitFileLine(names.slice(and + 5)) };
  files.push(finish(header, cursor, problems));
}

/** Base-85 lines: up to the next file, or what cannot be one of them. */
function skipBinary(cursor: LineCursor): void {
  for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
    if (line !== '' && !/^(?:(?:literal|delta) \d+|[A-Za-z][!-~]+)\s*$/.test(line.slice(0, 80))) return;
    cursor.skip();
  }
}

function skipCombined(cursor: LineCursor): void {
  cursor.skip();
  while (!cursor.done && !cursor.at('diff --') && !cursor.at('commit ')) cursor.skip();
}

/** What is left of a file with a broken hunk: where the next hunk is to be found is no longer certain. */
function skipRest(cursor: LineCursor): void {
  while (
    !cursor.done &&
    !cursor.at('diff --') &&
    !cursor.at('commit ') &&
    !(cursor.at('--- ') && startsTraditional(cursor))
  )
    cursor.skip();
}

/** The hunks, then the checks that need the whole. */
function finish(header: Header, cursor: LineCursor, problems: Problems): FilePatch {
  const hunks: Hunk[] = [];
  const headPlace = header.place;
  while (cursor.at('@@ -')) {
    const read = readHunk(cursor, problems);
    if (read.hunk) hunks.push(read.hunk);
    header.broken ??= read.error;
    if (read.error) {
      skipRest(cursor);
      break;
    }
  }
  const paths = namePaths(header);
  if (!paths) header.broken ??= problems.add(errors.badFileHeader(headPlace));
  else if (paths.disagree) header.broken ??= problems.add(errors.namesDisagree(headPlace, ...paths.disagree));
  // Whatever else is wrong with the file: an unsafe path goes no further.
  const danger = [paths?.old, paths?.new, paths?.rawOld, paths?.rawNew]
    .filter((path) => path !== undefined)
    .map((path) => ({ path, why: unsafe(path) }))
    .find(({ why }) => why !== undefined);
  if (danger) header.broken ??= problems.add(errors.unsafePath(headPlace, danger.path, danger.why!));
  const safe = danger ? undefined : paths;
  const status = statusOf(header, paths, hunks);
  if (status === 'modified' && hunks.length === 0) header.broken ??= problems.add(errors.noHunks(headPlace));
  return {
    oldPath: safe && !isNew(header, hunks) ? safe.old : undefined,
    newPath: safe && !isGone(header, hunks) ? safe.new : undefined,
    rawOldPath: safe?.rawOld,
    rawNewPath: safe?.rawNew,
    status,
    oldBlob: header.oldBlob,
    newBlob: header.newBlob,
    oldMode: header.oldMode,
    newMode: header.newMode,
    similarity: header.similarity,
    hunks,
    crlf: cursor.crlf,
    patchLine: header.patchLine,
    broken: header.broken,
  };
}

const isNew = (h: Header, hunks: readonly Hunk[]): boolean =>
  h.added ||
  (h.fileLines !== undefined &&
    (isNowhere(h.fileLines.old.name) || (h.fileLines.old.epoch && fromNothing(hunks, 'old'))));
const isGone = (h: Header, hunks: readonly Hunk[]): boolean =>
  h.deleted ||
  (h.fileLines !== undefined &&
    (isNowhere(h.fileLines.new.name) || (h.fileLines.new.epoch && fromNothing(hunks, 'new'))));

function fromNothing(hunks: readonly Hunk[], side: 'old' | 'new'): boolean {
  const hunk = hunks[0];
  if (!hunk || hunks.length > 1) return false;
  return side === 'old' ? hunk.oldStart === 0 && hunk.oldLines === 0 : hunk.newStart === 0 && hunk.newLines === 0;
}

function statusOf(header: Header, paths: Paths | undefined, hunks: readonly Hunk[]): FileStatus {
  if (header.binary) return 'binary';
  if (header.from !== undefined && header.to !== undefined) return header.copy ? 'copied' : 'renamed';
  if (paths?.old === undefined || isNew(header, hunks)) return 'added';
  if (paths.new === undefined || isGone(header, hunks)) return 'deleted';
  if (hunks.length === 0 && header.oldMode !== header.newMode) return 'mode';
  return 'modified';
}

interface Paths {
  readonly rawOld: string | undefined;
  readonly rawNew: string | undefined;
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly disagree?: readonly [said: string, before: string];
}

function namePaths(header: Header): Paths | undefined {
  const { names, fileLines, from, to } = header;
  const real = (name: string | undefined): string | undefined =>
    name === undefined || isNowhere(name) ? undefined : name;
  const rawOld = fileLines ? real(fileLines.old.name) : names?.old;
  const rawNew = fileLines ? real(fileLines.new.name) : names?.new;
  if (rawOld === undefined && rawNew === undefined) {
    return from !== undefined && to !== undefined ? { rawOld: from, rawNew: to, old: from, new: to } : undefined;
  }
  if (from !== undefined && to !== undefined) return { rawOld, rawNew, old: from, new: to };
  if (!header.git) return traditionalPaths(rawOld, rawNew);
  if (names) {
    if (rawOld !== undefined && rawOld !== names.old)
      return { rawOld, rawNew, ...both(names), disagree: [rawOld, names.old] };
    if (rawNew !== undefined && rawNew !== names.new)
      return { rawOld, rawNew, ...both(names), disagree: [rawNew, names.new] };
    const pair = both(names);
    return {
      rawOld,
      rawNew,
      old: rawOld === undefined ? undefined : pair.old,
      new: rawNew === undefined ? undefined : pair.new,
    };
  }
  const pair = stripPair(rawOld, rawNew);
  return { rawOld, rawNew, old: pair.old, new: pair.new };
}

const both = (names: { old: string; new: string }) => stripPair(names.old, names.new);

/** diff -u knows no renames: where the names differ, one is a copy that someone kept, or each lies in a directory of its own. */
function traditionalPaths(rawOld: string | undefined, rawNew: string | undefined): Paths {
  const kept = rawOld !== undefined && rawNew !== undefined ? withoutBackup(rawOld, rawNew) : undefined;
  if (kept !== undefined) return { rawOld: kept, rawNew: kept, old: kept, new: kept };
  const pair = stripPair(rawOld, rawNew);
  if (pair.old === undefined || pair.new === undefined || pair.old === pair.new) return { rawOld, rawNew, ...pair };
  const one = withoutBackup(pair.old, pair.new) ?? pair.new;
  return { rawOld: rawNew, rawNew, old: one, new: one };
}
