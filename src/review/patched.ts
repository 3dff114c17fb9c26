import type { AppliedFile } from '../patch/index.ts';
import type { PatchedFile } from './lines.ts';
import type { FileReport, World as WorldName } from './report.ts';

/** The review's view of a file that a patch was applied to. */
export function patchedFile(file: AppliedFile): PatchedFile {
  const path = file.afterPath ?? file.beforePath ?? '';
  const changed: Record<WorldName, { line: number; patchLine: number }[]> = { before: [], after: [] };
  for (const { hunk } of file.hunks) {
    for (const { kind, patchLine } of hunk.lines) {
      if (kind === ' ' || patchLine === undefined) continue;
      const { before, after } = file.sourceLines(patchLine);
      if (before !== undefined && after === undefined) changed.before.push({ line: before, patchLine });
      if (after !== undefined && before === undefined) changed.after.push({ line: after, patchLine });
    }
  }
  // Of an encoded part no line of the patch shows a line: what changed is read off the texts, under patch line 0.
  if (file.hunks.length > 0 && file.hunks.every(({ hunk }) => hunk.patchLine === undefined)) {
    changed.before.push(...unmatched(file.before, (line) => file.map.oldToNew(line)));
    changed.after.push(...unmatched(file.after, (line) => file.map.newToOld(line)));
  }
  return {
    path,
    oldPath: file.beforePath ?? path,
    before: file.before,
    after: file.after,
    counterpart: (world, line) => (world === 'before' ? file.map.oldToNew(line) : file.map.newToOld(line)),
    patchLine: (world, line) => file.patchLineOf(world, line),
    changed,
  };
}

/** Lines that the other text has not. */
function unmatched(
  text: string | undefined,
  other: (line: number) => number | undefined,
): readonly { readonly line: number; readonly patchLine: number }[] {
  if (text === undefined) return [];
  const count = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return Array.from({ length: count }, (_, i) => i + 1).flatMap((line) =>
    other(line) === undefined ? [{ line, patchLine: 0 }] : [],
  );
}

/** The part of the report that needs no execution; verdicts of hunks come later. */
export function fileReport(file: AppliedFile, verdict: (from: number, to: number) => string): FileReport {
  const path = file.afterPath ?? file.beforePath ?? '';
  return {
    path,
    ...(file.beforePath !== undefined && file.beforePath !== path ? { oldPath: file.beforePath } : {}),
    status: file.patch.status,
    hunks: file.hunks.map(({ hunk, offset, fuzz }) => {
      const patchLine = hunk.patchLine ?? 0;
      const patchEndLine = hunk.patchEndLine ?? patchLine;
      const { oldStart, oldLines, newStart, newLines } = hunk;
      return {
        patchLine,
        patchEndLine,
        oldStart,
        oldLines,
        newStart,
        newLines,
        offset,
        fuzz,
        verdict: verdict(patchLine, patchEndLine),
      };
    }),
  };
}
