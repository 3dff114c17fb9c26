import { noKernelTree } from '../review/errors.ts';
import { review } from '../review/review.ts';
import { reportText } from '../review/text.ts';
import type { ModelFiles } from '../review/world.ts';
import { machineTexts, output, readInput, readText, treeOption } from './files.ts';
import { progress } from './progress.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

export async function reviewCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      forward: { type: 'boolean' },
      reverse: { type: 'boolean' },
      scenario: { type: 'string', multiple: true },
      machine: { type: 'string' },
      config: { type: 'string' },
      fuzz: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  if (values.forward && values.reverse) throw new UsageError('--forward and --reverse exclude each other');
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const budget = positive(values.budget, '--budget');
  const maxFuzz = positive(values.fuzz, '--fuzz');
  const tree = treeOption(values.tree, { file: values.config, machine: values.machine });
  if (!tree) throw noKernelTree();
  const scenarios = (values.scenario ?? []).map((path) => ({ name: path, text: readText(path) }));
  const texts = machineTexts(
    values.machine === undefined ? [] : [values.machine],
    scenarios.map((s) => ({ path: s.name, text: s.text })),
  );
  const inputs = positionals.length > 0 ? positionals : ['-'];
  const reports = [];
  for (const path of inputs) {
    const shown = progress(path);
    const { report } = await review({
      patchText: readInput(path),
      patchName: path === '-' ? '<stdin>' : path,
      tree,
      model,
      scenarios,
      machineTexts: texts,
      toolVersion: process.env.IOMEM_REVIEW_VERSION ?? 'development',
      progress: shown.update,
      ...(values.machine === undefined ? {} : { machine: values.machine }),
      ...(budget === undefined ? {} : { budget: { statements: budget } }),
      ...(maxFuzz === undefined ? {} : { maxFuzz }),
      direction: values.forward ? 'forward' : values.reverse ? 'reverse' : 'auto',
    }).finally(shown.end);
    reports.push(report);
  }
  const [first, ...more] = reports;
  const merged = { ...first!, patches: reports.flatMap((r) => r.patches), summary: { ...first!.summary } };
  for (const report of more)
    for (const cls of ['introduced', 'fixed', 'existing', 'change'] as const)
      merged.summary[cls] += report.summary[cls];
  output(
    format === 'json'
      ? `${JSON.stringify(merged, null, 2)}\n`
      : reportText(merged, { verbose: values.verbose ?? false }),
    values.out,
  );
  return merged.patches.some((p) => p.findings.some((f) => f.class === 'introduced' && f.severity === 'error')) ? 1 : 0;
}
