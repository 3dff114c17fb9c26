/** The text of a mail around its diff: in-body header, commit message, trailers, notes, quotes. */
import { decodeField, parsePerson } from './header.ts';
import { hunkHeader } from './hunk.ts';
import type { LineCursor } from './lines.ts';
import type { Person, Trailer } from './types.ts';

export interface Message {
  /** `From:`, `Subject:` and `Date:` at the top of the body, where the author is not the sender. */
  readonly author: Person | undefined;
  readonly subject: string | undefined;
  readonly date: string | undefined;
  readonly body: string;
  readonly trailers: readonly Trailer[];
}

/** What is said outside the diffs, wherever it stands. */
export interface Remarks {
  baseCommit: string | undefined;
  readonly prerequisites: string[];
  readonly quotedPaths: Set<string>;
  quotesPatch: boolean;
  /** Line of a hunk header in the message, where no file goes before it. */
  hunkLine: number | undefined;
}

export const noRemarks = (): Remarks => ({
  baseCommit: undefined,
  prerequisites: [],
  quotedPaths: new Set(),
  quotesPatch: false,
  hunkLine: undefined,
});

/** Notes what a line outside the diffs says about the patch. */
export function remark(remarks: Remarks, line: string): void {
  const first = line.charCodeAt(0);
  if (first === 98 && line.startsWith('base-commit: ')) {
    remarks.baseCommit ??= /^[0-9a-f]{7,64}$/.exec(line.slice(13).trim())?.[0];
  } else if (first === 112 && line.startsWith('prerequisite-patch-id: ')) {
    const id = /^[0-9a-f]{7,64}$/.exec(line.slice(23).trim())?.[0];
    if (id) remarks.prerequisites.push(id);
  } else if (first === 62) quoteOf(remarks, line);
}

function quoteOf(remarks: Remarks, line: string): void {
  let i = 0;
  while (line.charAt(i) === '>' || (line.charAt(i) === ' ' && line.charAt(i + 1) === '>')) i++;
  if (line.charAt(i) === ' ') i++;
  if (line.startsWith('@@ -', i)) remarks.quotesPatch = true;
  else if (line.startsWith('diff --git ', i) || line.startsWith('+++ ', i)) {
    remarks.quotesPatch = true;
    const name = line
      .slice(i, i + 4096)
      .trim()
      .split(/\s+/)
      .at(line.startsWith('+++ ', i) ? 1 : -1);
    if (name !== undefined && name !== '/dev/null') remarks.quotedPaths.add(name.replace(/^[abciow]\//, ''));
  }
}

/** Whether the line ends the commit message, as `git mailinfo` decides it. */
export function endsMessage(line: string): boolean {
  if (line.startsWith('diff -') || line.startsWith('Index: ')) return true;
  if (line.startsWith('Binary files ') && line.trimEnd().endsWith(' differ')) return true;
  if (!line.startsWith('---')) return false;
  return /^---\s*$/.test(line.slice(0, 100)) || /^--- \S/.test(line.slice(0, 5));
}

const IN_BODY = /^(From|Subject|Date):\s/;
const SCISSORS = /^[-\s]*(?:8<|>8|%<|>%)[-\s]*$|^-{2,}\s?(?:8<|>8)\s?-{2,}.*$/;

/** Reads up to the line that ends the message, which is left. In an answer, scissors throw away what came before. */
export function readMessage(cursor: LineCursor, remarks: Remarks, isReply: boolean): Message {
  let fields = readInBody(cursor);
  let lines: string[] = [];
  let places: (number | undefined)[] = [];
  while (!cursor.done) {
    const line = cursor.peek()!;
    if (endsMessage(line)) break;
    const at = cursor.line;
    cursor.skip();
    remark(remarks, line);
    if (line.startsWith('@@ -') && hunkHeader(line)) remarks.hunkLine ??= at;
    if (isReply && line.length < 200 && SCISSORS.test(line)) {
      fields = readInBody(cursor);
      lines = [];
      places = [];
      continue;
    }
    lines.push(line.trimEnd());
    places.push(at);
  }
  const end = signatureAt(lines) ?? lines.length;
  return {
    ...fields,
    body: lines.slice(0, end).join('\n').trim(),
    trailers: findTrailers(lines, places, end),
  };
}

function readInBody(cursor: LineCursor): {
  author: Person | undefined;
  subject: string | undefined;
  date: string | undefined;
} {
  const found = new Map<string, string>();
  while (cursor.peek()?.trim() === '') cursor.skip();
  for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
    const m = IN_BODY.exec(line);
    if (!m) break;
    cursor.skip();
    let value = line.slice(m[0].length).trim();
    while (/^[ \t]+\S/.test(cursor.peek()?.slice(0, 200) ?? '')) value += ` ${cursor.next()!.trim()}`;
    found.set(m[1]!, value);
  }
  const subject = found.get('Subject');
  return {
    author: parsePerson(found.get('From'), false),
    subject: subject === undefined ? undefined : decodeField(subject, false),
    date: found.get('Date'),
  };
}

/** A mail without a diff may end with a signature or an archive's footer. */
function signatureAt(lines: readonly string[]): number | undefined {
  for (let i = lines.length - 1; i >= 0 && i > lines.length - 20; i--) {
    if (lines[i] === '--') return i;
  }
  return undefined;
}

const TRAILER = /^([A-Za-z][A-Za-z0-9-]{0,60}):\s+(\S[\s\S]*)$/;

/** The last paragraph, where it is made of `Key: value` lines (and notes in brackets, and folded lines). */
function findTrailers(lines: readonly string[], places: readonly (number | undefined)[], end: number): Trailer[] {
  let last = end - 1;
  while (last >= 0 && lines[last] === '') last--;
  let first = last;
  while (first > 0 && lines[first - 1] !== '') first--;
  const trailers: Trailer[] = [];
  for (let i = Math.max(first, 0); i <= last; i++) {
    const line = lines[i]!;
    const m = line.length < 2000 ? TRAILER.exec(line) : null;
    const previous = trailers.at(-1);
    if (m) trailers.push({ key: m[1]!, value: m[2]!.trim(), patchLine: places[i] });
    else if (previous && /^[ \t]/.test(line))
      trailers.splice(-1, 1, { ...previous, value: `${previous.value} ${line.trim()}` });
  }
  return trailers;
}
