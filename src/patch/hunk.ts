/** Reads one hunk of a unified diff. The counts of its header rule; lines that contradict them are errors. */
import type { CodedError } from '../base/errors.ts';
import * as errors from './errors.ts';
import type { LineCursor } from './lines.ts';
import type { Problems } from './problems.ts';
import type { Hunk, HunkLine } from './types.ts';

const HEADER = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const MINUS = 45;
const PLUS = 43;
const BLANK = 32;
const BACKSLASH = 92;

interface Range {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly section: string;
}

export function hunkHeader(line: string): Range | undefined {
  const m = HEADER.exec(line);
  if (!m) return undefined;
  const count = (text: string | undefined) => (text === undefined ? 1 : Number(text));
  return {
    oldStart: Number(m[1]),
    oldLines: count(m[2]),
    newStart: Number(m[3]),
    newLines: count(m[4]),
    section: line.slice(m[0].length).trim(),
  };
}

/** Reads the hunk at the cursor, which stands on a line that starts with `@@ -`. With an error the hunk is missing. */
export function readHunk(cursor: LineCursor, problems: Problems): { hunk?: Hunk; error?: CodedError } {
  const patchLine = cursor.line;
  const near = cursor.nearLine;
  const first = cursor.peek() ?? '';
  const range = hunkHeader(first);
  if (!range) {
    const error = problems.add(errors.badHunkHeader(problems.at(cursor)));
    cursor.skip();
    return { error };
  }
  cursor.skip();
  const lines: HunkLine[] = [];
  let oldLeft = range.oldLines;
  let newLeft = range.newLines;
  let changes = 0;
  let error: CodedError | undefined;
  let last = near;
  while (oldLeft > 0 || newLeft > 0) {
    const at = cursor.line;
    const line = cursor.peek();
    // A mailer may have taken the blank from an empty context line.
    const mark = line === '' ? BLANK : line === undefined ? 0 : line.charCodeAt(0);
    if (line === undefined) {
      error = errors.truncatedHunk(problems.place(last), oldLeft, newLeft, patchLine, true);
      break;
    }
    if (mark === BACKSLASH && line.startsWith('\\ ') && markNoNewline(lines)) {
      cursor.skip();
      continue;
    }
    const old = mark !== PLUS;
    const now = mark !== MINUS;
    if (mark !== BLANK && mark !== MINUS && mark !== PLUS) {
      error = brokenOff(cursor, problems, lines, oldLeft, newLeft, patchLine);
      break;
    }
    if ((old && oldLeft === 0) || (now && newLeft === 0)) {
      error = errors.truncatedHunk(problems.at(cursor), oldLeft, newLeft, patchLine, false);
      break;
    }
    if (line.includes('\0')) {
      error = errors.nulByte(problems.at(cursor));
      break;
    }
    if (old) oldLeft--;
    if (now) newLeft--;
    if (mark !== BLANK) changes++;
    lines.push({
      kind: mark === BLANK ? ' ' : mark === PLUS ? '+' : '-',
      text: line.slice(1),
      patchLine: at,
      noNewline: false,
    });
    last = cursor.nearLine;
    cursor.skip();
  }
  let patchEndLine = lines.at(-1)?.patchLine ?? patchLine;
  if (!error && cursor.at('\\ ') && markNoNewline(lines)) {
    patchEndLine = cursor.line;
    cursor.skip();
  }
  error ??= afterHunk(cursor, problems, lines, patchLine);
  if (!error && changes === 0) error = errors.emptyHunk(problems.place(near, first));
  if (error) return { error: problems.add(error) };
  return { hunk: { ...range, patchLine, patchEndLine, lines } };
}

function markNoNewline(lines: HunkLine[]): boolean {
  const last = lines.pop();
  if (!last) return false;
  lines.push({ ...last, noNewline: true });
  return true;
}

/** A line in the hunk that is no line of a diff: another file, or damage. */
function brokenOff(
  cursor: LineCursor,
  problems: Problems,
  lines: readonly HunkLine[],
  oldLeft: number,
  newLeft: number,
  header: number | undefined,
): CodedError {
  if (cursor.at('diff --git ')) return errors.secondFileInHunk(problems.at(cursor), header);
  if (cursor.at('@@ -')) {
    const swallowed = swallowedFile(lines);
    if (swallowed) return errors.secondFileInHunk(placeOf(swallowed, problems, cursor), header);
  }
  const last = lines.at(-1);
  // The signature of a mail reads like a removed line `- `.
  if (last?.kind === '-' && last.text === '- ') {
    return errors.truncatedHunk(placeOf(last, problems, cursor), oldLeft + 1, newLeft, header, true);
  }
  return errors.truncatedHunk(problems.at(cursor), oldLeft, newLeft, header, false);
}

/** `--- a/file` and `+++ b/file` were counted as a removed and an added line. */
function swallowedFile(lines: readonly HunkLine[]): HunkLine | undefined {
  const minus = lines.at(-2);
  const plus = lines.at(-1);
  const is = minus?.kind === '-' && minus.text.startsWith('-- ') && plus?.kind === '+' && plus.text.startsWith('++ ');
  return is ? minus : undefined;
}

const placeOf = (line: HunkLine, problems: Problems, cursor: LineCursor) =>
  problems.place(line.patchLine ?? cursor.nearLine, line.kind + line.text);

/** What may not follow a hunk whose counts are all used up. */
function afterHunk(
  cursor: LineCursor,
  problems: Problems,
  lines: readonly HunkLine[],
  header: number | undefined,
): CodedError | undefined {
  const line = cursor.peek();
  if (line === undefined || line === '') return undefined;
  if (line.startsWith('@@ -')) {
    // With context in the hunk, changes at its end mean the end of the file: no hunk can follow.
    const swallowed = lines.some((l) => l.kind === ' ') ? swallowedFile(lines) : undefined;
    return swallowed ? errors.secondFileInHunk(placeOf(swallowed, problems, cursor), header) : undefined;
  }
  const mark = line.charCodeAt(0);
  const prose = mark === MINUS ? line.startsWith('--') : line.trim() === '';
  if ((mark === MINUS || mark === PLUS || mark === BLANK) && !prose) {
    return errors.linesAfterHunk(problems.at(cursor), header);
  }
  return undefined;
}
