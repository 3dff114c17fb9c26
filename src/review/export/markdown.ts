import { plural } from '../format.ts';
import type { Finding, FindingClass, PatchReport, Report, RevisionReport } from '../report.ts';
import { lifeText } from '../series.ts';

const titles: readonly (readonly [FindingClass, string])[] = [
  ['introduced', 'Introduced'],
  ['change', 'Changed behaviour'],
  ['fixed', 'Fixed'],
];

/** The report for a forge or a merge request (CommonMark with tables and details, as GitHub and GitLab show them). */
export function reportMarkdown(report: Report): string {
  const { introduced, change, fixed, existing } = report.summary;
  const out = [
    '# Iomem Review',
    '',
    `**${introduced} introduced**, ${change} changed, ${fixed} fixed, ${existing} already there; kernel ${text(report.tree.kernel ?? 'of unknown version')}.`,
    '',
  ];
  const { defines } = report.tree;
  if (defines) out.push(`> With ${text(defines.join(', '))} in both worlds: not the tree's own configuration.`, '');
  if (report.patches.length > 1) {
    out.push('| patch | verdict |', '|---|---|');
    for (const patch of report.patches) out.push(`| ${cell(nameOf(patch))} | ${cell(patch.verdict)} |`);
    out.push('');
  }
  for (const life of report.series?.lives ?? []) if (life.to) out.push(`- ${text(lifeText(life, report.patches))}`);
  if (report.since) out.push(...sinceLines(report.since));
  for (const patch of report.patches) out.push(...patchLines(patch));
  return `${out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function patchLines(patch: PatchReport): readonly string[] {
  const out = ['', `## ${text(nameOf(patch))}`, '', text(patch.verdict), ''];
  for (const note of patch.notes) out.push(`> ${text(note.replace(/\s*\n\s*/g, ' / '))}`, '');
  for (const [name, title] of titles) {
    const found = patch.findings.filter((finding) => finding.class === name);
    if (found.length === 0) continue;
    out.push(`### ${title}`, '');
    for (const finding of found) out.push(...findingLines(patch, finding));
  }
  const { bounds } = patch;
  const cut = bounds.complete ? 'none cut off' : `cut off: ${text(bounds.cutOff.join('; '))}`;
  out.push('', `Bounds: ${plural(bounds.scenarios, 'scenario run')} before and after, ${cut}.`);
  for (const { what, why } of patch.notModelled) out.push(`Not modelled: ${text(what)}: ${text(why)}.`);
  return out;
}

function findingLines(patch: PatchReport, finding: Finding): readonly string[] {
  const { scenario, machine, schedule } = finding.proof;
  const out = [
    `- **${finding.rule}** (${finding.severity}) at ${code(`${finding.at.file}:${finding.at.line}`)}: ${text(finding.message.replace(/\s*\n\s*/g, ' / '))}`,
  ];
  if (finding.before !== undefined) out.push(`  - before: ${code(finding.before)}`);
  if (finding.after !== undefined) out.push(`  - after: ${code(finding.after)}`);
  const turns = schedule === undefined ? '' : `, schedule ${code(schedule || '-')}`;
  out.push(
    `  - seen in ${code(scenario)} on ${code(machine)}${turns}, ${plural(finding.cases.length, 'execution')} in all`,
  );
  if (finding.dependsOn.length > 0) out.push(`  - went through stubs: ${finding.dependsOn.map(code).join(', ')}`);
  const source = patch.scenarios.find((one) => one.name === scenario)?.source;
  if (source !== undefined)
    out.push(
      '',
      '  <details><summary>The scenario</summary>',
      '',
      ...fenced(source).map((line) => `  ${line}`.trimEnd()),
      '',
      '  </details>',
      '',
    );
  return out;
}

function sinceLines(since: RevisionReport): readonly string[] {
  const out = ['', `## Since ${text(since.previous)}`, '', '| patch | since then |', '|---|---|'];
  for (const { subject, change, similarity, within } of since.patches) {
    const held =
      within === undefined ? '' : ` (its lines ${change === 'added' ? 'were' : 'are'} in patch ${within + 1})`;
    out.push(`| ${cell(subject)} | ${change}${change === 'changed' ? ` (${similarity}% the same)` : held} |`);
  }
  out.push('');
  for (const { state, class: name, rule, message } of since.findings)
    out.push(`- ${state}: ${name} **${rule}** ${text(message.replace(/\s*\n\s*/g, ' / '))}`);
  return out;
}

function nameOf(patch: PatchReport): string {
  const at = patch.series && patch.series.of > 1 ? `${patch.series.number}/${patch.series.of} ` : '';
  return `${at}${patch.subject || patch.input}`;
}

/** Words from a patch are text, never markup, links or mentions. */
const text = (words: string): string =>
  words
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&')
    .replaceAll('@', '&#64;');
const cell = text;

/** Inline code, fenced by more backticks than it holds. */
function code(words: string): string {
  const clean = words.replace(/[\p{Cc}\p{Cs}]+/gu, ' ');
  const fence = '`'.repeat(longestRun(clean) + 1);
  return fence.length > 1 || clean.startsWith('`') || clean === '' ? `${fence} ${clean} ${fence}` : `\`${clean}\``;
}

function fenced(source: string): readonly string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(source) + 1));
  return [`${fence}c`, ...source.trimEnd().split('\n'), fence];
}

const longestRun = (words: string): number =>
  (words.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
