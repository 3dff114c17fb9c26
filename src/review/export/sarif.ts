import type { Finding, FindingClass, PatchReport, Report, Severity, SourcePlace } from '../report.ts';
import { type Rule, rules } from '../rules.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const levels: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };
/** Compared with the code before the patch (SARIF 2.1.0, 3.27.24). */
const baselines: Record<FindingClass, 'new' | 'absent' | 'unchanged' | 'updated'> = {
  introduced: 'new',
  fixed: 'absent',
  existing: 'unchanged',
  change: 'updated',
};

/** The report as a SARIF 2.1.0 log: one run, a result for each finding, its last steps as a code flow. */
export function sarifLog(report: Report): object {
  const used = new Set(report.patches.flatMap((patch) => patch.findings.map((finding) => finding.rule)));
  const known = Object.entries<Rule>(rules).filter(([id]) => used.has(id));
  const indices = new Map(known.map(([id], index) => [id, index]));
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'iomem-review',
            version: report.tool.version,
            rules: known.map(([id, rule]) => ({
              id,
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.help },
              defaultConfiguration: { level: levels[rule.severity] },
            })),
          },
        },
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the kernel tree.' } } },
        columnKind: 'utf16CodeUnits',
        results: report.patches.flatMap((patch) => patch.findings.map((finding) => resultOf(patch, finding, indices))),
      },
    ],
  };
}

function resultOf(patch: PatchReport, finding: Finding, indices: ReadonlyMap<string, number>): object {
  const values = [
    ...(finding.before === undefined ? [] : [`before: ${finding.before}`]),
    ...(finding.after === undefined ? [] : [`after: ${finding.after}`]),
  ];
  const index = indices.get(finding.rule);
  const { scenario, machine, schedule, world, steps } = finding.proof;
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: finding.class === 'fixed' || finding.class === 'existing' ? 'note' : levels[finding.severity],
    kind: 'fail',
    baselineState: baselines[finding.class],
    message: { text: [finding.message, ...values].join('\n') },
    locations: [location(finding.at)],
    ...(finding.related.length === 0
      ? {}
      : { relatedLocations: finding.related.map(({ message, at }, id) => ({ id, ...location(at, message) })) }),
    ...(steps.length === 0
      ? {}
      : {
          codeFlows: [
            {
              message: { text: `${scenario} on ${machine}, ${world} the patch` },
              threadFlows: [
                {
                  locations: steps.map((step) => ({
                    location: location(step.at, `${step.thread} ${step.function}(): ${step.text.trim()}`),
                  })),
                },
              ],
            },
          ],
        }),
    // One alert for what several patches of a series meet.
    partialFingerprints: { 'finding/v1': finding.id.replace(/@\d+$/, '') },
    properties: {
      class: finding.class,
      patch: patch.subject || patch.input,
      ...(finding.patchLine === undefined ? {} : { patchLine: finding.patchLine }),
      scenario,
      machine,
      ...(schedule === undefined ? {} : { schedule }),
      dependsOn: finding.dependsOn,
    },
  };
}

function location({ file, line, column, world }: SourcePlace, text?: string): object {
  // SARIF counts lines from 1; what the compiler predefines stands on none.
  const region = line > 0 ? { region: { startLine: line, ...(column ? { startColumn: column } : {}) } } : {};
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file).replaceAll('#', '%23').replaceAll('?', '%3F'), uriBaseId: 'SRCROOT' },
      ...region,
    },
    message: { text: text ?? `${world} the patch` },
  };
}
