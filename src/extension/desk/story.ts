import { l10n } from 'vscode';
import { printable } from '../../review/printable.ts';
import type { Finding, PatchReport, Report, SeriesLife } from '../../review/report.ts';
import { patchName } from '../../review/series.ts';

/** Lives of a series by the findings at their two ends. */
interface Ends {
  readonly from: ReadonlyMap<string, SeriesLife>;
  readonly to: ReadonlyMap<string, SeriesLife>;
}
const known = new WeakMap<Report, Ends>();

const keyOf = (patch: number, finding: string): string => `${patch} ${finding}`;

function endsOf(report: Report): Ends {
  let ends = known.get(report);
  if (!ends) {
    const lives = report.series?.lives ?? [];
    ends = {
      from: new Map(lives.map((life) => [keyOf(life.from.patch, life.from.finding), life])),
      to: new Map(lives.flatMap((life) => (life.to ? [[keyOf(life.to.patch, life.to.finding), life] as const] : []))),
    };
    known.set(report, ends);
  }
  return ends;
}

/** Of a series: which later patch mends what a finding tells, or which earlier one brought it. */
export function storyOf(report: Report | undefined, patch: PatchReport, finding: Finding): string | undefined {
  if (!report?.series) return undefined;
  const key = keyOf(report.patches.indexOf(patch), finding.id);
  const ends = endsOf(report);
  const begins = ends.from.get(key);
  const named = (index: number) => printable(patchName(report.patches, index));
  if (begins?.to) {
    const later = named(begins.to.patch);
    return begins.kind === 'change'
      ? l10n.t('changed back by {0}', later)
      : l10n.t('fixed by {0}: bisecting stops between them', later);
  }
  if (begins?.kind === 'defect') return l10n.t('still there after the last patch');
  const ended = ends.to.get(key);
  if (!ended) return undefined;
  const earlier = named(ended.from.patch);
  return ended.kind === 'change'
    ? l10n.t('takes back what {0} changed', earlier)
    : l10n.t('introduced by {0}', earlier);
}

/** Of a series: how many of the defects that its patches introduce a later one fixes. */
export const fixedLater = (report: Report): number =>
  (report.series?.lives ?? []).filter(({ kind, to }) => kind === 'defect' && to !== undefined).length;
