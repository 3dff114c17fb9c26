import { runScenario } from '../review/run-scenario.ts';
import { findingLine, observeLines } from '../review/text.ts';
import { timelineLines } from '../review/timeline/timeline.ts';
import type { ModelFiles } from '../review/world.ts';
import { output } from './files.ts';
import { scenarioInput, scenarioOptions } from './scenario-options.ts';
import { parse } from './usage.ts';

export async function runCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: { ...scenarioOptions, trace: { type: 'boolean' }, schedule: { type: 'string' } },
  });
  const { path, format, input, assertFound } = scenarioInput('run', values, positionals, model);
  const results = await runScenario({
    ...input,
    ...(values.trace ? { trace: true } : {}),
    ...(values.schedule === undefined ? {} : { schedule: values.schedule }),
  });
  assertFound();
  if (format === 'json') {
    const plain = results.map(({ machine, outcome, before, missing, findings, stubs, steps, timeline }) => ({
      machine,
      ...(before ? { before } : {}),
      ...(missing ? { missing } : {}),
      outcome,
      findings,
      stubs,
      ...(values.trace ? { steps } : {}),
      ...(timeline ? { timeline } : {}),
    }));
    output(
      `${JSON.stringify({ format: 'iomem-review-run', version: 1, scenario: path, runs: plain }, null, 2)}\n`,
      values.out,
    );
  } else {
    const out: string[] = [];
    for (const { machine, outcome, missing, findings, stubs, steps, timeline } of results) {
      out.push(`scenario: ${path} on ${machine}`);
      if (missing) out.push(`note: the schedule does not fit the world ${missing} the patch; this is the other one`);
      if (timeline) out.push(...timelineLines(timeline));
      else for (const s of steps) out.push(`step ${s.thread} ${s.function} ${s.at.file}:${s.at.line} ${s.text}`);
      for (const line of outcome.log) out.push(`log ${line}`);
      out.push(...observeLines(outcome));
      for (const finding of findings) out.push(findingLine(finding));
      for (const stub of stubs) out.push(`stub: ${stub}`);
      out.push(`end: ${outcome.end}, ${outcome.statements} statements`);
    }
    output(`${out.join('\n')}\n`, values.out);
  }
  return results.some((r) => r.findings.some((f) => f.severity === 'error' && f.class !== 'fixed')) ? 1 : 0;
}
