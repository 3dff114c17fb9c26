import { exploreRun } from '../review/explore-run.ts';
import { explorationJson, exploreText } from '../review/explore-text.ts';
import type { ModelFiles } from '../review/world.ts';
import { machineTexts, output, readInput, readText, treeOption } from './files.ts';
import { progress } from './progress.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

/** Executions of one search. */
const DEFAULT_BOUND = 100_000;

export async function exploreCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      patch: { type: 'string' },
      machine: { type: 'string' },
      config: { type: 'string' },
      bound: { type: 'string' },
      granularity: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
    },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError('explore wants one scenario file');
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const granularity = oneOf(values.granularity, ['sync', 'access'], '--granularity');
  const budget = positive(values.budget, '--budget');
  const bound = positive(values.bound, '--bound');
  const text = readText(path);
  const tree = treeOption(values.tree, { file: values.config, machine: values.machine });
  const shown = progress(path);
  const results = await exploreRun({
    progress: (executions, most, doing) => shown.update(executions, most, doing),
    scenarioName: path,
    scenarioText: text,
    model,
    granularity,
    machineTexts: machineTexts(values.machine === undefined ? [] : [values.machine], [{ path, text }]),
    ...(tree ? { tree } : {}),
    ...(values.patch === undefined ? {} : { patch: { text: readInput(values.patch), name: values.patch } }),
    ...(values.machine === undefined ? {} : { machine: values.machine }),
    ...(budget === undefined ? {} : { budget: { statements: budget } }),
    bounds: { executions: bound ?? DEFAULT_BOUND },
  }).finally(shown.end);
  output(
    format === 'json' ? `${JSON.stringify(explorationJson(path, results), null, 2)}\n` : exploreText(path, results),
    values.out,
  );
  return results.some((r) => r.findings.some((f) => f.severity === 'error' && f.class !== 'fixed')) ? 1 : 0;
}
