import { diffArrays } from 'diff';

const MOST = 256;
/** Line maps are asked for once for each finding; the texts stay the same objects between the questions. */
const maps = new Map<string, { readonly to: string; readonly lines: readonly number[] }>();

/** 0-based line of `to` that corresponds to a 0-based line of `from`. */
export function correspondingLine(from: string, to: string, line: number): number {
  let known = maps.get(from);
  if (known?.to !== to) {
    known = { to, lines: lineMap(from, to) };
    // The files of the patches on the screen: a long series gives the same file many texts.
    if (maps.size >= MOST) maps.clear();
    maps.set(from, known);
  }
  return known.lines[line] ?? known.lines.at(-1) ?? 0;
}

function lineMap(from: string, to: string): readonly number[] {
  const lines: number[] = [];
  let at = 0;
  for (const part of diffArrays(from.split('\n'), to.split('\n'))) {
    if (part.added) at += part.count;
    else for (let i = 0; i < part.count; i++) lines.push(part.removed ? Math.max(0, at - 1) : at++);
  }
  return lines;
}
