import { printable } from '../printable.ts';
import type { Finding, PatchReport } from '../report.ts';

/** Lines of a scenario that a mail may hold; longer ones are named. */
const MOST_LINES = 40;
const MOST_STEPS = 6;

/** What a finding says in a mail: the claim, both values, where it was seen, the scenario and the schedule that prove it. */
export function findingComment(report: PatchReport, finding: Finding, map?: string): string {
  const out = [`${opening(finding)}:`, '', finding.message];
  if (finding.before !== undefined && !finding.message.includes(finding.before))
    out.push(`  before: ${finding.before}`);
  if (finding.after !== undefined && !finding.message.includes(finding.after)) out.push(`  after:  ${finding.after}`);
  const { steps } = finding.proof;
  if (steps.length > 0) {
    out.push('', `The last steps, ${finding.proof.world} the patch:`, '');
    const several = new Set(steps.map((step) => step.thread)).size > 1;
    for (const { thread, function: name, at, text } of steps.slice(-MOST_STEPS))
      out.push(`  ${several ? `[${thread}] ` : ''}${at.file}:${at.line} ${name}(): ${text.trim()}`);
  }
  if (map !== undefined)
    out.push(
      '',
      ...map
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`.trimEnd()),
    );
  const { scenario, machine, schedule } = finding.proof;
  const turns = schedule === undefined ? '' : `, schedule ${schedule || '-'}`;
  const more = finding.cases.length - 1;
  out.push('', `Seen in the scenario ${scenario} on ${machine}${turns}${more > 0 ? `, and in ${more} more` : ''}.`);
  const source = report.scenarios
    .find((one) => one.name === scenario)
    ?.source.trimEnd()
    .split('\n');
  if (source && source.length <= MOST_LINES) out.push('', ...source.map((line) => `  ${line}`.trimEnd()));
  if (finding.dependsOn.length > 0)
    out.push('', `It went through functions that are not modelled: ${finding.dependsOn.join(', ')}.`);
  // Names and messages are those of the code under review.
  return printable(out.join('\n'));
}

function opening({ class: name, rule }: Finding): string {
  switch (name) {
    case 'introduced':
      return `Executed before and after, this introduces a ${rule}`;
    case 'change':
      return `Executed before and after, the behaviour differs (${rule})`;
    case 'fixed':
      return `Executed before and after, this fixes a ${rule}`;
    case 'existing':
      return `Not new with this patch, but seen when it was executed (${rule})`;
  }
}
