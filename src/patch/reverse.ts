import type { FilePatch, FileStatus, Hunk, HunkLine } from './types.ts';

/** The patch that takes the given one back. Lines keep the places where they stand in the input. */
export function reversePatch(files: readonly FilePatch[]): FilePatch[] {
  return files.toReversed().map(reverseFile);
}

const OPPOSITE: ReadonlyMap<FileStatus, FileStatus> = new Map([
  ['added', 'deleted'],
  ['deleted', 'added'],
  ['copied', 'deleted'],
]);

function reverseFile(file: FilePatch): FilePatch {
  // Taking back a copy that was changed means deleting it; its hunks tell only what differs from its origin.
  const copied = file.status === 'copied';
  return {
    ...file,
    oldPath: file.newPath,
    newPath: copied ? undefined : file.oldPath,
    rawOldPath: file.rawNewPath,
    rawNewPath: file.rawOldPath,
    status: OPPOSITE.get(file.status) ?? file.status,
    oldBlob: file.newBlob,
    newBlob: file.oldBlob,
    oldMode: file.newMode,
    newMode: file.oldMode,
    hunks: file.hunks.map(reverseHunk),
  };
}

function reverseHunk(hunk: Hunk): Hunk {
  const lines: HunkLine[] = [];
  let added: HunkLine[] = [];
  for (const line of hunk.lines) {
    if (line.kind === '+') lines.push({ ...line, kind: '-' });
    else if (line.kind === '-') added.push({ ...line, kind: '+' });
    else {
      for (const one of added) lines.push(one);
      lines.push(line);
      added = [];
    }
  }
  for (const one of added) lines.push(one);
  return {
    ...hunk,
    oldStart: hunk.newStart,
    oldLines: hunk.newLines,
    newStart: hunk.oldStart,
    newLines: hunk.oldLines,
    lines,
  };
}
