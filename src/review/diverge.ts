import type { TraceStep } from '../machine/api.ts';
import { type LineBook, shownAt } from './lines.ts';
import type { SourcePlace } from './report.ts';
import type { World } from './world.ts';

/** Where two executions of one scenario part, and the changed line that made them. */
export interface Divergence {
  /** Index of the first differing statement among each trace's statements. */
  readonly index: number;
  /** The changed line that explains it: executed at the parting, or the last one executed before. */
  readonly cause?: SourcePlace;
}

/**
 * Compares the two traces statement by statement; a statement is known by its line, mapped through the patch. The first
 * pair that differs is the parting. Its cause is the changed line standing there, else the last changed line that either
 * world executed before, else the first one after, else one that a statement before goes on to. undefined where the traces are the same.
 */
export function findDivergence(
  lines: LineBook,
  before: { readonly world: World; readonly steps: readonly TraceStep[] },
  after: { readonly world: World; readonly steps: readonly TraceStep[] },
): Divergence | undefined {
  const old = before.steps.filter((s) => s.kind === 'stmt');
  const now = after.steps.filter((s) => s.kind === 'stmt');
  const length = Math.min(old.length, now.length);
  let index = 0;
  while (index < length && lines.key(before.world, old[index]!.loc) === lines.key(after.world, now[index]!.loc))
    index++;
  if (index === old.length && index === now.length) return undefined;
  const changedAt = (world: World, steps: readonly TraceStep[], at: number): SourcePlace | undefined => {
    const step = steps[at];
    if (!step) return undefined;
    const place = lines.place(world, step.loc);
    return lines.isChanged(place) ? place : undefined;
  };
  const at = (i: number): SourcePlace | undefined => changedAt(after.world, now, i) ?? changedAt(before.world, old, i);
  const here = at(index);
  if (here) return { index, cause: here };
  for (let i = index - 1; i >= 0; i--) {
    const place = at(i);
    if (place) return { index, cause: place };
  }
  for (let i = index + 1; i < Math.max(old.length, now.length); i++) {
    const place = at(i);
    if (place) return { index, cause: place };
  }
  const within = inStatement(lines, after.world, now, index) ?? inStatement(lines, before.world, old, index);
  return within ? { index, cause: within } : { index };
}

/** Lines of one statement, at most. */
const LONGEST = 10;

/** The changed line that a statement executed up to `index` goes on to: of a statement only the first line stands in the trace. */
function inStatement(
  lines: LineBook,
  world: World,
  steps: readonly TraceStep[],
  index: number,
): SourcePlace | undefined {
  const places = new Map<string, Set<number>>();
  for (const step of steps) {
    const { file, line } = world.place(step.loc);
    const known = places.get(file);
    if (known) known.add(line);
    else places.set(file, new Set([line]));
  }
  const seen = new Set<number>();
  for (let i = Math.min(index, steps.length - 1); i >= 0; i--) {
    if (seen.has(steps[i]!.loc)) continue;
    seen.add(steps[i]!.loc);
    const { file, line } = world.place(steps[i]!.loc);
    const changed = lines.file(file)?.changed[world.which].find((c) => c.line > line);
    if (!changed || changed.line - line > LONGEST) continue;
    let begun = false;
    for (let other = line + 1; other <= changed.line; other++) begun ||= places.get(file)!.has(other);
    if (!begun) return { file, world: world.which, line: changed.line, ...shownAt(changed.patchLine) };
  }
  return undefined;
}
