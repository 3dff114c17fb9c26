/** Where in a file most of a hunk's lines stand: lines vote for the place that would put them right. */
import type { Budget, Image } from './image.ts';
import type { Sided } from './place.ts';
import type { Resemblance } from './types.ts';

/** Lines of a hunk that vote, and places of one line that count: blank lines and braces stand everywhere. */
const VOTERS = 200;
const COMMON = 50;

export function nearest(image: Image, sided: Sided, stated: number, budget: Budget): Resemblance | undefined {
  const votes = new Map<number, number>();
  const voters = Math.min(sided.pre.length, VOTERS);
  for (let i = 0; i < voters; i++) {
    const text = sided.preTexts[i]!;
    const places = image.places(text);
    // An empty line is no likeness by itself, but counts where others stand around it.
    if (places.length > COMMON || text.trim() === '' || !budget.spend(places.length)) continue;
    for (const place of places) votes.set(place - i, (votes.get(place - i) ?? 0) + 1);
  }
  let best: number | undefined;
  let most = 0;
  for (const [at, count] of votes) {
    const closer = best !== undefined && count === most && Math.abs(at - stated) < Math.abs(best - stated);
    if (count > most || closer) {
      best = at;
      most = count;
    }
  }
  if (best === undefined || !budget.spend(sided.pre.length)) return undefined;
  return compare(image, sided, best);
}

/** How the hunk's lines stand against the file at a place. */
function compare(image: Image, sided: Sided, at: number): Resemblance {
  let equal = 0;
  let first = -1;
  for (let i = 0; i < sided.pre.length; i++) {
    if (standsAt(image, sided, i, at)) equal++;
    else if (first < 0) first = i;
  }
  const i = Math.max(first, 0);
  return {
    line: at + 1,
    equal,
    of: sided.pre.length,
    sourceLine: at + i + 1,
    expected: sided.pre[i]?.text ?? '',
    found: lineAt(image, at + i),
    patchLine: sided.pre[i]?.patchLine,
  };
}

export const standsAt = (image: Image, sided: Sided, i: number, at: number): boolean =>
  at + i >= 0 && at + i < image.count && image.equals(at + i, sided.preTexts[i]!);

export const lineAt = (image: Image, i: number): string | undefined =>
  i >= 0 && i < image.count ? image.line(i) : undefined;
