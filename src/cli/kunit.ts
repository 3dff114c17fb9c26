import { noKernelTree } from '../review/errors.ts';
import { runKunit } from '../review/kunit.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, readInput, treeOption } from './files.ts';
import { machineOption } from './machine-option.ts';
import { budgetOption, oneOf, parse, UsageError } from './usage.ts';

export async function kunitCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      patch: { type: 'string' },
      machine: { type: 'string', multiple: true },
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
  const machine = machineOption(values.machine, []);
  const tree = treeOption(values.tree, { file: values.config, machine: machine.name });
  if (!tree) throw noKernelTree();
  const { before, after, failed } = await runKunit({
    path,
    tree,
    model,
    machineTexts: machine.texts,
    ...(values.patch === undefined ? {} : { patch: { text: readInput(values.patch), name: values.patch } }),
    ...(machine.name === undefined ? {} : { machine: machine.name }),
    ...(budget ? { budget } : {}),
  });
  output(`${before?.ktap ?? ''}${after.ktap}`, values.out);
  return failed.length > 0 ? 1 : 0;
}
