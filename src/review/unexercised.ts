import type { FunctionChange } from './changes.ts';
import type { LineCoverage } from './coverage.ts';
import { plural } from './format.ts';
import { shownAt } from './lines.ts';
import type { Finding, SourcePlace } from './report.ts';

/** Changed lines that hold code and that no scenario executed, a finding for each run of neighbours: not fine, unknown. */
export function unexercised(
  coverage: LineCoverage,
  changes: readonly FunctionChange[],
  hunks: readonly { readonly patchLine: number; readonly patchEndLine: number }[],
): readonly Finding[] {
  const findings: Finding[] = [];
  // Lines that a hunk removes count only where it puts no code in their place: what stands there now is what matters.
  const hunkOf = (line: number): number => hunks.findIndex((h) => h.patchLine <= line && line <= h.patchEndLine);
  const adding = new Set(coverage.lines.filter((l) => l.world === 'after').map((l) => hunkOf(l.patchLine)));
  const missed = coverage.lines.filter(
    (l) => l.executed === 0 && (l.world === 'after' || !adding.has(hunkOf(l.patchLine))),
  );
  let group: typeof missed = [];
  const flush = (): void => {
    const first = group[0];
    if (!first) return;
    const at: SourcePlace = { file: first.file, line: first.line, world: first.world, ...shownAt(first.patchLine) };
    const fn = changes.filter((c) => c.file === first.file && first.world === 'after' && c.line <= first.line).at(-1);
    findings.push({
      id: `unexercised-change:${first.file}:${first.world}:${first.line}`,
      class: 'change',
      severity: 'info',
      rule: 'unexercised-change',
      message: `no scenario executed ${plural(group.length, 'changed line')}${fn ? ` of ${fn.name}()` : ''}${first.world === 'before' ? ' (removed by the patch)' : ''}`,
      at,
      ...shownAt(first.patchLine),
      related: [],
      proof: { scenario: '', machine: '', world: first.world, steps: [], skipped: 0 },
      dependsOn: [],
      cases: [],
    });
    group = [];
  };
  for (const line of missed) {
    const last = group.at(-1);
    if (last && (last.file !== line.file || last.world !== line.world || line.patchLine > last.patchLine + 3)) flush();
    group.push(line);
  }
  flush();
  return findings;
}
