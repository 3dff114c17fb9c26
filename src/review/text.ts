import { plural } from './format.ts';
import { modelLines, RESTS_ON_MODEL } from './no-tree/text.ts';
import type { Finding, Outcome, PatchReport, Report } from './report.ts';
import { revisionLines } from './revisions.ts';
import { searchLines } from './search/text.ts';
import { seriesLines } from './series.ts';
import { countsOf } from './verdict.ts';

/** `finding CLASS SEVERITY RULE FILE:LINE MESSAGE`, one line: stable enough to grep. */
export function findingLine(f: Pick<Finding, 'class' | 'severity' | 'rule' | 'message' | 'at'>): string {
  return `finding ${f.class} ${f.severity} ${f.rule} ${f.at.file}:${f.at.line} ${f.message.replace(/\s*\n\s*/g, ' / ')}`;
}

export function observeLines(outcome: Outcome): readonly string[] {
  return outcome.observations.map((o) => `observe ${o.expr} = ${o.value}`);
}

/** The report for people. Everything a finding rests on is in it: both values, the scenario, the machine, the last steps. */
export function reportText(report: Report, options: { readonly verbose?: boolean } = {}): string {
  const out: string[] = definedLines(report);
  for (const patch of report.patches) patchText(patch, out, options.verbose ?? false);
  if (report.series && report.series.lives.length > 0) out.push(...seriesLines(report.series, report.patches));
  if (report.since) out.push(...revisionLines(report.since));
  const { introduced, fixed, change, existing } = countsOf(report.patches);
  out.push(`summary: ${introduced} introduced, ${fixed} fixed, ${change} changed, ${existing} already there`);
  return `${out.join('\n')}\n`;
}

/** That the review is not of the tree as it is. */
const definedLines = ({ tree: { defines } }: Report): string[] =>
  defines ? [`defined: ${defines.join(', ')} (in both worlds; not the tree's own configuration)`] : [];

function patchText(patch: PatchReport, out: string[], verbose: boolean): void {
  const series =
    patch.series && patch.series.of > 1 ? ` (v${patch.series.version} ${patch.series.number}/${patch.series.of})` : '';
  out.push(`patch: ${patch.subject || patch.input}${series}`);
  if (patch.model) out.push(...modelLines(patch.model));
  else
    out.push(
      `direction: ${patch.direction}${patch.direction === 'reverse' ? ' (the tree already holds this patch)' : ''}`,
    );
  for (const note of patch.notes) out.push(`note: ${note.replace(/\s*\n\s*/g, ' / ')}`);
  for (const file of patch.files) {
    const shifted = file.hunks.filter((h) => h.offset !== 0 || h.fuzz !== 0);
    const how = shifted
      .map((h) => `line ${h.oldStart}: offset ${h.offset}${h.fuzz ? `, fuzz ${h.fuzz}` : ''}`)
      .join('; ');
    out.push(
      `file: ${file.path} (${file.status}, ${file.hunks.length} hunk${file.hunks.length === 1 ? '' : 's'}${how ? `; ${how}` : ''})`,
    );
  }
  for (const fn of patch.functions) {
    const from = fn.reachedFrom.length > 0 ? `, reached from ${fn.reachedFrom.join(', ')}` : '';
    out.push(`function: ${fn.name} ${fn.change}${fn.equivalent ? ', same code' : ''}${from}`);
  }
  out.push(`verdict: ${patch.verdict}`);
  for (const finding of patch.findings) {
    out.push(findingLine(finding));
    if (finding.patchLine !== undefined) out.push(`    patch line ${finding.patchLine}`);
    for (const related of finding.related)
      out.push(`    ${related.at.file}:${related.at.line}: ${related.message} (${related.at.world})`);
    const cases = verbose ? finding.cases : finding.cases.slice(0, 8);
    for (const c of cases) {
      const differs = c.before !== undefined || c.after !== undefined || c.message !== finding.message;
      const values = differs ? `: ${c.message}` : '';
      const schedule = c.schedule === undefined ? '' : `, schedule ${c.schedule || '-'}`;
      out.push(`    in ${c.scenario} on ${c.machine}${schedule}${values}`);
    }
    if (finding.cases.length > cases.length)
      out.push(`    and in ${finding.cases.length - cases.length} more (all of them in --format json)`);
    if (finding.dependsOn.length > 0) out.push(`    went through stubs: ${finding.dependsOn.join(', ')}`);
    if (finding.restsOn) out.push(`    ${RESTS_ON_MODEL}`);
    if (verbose && finding.proof.steps.length > 0) {
      out.push(`    proof (${finding.proof.world}, ${finding.proof.skipped} steps before these):`);
      for (const s of finding.proof.steps)
        out.push(`      ${s.thread}  ${s.function}  ${s.at.file}:${s.at.line}  ${s.text}`);
    }
  }
  if (patch.search) out.push(...searchLines(patch, verbose));
  for (const stub of patch.stubs)
    out.push(`stub: ${stub.function} (${stub.world}, ${stub.calls} calls, first at ${stub.at.file}:${stub.at.line})`);
  for (const item of patch.notModelled) out.push(`not-modelled: ${item.what}: ${item.why}`);
  const { bounds } = patch;
  out.push(
    `bounds: ${bounds.scenarios} scenario runs before and after, ${bounds.statements} statements executed, at most ${bounds.statementBudget} a run${around(bounds)}, ` +
      `${schedules(bounds)}, ${bounds.complete ? 'none cut off' : `cut off: ${bounds.cutOff.join('; ')}`}`,
  );
  out.push('');
}

function around({ statementBudget, zoneStatementBudget: zone }: PatchReport['bounds']): string {
  return zone === undefined || zone === statementBudget ? '' : ` (${zone} around device memory)`;
}

function schedules({ explorations }: PatchReport['bounds']): string {
  if (explorations.length === 0) return 'one schedule each';
  const sum = (key: 'executions' | 'blocked'): number => explorations.reduce((total, e) => total + e[key], 0);
  const most = (key: 'threads' | 'steps'): number => explorations.reduce((top, e) => Math.max(top, e[key]), 0);
  return (
    `one schedule each; ${plural(explorations.length / 2, 'scenario')} with up to ${most('threads')} threads under every schedule ` +
    `that matters: ${sum('executions')} executions of at most ${most('steps')} steps, ${sum('blocked')} blocked, memory sequentially consistent, no interrupts, no time`
  );
}
