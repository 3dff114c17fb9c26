import { printable } from '../printable.ts';
import type { Finding, PatchReport } from '../report.ts';

/** Lines of a scenario that a mail may hold; longer ones are named. */
const MOST_LINES = 40;
const MOST_STEPS = 6;
const WIDTH = 72;

/** What a finding says in a mail: the claim, both values, where it was seen, the scenario and the schedule that prove it. */
export function findingComment(report: PatchReport, finding: Finding, map?: string): string {
  // What the message calls “here”.
  const { file, line, world } = finding.at;
  const place = line > 0 ? [`(${file}:${line}, ${world} the patch)`] : [];
  const out = [`${[opening(finding), ...place].join(' ')}:`, '', sentence(finding.message)];
  if (finding.before !== undefined && !finding.message.includes(finding.before))
    out.push(...hanging('  before: ', finding.before));
  if (finding.after !== undefined && !finding.message.includes(finding.after))
    out.push(...hanging('  after:  ', finding.after));
  const { steps } = finding.proof;
  if (steps.length > 0) {
    out.push('', `The last steps, ${finding.proof.world} the patch:`, '');
    const several = new Set(steps.map((step) => step.thread)).size > 1;
    for (const { thread, function: name, at, text } of steps.slice(-MOST_STEPS))
      out.push(...hanging(`  ${several ? `[${thread}] ` : ''}${at.file}:${at.line}${name && ` ${name}()`}: `, text));
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

const sentence = (text: string): string => (/[\p{L}\p{N})\]]$/u.test(text) ? `${text}.` : text);

/** A line of a list, in as many lines as the width of a mail wants; what is longer than a line without a space stays. */
function hanging(head: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = head;
  for (const word of text.trim().split(/\s+/)) {
    const space = /\s$/.test(line) ? '' : ' ';
    if (line.trim() !== '' && line.length + space.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = `      ${word}`;
    } else line += space + word;
  }
  return [...lines, line.trimEnd()];
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
