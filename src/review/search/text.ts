import type { PatchReport, SearchCost } from '../report.ts';

const MOST_COSTS = 6;

/** The search of a patch for people: what it found, each with what shows it, or how far it looked. */
export function searchLines(patch: PatchReport, verbose: boolean): readonly string[] {
  const { search } = patch;
  if (!search) return [];
  const out = [`search: ${search.verdict} (seed ${search.seed})`];
  for (const d of search.differences) {
    out.push(`difference ${d.class} ${d.rule} ${d.sentence}`);
    const line = d.at.patchLine === undefined ? '' : ` (patch line ${d.at.patchLine})`;
    out.push(`    they part at ${d.at.file}:${d.at.line}${line}`);
    const found = d.sequence === undefined ? '' : `, found with sequence ${d.sequence}`;
    out.push(
      `    in ${d.scenario}${found}${d.kunit ? '; also as a KUnit case' : ''}${d.litmus ? '; also as a C11 litmus program' : ''}`,
    );
    if (!verbose) continue;
    const source = patch.scenarios.find((s) => s.name === d.scenario)?.source;
    for (const text of [source, d.kunit, d.litmus])
      if (text)
        out.push(
          ...text
            .trimEnd()
            .split('\n')
            .map((l) => `      ${l}`),
        );
  }
  // Where another class of growth came about stands first.
  const costs = [...search.costs].sort(
    (a, b) => Number(a.growth.before === a.growth.after) - Number(b.growth.before === b.growth.after),
  );
  for (const cost of verbose ? costs : costs.slice(0, MOST_COSTS))
    out.push(
      ...(verbose ? cost.plot : cost.plot.slice(0, 1)).map((l, i) =>
        i === 0 ? `cost: ${l}${lastCosts(cost)}` : `    ${l}`,
      ),
    );
  if (!verbose && costs.length > MOST_COSTS)
    out.push(`    and ${costs.length - MOST_COSTS} more costs (all of them with --verbose)`);
  for (const { at, why } of verbose ? search.unreached : search.unreached.slice(0, 6))
    out.push(`    not reached: ${at.file}:${at.line}: ${why}`);
  if (!verbose && search.unreached.length > 6)
    out.push(`    and ${search.unreached.length - 6} more lines (all of them with --verbose)`);
  return out;
}

function lastCosts({ before, after }: SearchCost): string {
  const last = before.findLast((p) => after.some((q) => q.size === p.size));
  const other = after.find((q) => q.size === last?.size);
  return last && other ? `: ${last.cost} and ${other.cost} with ${last.size} regions` : '';
}
