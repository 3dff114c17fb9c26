import type { FunctionChange } from './changes.ts';
import type { LineCoverage } from './coverage.ts';
import { plural } from './format.ts';
import type { Finding, Report } from './report.ts';

/** How many findings of each class tell of behaviour: lines that nothing executed tell of none. */
export function countsOf(patches: readonly { readonly findings: readonly Finding[] }[]): Report['summary'] {
  const counts = { introduced: 0, fixed: 0, existing: 0, change: 0 };
  for (const { findings } of patches)
    for (const { class: name, rule } of findings) if (rule !== 'unexercised-change') counts[name]++;
  return counts;
}

function counts(findings: readonly Finding[]): string[] {
  const parts: string[] = [];
  const found = countsOf([{ findings }]);
  for (const [cls, word] of [
    ['introduced', 'introduced'],
    ['fixed', 'fixed'],
    ['change', 'changed'],
  ] as const) {
    if (found[cls] > 0) parts.push(`${found[cls]} ${word}`);
  }
  return parts;
}

/** What is known of one hunk: in a few words, for the lens above it. `from` and `to` are lines of the patch's text. */
export function hunkVerdict(findings: readonly Finding[], coverage: LineCoverage, from: number, to: number): string {
  const inside = (line: number | undefined): boolean => line !== undefined && from <= line && line <= to;
  const here = findings.filter((f) => inside(f.patchLine) || f.related.some((r) => inside(r.at.patchLine)));
  const parts = counts(here);
  const code = coverage.lines.filter((l) => inside(l.patchLine));
  if (parts.length === 0) parts.push('no difference observed');
  if (code.length > 0)
    parts.push(`${code.filter((l) => l.executed > 0).length} of ${plural(code.length, 'changed line')} executed`);
  else parts.push('no executable line changed');
  return parts.join(' · ');
}

/** What is known of a patch, in one line. */
export function patchVerdict(
  findings: readonly Finding[],
  changes: readonly FunctionChange[],
  executions: number,
  coverage: LineCoverage,
): string {
  const parts = counts(findings);
  const reached = coverage.lines.filter((l) => l.executed > 0).length;
  const covered = `${reached} of ${plural(coverage.lines.length, 'changed line')} with code executed`;
  if (parts.length > 0)
    return `${parts.join(', ')}; ${plural(executions, 'scenario run')} before and after, ${covered}`;
  if (changes.length === 0 && coverage.lines.length > 0)
    return 'no difference observed: nothing that the patch changes was executed';
  if (changes.every((c) => c.equivalent) && coverage.refused.length === 0) {
    const why =
      changes.length === 0 ? 'no function that is executed changed' : 'the changed functions compile to the same code';
    return `no difference: ${why}`;
  }
  return `no difference observed in ${plural(executions, 'scenario run')}; ${covered}`;
}
