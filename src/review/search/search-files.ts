import type { Report } from '../report.ts';
import { costSvg } from './cost-svg.ts';

/**
 * What searches found as files: each difference as a scenario, where it can be as a KUnit case and as a C11 program, and each
 * cost as a picture. Names hold nothing of a patch but names of C functions.
 */
export function searchFiles(report: Report): readonly { readonly name: string; readonly text: string }[] {
  const files: { name: string; text: string }[] = [];
  for (const [index, patch] of report.patches.entries()) {
    const { search } = patch;
    if (!search) continue;
    const prefix = report.patches.length > 1 ? `patch-${index + 1}-` : '';
    for (const difference of search.differences) {
      const source = patch.scenarios.find((s) => s.name === difference.scenario)?.source;
      const name = prefix + difference.scenario.replace(/[^\w-]/g, '_');
      const shown = patch.findings.find(
        ({ rule, class: cls, proof }) =>
          proof.scenario === difference.scenario && rule === difference.rule && cls === difference.class,
      );
      const schedule = shown?.proof.schedule === undefined ? '' : `// schedule: ${shown.proof.schedule}\n`;
      if (source !== undefined) files.push({ name: `${name}.c`, text: `${schedule}${source}` });
      if (difference.kunit !== undefined) files.push({ name: `${name}_kunit.c`, text: difference.kunit });
      if (difference.litmus !== undefined) files.push({ name: `${name}_litmus.c`, text: difference.litmus });
    }
    for (const cost of search.costs) {
      const name = [cost.operation, cost.measure, cost.shape].join('-').replace(/[^\w-]/g, '_');
      files.push({ name: `${prefix}cost-${name}.svg`, text: costSvg(cost) });
    }
  }
  return files;
}
