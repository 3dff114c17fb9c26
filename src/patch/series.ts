/** Orders what was read into series. */
import * as errors from './errors.ts';
import type { Found } from './mail.ts';
import type { Problems } from './problems.ts';
import type { Cover, PatchMail, PatchSet, SeriesInfo } from './types.ts';

/** Numbers that a series may lack before they are listed one by one no more; bounds what `[PATCH 1/99999]` can ask for. */
const MOST = 1000;

export function arrange(found: Found, problems: Problems): PatchSet {
  const sent = found.patches.filter((patch) => !patch.isReply);
  const alternatives = sent.length > 0 ? found.patches.filter((patch) => patch.isReply) : [];
  const patches = withFirstVersions(sent.length > 0 ? sent : found.patches);
  const versions = new Map<number, PatchMail[]>();
  for (const patch of patches) {
    if (!patch.series) continue;
    const list = versions.get(patch.series.version);
    if (list) list.push(patch);
    else versions.set(patch.series.version, [patch]);
  }
  const covers = new Map<number, Cover>();
  for (const cover of found.covers) {
    const version = cover.series?.version ?? 1;
    if (!covers.has(version)) covers.set(version, cover);
    if (!versions.has(version)) versions.set(version, []);
  }
  const series: SeriesInfo[] = [];
  for (const version of [...versions.keys()].sort((a, b) => a - b)) {
    series.push(seriesOf(version, versions.get(version) ?? [], covers.get(version), problems));
  }
  const numbered = series.flatMap((one) => one.patches);
  // Mails without a number keep their place in the input; they do not belong between the numbered ones.
  const others = patches.filter((patch) => !patch.series);
  return {
    name: problems.name,
    patches: [...numbered, ...others],
    cover: series.findLast((one) => one.cover)?.cover,
    replies: found.replies,
    alternatives,
    series,
    problems: problems.list(),
  };
}

/** `[PATCH] x` beside `[PATCH v2] x` is its first version, though it does not say so. */
function withFirstVersions(patches: readonly PatchMail[]): readonly PatchMail[] {
  const later = new Set(patches.filter((patch) => (patch.series?.version ?? 1) > 1).map((patch) => patch.subject));
  if (later.size === 0) return patches;
  const first = { version: 1, number: 1, of: 1 };
  return patches.map((patch) => (!patch.series && later.has(patch.subject) ? { ...patch, series: first } : patch));
}

function seriesOf(
  version: number,
  patches: readonly PatchMail[],
  cover: Cover | undefined,
  problems: Problems,
): SeriesInfo {
  const sorted = patches.toSorted((a, b) => (a.series?.number ?? 0) - (b.series?.number ?? 0));
  const of = Math.max(cover?.series?.of ?? 0, ...sorted.slice(0, MOST).map((patch) => patch.series?.of ?? 0));
  const have = new Map<number, PatchMail>();
  for (const patch of sorted) {
    const number = patch.series!.number;
    if (have.has(number))
      problems.add(errors.twiceInSeries(problems.place(patch.patchLine, patch.rawSubject), version, number, of));
    else have.set(number, patch);
  }
  const missing: number[] = [];
  for (let n = 1; n <= of && missing.length < MOST; n++) if (!have.has(n)) missing.push(n);
  const first = sorted[0] ?? cover;
  // One mail of a series, opened alone, is the common case and no mistake.
  if (missing.length > 0 && first && sorted.length > 1) {
    problems.add(errors.missingInSeries(problems.place(first.patchLine, first.rawSubject), version, missing, of));
  }
  return { version, of, missing, patches: sorted, cover };
}
