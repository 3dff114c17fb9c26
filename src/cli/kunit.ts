import { noKernelTree } from '../review/errors.ts';
import { runKunit } from '../review/kunit.ts';
import type { ModelFiles } from '../review/world.ts';
import { machineTexts, output, readInput, treeOption } from './files.ts';
import { budgetOption, oneOf, parse, UsageError } from './usage.ts';

export async function kunitCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      patch: { type: 'string' },
      machine: { type: 'string' },
      config: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
    },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new UsageError('kunit wants one file of the tree, e.g. kernel/resource_kunit.c');
  oneOf(values.format, ['text'], '--format');
  const { budget } = budgetOption(values.budget);
  const tree = treeOption(values.tree, { file: values.config, machine: values.machine });
  if (!tree) throw noKernelTree();
  const { before, after, failed } = await runKunit({
    path,
    tree,
    model,
    machineTexts: machineTexts(values.machine === undefined ? [] : [values.machine], []),
    ...(values.patch === undefined ? {} : { patch: { text: readInput(values.patch), name: values.patch } }),
    ...(values.machine === undefined ? {} : { machine: values.machine }),
    ...(budget ? { budget } : {}),
  });
  output(`${before?.ktap ?? ''}${after.ktap}`, values.out);
  return failed.length > 0 ? 1 : 0;
}
