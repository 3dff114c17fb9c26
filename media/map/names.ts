import { t } from '../../src/map/language.ts';
import { addressText, sizeText } from '../../src/map/numbers.ts';
import type { PackedReport } from '../../src/map/pack.ts';
import type { Region } from '../../src/map/regions.ts';
import type { FindingClass, World } from '../../src/review/report.ts';

export const keyOf = (scenario: { readonly name: string; readonly machine: string }): string =>
  `${scenario.name} on ${scenario.machine}`;
/** Tells a region from others, also after a reload. */
export const identity = (r: Region): string => `${r.world} ${r.depth} ${r.start} ${r.end} ${r.name}`;

/** For the ear. */
export function describe(region: Region): string {
  const size = sizeText(region.end - region.start + 1n);
  const range = t('{0} to {1}', addressText(region.start), addressText(region.end));
  const change = region.change === 'same' ? [] : [changeName(region.change)];
  return [nameOf(region), ...change, worldName(region.world), range, size].join(', ');
}

export const nameOf = (region: Region): string => region.name || t('(no name)');

export const worldName = (world: World): string => (world === 'before' ? t('before') : t('after'));

export const changeName = (change: Exclude<Region['change'], 'same'>): string =>
  ({ added: t('added'), removed: t('removed'), moved: t('moved'), altered: t('other flags or parent') })[change];

export const className = (one: FindingClass): string =>
  ({ introduced: t('introduced'), change: t('changed'), existing: t('already there'), fixed: t('fixed') })[one];

/** The shape of a pin (`paintPins`), as a letter. */
export const pinSigns = { introduced: '▲', change: '◆', existing: '■', fixed: '●' } as const;

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
