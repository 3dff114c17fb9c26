import { addressText, sizeText } from '../../src/map/numbers.ts';
import type { PackedReport } from '../../src/map/pack.ts';
import type { Region } from '../../src/map/regions.ts';

export const keyOf = (scenario: { readonly name: string; readonly machine: string }): string =>
  `${scenario.name} on ${scenario.machine}`;
/** Tells a region from others, also after a reload. */
export const identity = (r: Region): string => `${r.world} ${r.depth} ${r.start} ${r.end} ${r.name}`;

/** For the ear. */
export function describe(region: Region): string {
  const change = region.change === 'same' ? '' : `, ${region.change}`;
  const range = `${addressText(region.start)} to ${addressText(region.end)}`;
  return `${region.name || 'no name'}${change}, ${region.world}, ${range}, ${sizeText(region.end - region.start + 1n)}`;
}

/** Where a finding is shown. */
export function locate(report: PackedReport, id: string): { patch: number; scenario: number } | undefined {
  for (const [patch, { findings, scenarios }] of report.patches.entries()) {
    const found = findings.find((f) => f.id === id);
    if (!found) continue;
    const scenario = scenarios.findIndex((s) => s.name === found.proof.scenario && s.machine === found.proof.machine);
    if (scenario >= 0) return { patch, scenario };
  }
  return undefined;
}
