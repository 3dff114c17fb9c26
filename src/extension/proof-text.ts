import { RESTS_ON_MODEL } from '../review/no-tree/text.ts';
import { printable } from '../review/printable.ts';
import type { Finding, PatchReport, ScenarioResult, SourcePlace } from '../review/report.ts';

/** A stretch of a text that leads to a place in the source. Columns are 0-based. */
export interface TextLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly place: SourcePlace;
}
export interface LinkedText {
  readonly text: string;
  readonly links: readonly TextLink[];
}

/** The proof of a finding as a text to read: claim, outcomes, steps, and the scenario that replays it. */
export function proofText(report: PatchReport, finding: Finding): LinkedText {
  const writer = new LinkWriter();
  const scenario = report.scenarios.find((one) => one.name === finding.proof.scenario);
  writer.line(`${finding.rule}: ${finding.message}`);
  writer.line('');
  writer.line(`Class     ${finding.class}, ${finding.severity}`);
  writer.place('At        ', finding.at);
  if (finding.before !== undefined) writer.line(`Before    ${finding.before}`);
  if (finding.after !== undefined) writer.line(`After     ${finding.after}`);
  writer.line(`Scenario  ${finding.proof.scenario}, on ${finding.proof.machine}`);
  if (finding.proof.schedule !== undefined) writer.line(`Schedule  ${finding.proof.schedule}`);
  const others = finding.cases.length - 1;
  if (others > 0) writer.line(`          and ${others} more that show the same, listed below`);
  writer.line(`Stubs     ${finding.dependsOn.length === 0 ? 'none' : finding.dependsOn.join(', ')}`);
  if (finding.restsOn) writer.line(`Basis     ${RESTS_ON_MODEL}`);
  for (const { message, at } of finding.related) writer.place(`Because   ${message}: `, at);
  writer.line('');
  steps(writer, finding);
  if (scenario) outcomes(writer, scenario);
  if (others > 0) {
    writer.line('');
    writer.line('Every execution that shows it');
    for (const one of finding.cases) writer.line(`  ${one.scenario} on ${one.machine}: ${one.message}`);
  }
  return writer;
}

function steps(writer: LinkWriter, finding: Finding): void {
  const { steps, skipped, world } = finding.proof;
  writer.line(`Last steps, in the code ${world} the patch${skipped > 0 ? ` (${skipped} before them)` : ''}`);
  const several = new Set(steps.map((step) => step.thread)).size > 1;
  const width = Math.max(0, ...steps.map((step) => placeText(step.at).length));
  for (const step of steps) {
    const gap = ' '.repeat(width - placeText(step.at).length + 2);
    const thread = several ? `[${step.thread}] ` : '';
    writer.place('  ', step.at, `${gap}${thread}${step.function}(): ${step.text.trim()}`);
  }
  if (steps.length === 0) writer.line('  none recorded');
  writer.line('');
}

function outcomes(writer: LinkWriter, scenario: ScenarioResult): void {
  for (const world of ['before', 'after'] as const) {
    const outcome = scenario[world];
    writer.line(`Outcome ${world}: ${outcome.end}, ${outcome.statements} statements`);
    for (const { expr, value } of outcome.observations) writer.line(`  observe ${expr} = ${value}`);
    for (const { rule, message, at } of outcome.problems) writer.place(`  ${rule}: ${message}, `, at);
    for (const entry of outcome.log) for (const line of entry.trimEnd().split('\n')) writer.line(`  log ${line}`);
    writer.line('');
  }
  writer.line(`The scenario (${scenario.title})`);
  for (const line of scenario.source.trimEnd().split('\n')) writer.line(`  ${line}`);
}

const placeText = (place: SourcePlace): string => `${place.file}:${place.line}`;

class LinkWriter implements LinkedText {
  readonly #lines: string[] = [];
  readonly links: TextLink[] = [];

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(text: string): void {
    // One call, one line: messages and names come from code under review.
    this.#lines.push(printable(text.replace(/[\r\n]+/g, ' ')));
  }

  place(before: string, place: SourcePlace, after = ''): void {
    const start = printable(before).length;
    const text = printable(placeText(place));
    this.links.push({ line: this.#lines.length, start, end: start + text.length, place });
    this.line(`${before}${text}${after}`);
  }
}
