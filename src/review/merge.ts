import { partsDoNotFit } from './errors.ts';
import type { PatchReport, Report } from './report.ts';
import { summaryOf } from './review.ts';
import { seriesReport } from './series.ts';

/** Whether a part of `of` takes the patch at an index: patches are dealt out in turn, as the long ones of a series stand together. */
export const inShard = (index: number, shard: { readonly index: number; readonly of: number }): boolean =>
  index % shard.of === shard.index - 1;

/** Reports of several inputs as one. */
export function joinReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first || reports.length === 1) return first!;
  const patches = reports.flatMap((report) => report.patches);
  const { series: _, ...rest } = first;
  return { ...rest, patches, summary: summaryOf(patches) };
}

/**
 * Joins the parts that `--shard` made into the report that the whole review would have been, byte for byte. Throws R040 where
 * a part is missing, is there twice, or belongs to another review.
 */
export function mergeShards(parts: readonly { readonly name: string; readonly report: Report }[]): Report {
  const first = parts[0];
  const shard = first?.report.shard;
  if (!first || !shard) throw partsDoNotFit(first?.name ?? '', 'it is no part: it was not made with --shard');
  const seen = new Map<number, string>();
  const patches = new Map<number, PatchReport>();
  for (const { name, report } of parts) {
    const own = report.shard;
    if (!own) throw partsDoNotFit(name, 'it is no part: it was not made with --shard');
    const fits =
      own.of === shard.of &&
      own.total === shard.total &&
      report.tool.version === first.report.tool.version &&
      report.tree.kernel === first.report.tree.kernel &&
      (report.tree.defines ?? []).join('\n') === (first.report.tree.defines ?? []).join('\n');
    if (!fits) throw partsDoNotFit(name, `it belongs to another review than ${first.name}`);
    const twin = seen.get(own.index);
    if (twin !== undefined) throw partsDoNotFit(name, `${twin} is part ${own.index} of ${own.of}, too`);
    seen.set(own.index, name);
    for (const [k, index] of own.holds.entries()) {
      const patch = report.patches[k];
      if (patch) patches.set(index, patch);
    }
  }
  for (let index = 1; index <= shard.of; index++)
    if (!seen.has(index)) throw partsDoNotFit(first.name, `part ${index} of ${shard.of} is missing`);
  const ordered = [...patches].sort(([a], [b]) => a - b).map(([, patch]) => patch);
  const { shard: _, ...rest } = first.report;
  const series = seriesReport(ordered);
  return { ...rest, patches: ordered, summary: summaryOf(ordered), ...(series ? { series } : {}) };
}
