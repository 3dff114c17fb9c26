/** Diffs as text. */
import { structuredPatch } from 'diff';
import type { FilePatch, Hunk } from './types.ts';

/** Edits after which the exact search for a shortest difference is given up. */
const MOST_EDITS = 2_000;
const CONTEXT = 3;

export interface DiffOptions {
  /** Lines of context; 3 unless told. */
  readonly context?: number;
  readonly oldPath?: string;
}

/** What `git diff` would print for one file; undefined stands for a file that is not there. Empty where nothing differs. */
export function unifiedDiff(
  before: string | undefined,
  after: string | undefined,
  path: string,
  options: DiffOptions = {},
): string {
  if (before === after) return '';
  const context = options.context ?? CONTEXT;
  const oldPath = options.oldPath ?? path;
  const found = structuredPatch(oldPath, path, before ?? '', after ?? '', undefined, undefined, {
    context,
    maxEditLength: MOST_EDITS,
  });
  const out = [`diff --git ${quote(`a/${oldPath}`)} ${quote(`b/${path}`)}\n`];
  if (before === undefined) out.push('new file mode 100644\n');
  if (after === undefined) out.push('deleted file mode 100644\n');
  if (oldPath !== path) out.push(`rename from ${quote(oldPath)}\nrename to ${quote(path)}\n`);
  const hunks = found?.hunks.map(named) ?? [wholeFile(before ?? '', after ?? '')];
  if (hunks.length === 0) return out.join('');
  out.push(`--- ${before === undefined ? '/dev/null' : quote(`a/${oldPath}`)}\n`);
  out.push(`+++ ${after === undefined ? '/dev/null' : quote(`b/${path}`)}\n`);
  for (const hunk of hunks) {
    out.push(rangeLine(hunk), '\n', hunk.lines.join('\n'), '\n');
  }
  return out.join('');
}

interface Range {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

/** jsdiff starts an empty side at the line that follows; diffs name the line before. */
function named(hunk: Range & { lines: string[] }): Range & { lines: string[] } {
  const oldStart = hunk.oldLines === 0 ? hunk.oldStart - 1 : hunk.oldStart;
  const newStart = hunk.newLines === 0 ? hunk.newStart - 1 : hunk.newStart;
  return { ...hunk, oldStart, newStart };
}

function rangeLine(hunk: Range): string {
  const side = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);
  return `@@ -${side(hunk.oldStart, hunk.oldLines)} +${side(hunk.newStart, hunk.newLines)} @@`;
}

/** Texts with nothing in common: everything goes, everything comes. */
function wholeFile(before: string, after: string): Range & { lines: string[] } {
  const old = linesOf(before);
  const now = linesOf(after);
  const lines = [...mark(old, '-', before), ...mark(now, '+', after)];
  return {
    oldStart: old.length > 0 ? 1 : 0,
    oldLines: old.length,
    newStart: now.length > 0 ? 1 : 0,
    newLines: now.length,
    lines,
  };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function* mark(lines: readonly string[], sign: string, text: string): Generator<string> {
  for (const line of lines) yield sign + line;
  if (lines.length > 0 && !text.endsWith('\n')) yield '\\ No newline at end of file';
}

/** A patch as text again, e.g. one that was reversed. */
export function formatPatch(files: readonly FilePatch[]): string {
  return files.map(formatFile).join('');
}

function formatFile(file: FilePatch): string {
  const old = file.oldPath ?? file.newPath ?? '';
  const now = file.newPath ?? file.oldPath ?? '';
  const out = [`diff --git ${quote(`a/${old}`)} ${quote(`b/${now}`)}\n`];
  if (file.oldPath === undefined) out.push(`new file mode ${file.newMode ?? '100644'}\n`);
  else if (file.newPath === undefined) out.push(`deleted file mode ${file.oldMode ?? '100644'}\n`);
  else if (file.oldMode !== undefined && file.newMode !== undefined && file.oldMode !== file.newMode) {
    out.push(`old mode ${file.oldMode}\nnew mode ${file.newMode}\n`);
  }
  if (file.similarity !== undefined) out.push(`similarity index ${file.similarity}%\n`);
  if (file.status === 'renamed') out.push(`rename from ${quote(old)}\nrename to ${quote(now)}\n`);
  if (file.status === 'copied') out.push(`copy from ${quote(old)}\ncopy to ${quote(now)}\n`);
  if (file.hunks.length > 0) {
    out.push(`--- ${file.oldPath === undefined ? '/dev/null' : quote(`a/${old}`)}\n`);
    out.push(`+++ ${file.newPath === undefined ? '/dev/null' : quote(`b/${now}`)}\n`);
  }
  for (const hunk of file.hunks) out.push(formatHunk(hunk));
  return out.join('');
}

function formatHunk(hunk: Hunk): string {
  const out = [rangeLine(hunk), hunk.section === '' ? '' : ` ${hunk.section}`, '\n'];
  for (const line of hunk.lines) {
    out.push(line.kind, line.text, '\n');
    if (line.noNewline) out.push('\\ No newline at end of file\n');
  }
  return out.join('');
}

/** As git writes names: quoted where they hold quotes, backslashes or control characters. */
function quote(path: string): string {
  if (/^[^"\\\p{Cc}]*$/u.test(path)) return path;
  const escaped = path
    .replace(/["\\]/g, '\\$&')
    .replace(/\p{Cc}/gu, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}
