import type { Finding, PatchReport, Report } from '../report.ts';

/** One execution of a scenario, before and after, as a test. */
interface Case {
  readonly name: string;
  readonly failures: readonly Finding[];
}

/**
 * Scenarios on their machines as tests of a patch: one fails where the patch introduces something in it. What was there before
 * does not fail, nor does what merely changed.
 */
function casesOf(patch: PatchReport): readonly Case[] {
  const failures = new Map<string, Finding[]>();
  for (const { scenario, machine } of [
    ...patch.scenarios.map((s) => ({ scenario: s.name, machine: s.machine })),
    ...patch.bounds.explorations,
  ])
    failures.set(`${scenario} on ${machine}`, []);
  for (const finding of patch.findings) {
    if (finding.class !== 'introduced') continue;
    for (const { scenario, machine } of finding.cases) {
      const name = `${scenario} on ${machine}`;
      const here = failures.get(name);
      if (!here) failures.set(name, [finding]);
      else if (!here.includes(finding)) here.push(finding);
    }
  }
  return [...failures].map(([name, found]) => ({ name, failures: found }));
}

const nameOf = (patch: PatchReport): string => patch.subject || patch.input;

/** JUnit XML, as CI servers read it: a suite for each patch. Without times: the report has none. */
export function junitXml(report: Report): string {
  const suites = report.patches.map((patch) => ({ patch, cases: casesOf(patch) }));
  const failed = (cases: readonly Case[]) => cases.filter((one) => one.failures.length > 0).length;
  const sum = (count: (cases: readonly Case[]) => number) =>
    suites.reduce((total, { cases }) => total + count(cases), 0);
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="iomem-review" tests="${sum((cases) => cases.length)}" failures="${sum(failed)}" errors="0">`,
  ];
  for (const { patch, cases } of suites) {
    out.push(
      `  <testsuite name="${xml(nameOf(patch))}" tests="${cases.length}" failures="${failed(cases)}" errors="0" skipped="0">`,
    );
    for (const { name, failures } of cases) {
      const attributes = `classname="${xml(nameOf(patch))}" name="${xml(name)}"`;
      if (failures.length === 0) {
        out.push(`    <testcase ${attributes}/>`);
        continue;
      }
      out.push(`    <testcase ${attributes}>`);
      for (const { rule, message, at } of failures)
        out.push(
          `      <failure type="${xml(rule)}" message="${xml(message)}">${xml(`${at.file}:${at.line}: ${message}`)}</failure>`,
        );
      out.push('    </testcase>');
    }
    out.push(`    <system-out>${xml(patch.verdict)}</system-out>`, '  </testsuite>');
  }
  return `${[...out, '</testsuites>'].join('\n')}\n`;
}

/** Text for XML 1.0: escaped; characters that no XML document may hold become U+FFFD. */
const xml = (text: string): string =>
  text
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** KTAP 1 (Documentation/dev-tools/ktap.rst): a test for each patch, its scenarios as subtests. */
export function ktap(report: Report): string {
  const out = ['KTAP version 1', `1..${report.patches.length}`];
  for (const [index, patch] of report.patches.entries()) {
    const cases = casesOf(patch);
    out.push('    KTAP version 1', `    # Subtest: ${plain(nameOf(patch))}`, `    1..${cases.length}`);
    for (const [number, { name, failures }] of cases.entries()) {
      for (const { rule, message, at } of failures)
        out.push(`        # ${plain(`${rule} at ${at.file}:${at.line}: ${message}`)}`);
      out.push(`    ${failures.length > 0 ? 'not ok' : 'ok'} ${number + 1} ${plain(name)}`);
    }
    const good =
      cases.every((one) => one.failures.length === 0) && !patch.findings.some((one) => one.class === 'introduced');
    out.push(`# ${plain(patch.verdict)}`, `${good ? 'ok' : 'not ok'} ${index + 1} ${plain(nameOf(patch))}`);
  }
  return `${out.join('\n')}\n`;
}

/** A description: one line, and no `#`, which begins a directive. */
const plain = (text: string): string => text.replace(/[\p{Cc}]+/gu, ' ').replaceAll('#', '\u266f');
