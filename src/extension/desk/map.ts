import { asciiOf } from '../../map/ascii.ts';
import { makeScene } from '../../map/scene.ts';
import type { Finding, PatchReport } from '../../review/report.ts';

/** Rules whose findings are about where something lies. */
const aboutPlaces: ReadonlySet<string> = new Set([
  'placement-change',
  'tree-change',
  'hotplug-range-taken',
  'unreachable-pfn',
  'misaligned-region',
]);
/** Lines of a drawing in a mail. */
const MOST = 40;

/** The map of a finding in characters, where a map helps to understand it. */
export function mapOf(report: PatchReport, finding: Finding): string | undefined {
  if (!aboutPlaces.has(finding.rule)) return undefined;
  const { scenario, machine } = finding.proof;
  const result = report.scenarios.find((one) => one.name === scenario && one.machine === machine);
  if (!result) return undefined;
  const lines = asciiOf(makeScene(report, result), { width: 68, mode: 'compressed', showing: 'both' }).split('\n');
  return lines.length > MOST ? [...lines.slice(0, MOST), '…'].join('\n') : lines.join('\n');
}
