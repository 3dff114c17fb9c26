import { whatIfMaps } from '../map/what-if.ts';
import { noKernelTree } from '../review/errors.ts';
import { Machines } from '../review/machines.ts';
import { curveSvg } from '../review/what-if/plot.ts';
import { whatIfJson, whatIfText } from '../review/what-if/text.ts';
import { parseAllocations, whatIf } from '../review/what-if/what-if.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, readInput, treeOption } from './files.ts';
import { machineOption } from './machine-option.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

/** `what-if`: constants, or a patch, before and after: price, placements, capacity. */
export async function whatIfCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      patch: { type: 'string' },
      machine: { type: 'string', multiple: true },
      define: { type: 'string', multiple: true },
      allocate: { type: 'string' },
      config: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
    },
  });
  if (positionals.length > 0) throw new UsageError('what-if wants options only: --define NAME=VALUE, --patch PATCH');
  const ending = /\.(svg|json)$/i.exec(values.out ?? '')?.[1]?.toLowerCase();
  const format = oneOf(values.format ?? ending, ['text', 'json', 'svg'], '--format');
  const statements = positive(values.budget, '--budget');
  const machine = machineOption(values.machine, []);
  const tree = treeOption(values.tree, { file: values.config, machine: machine.name });
  if (!tree) throw noKernelTree();
  const result = await whatIf({
    tree,
    model,
    machine: new Machines(machine.texts).named(machine.name ?? 'server'),
    defines: values.define ?? [],
    allocations: parseAllocations(values.allocate ?? '8x1G'),
    ...(values.patch === undefined ? {} : { patch: { text: readInput(values.patch), name: values.patch } }),
    ...(statements === undefined ? {} : { statements }),
  });
  const text =
    format === 'json'
      ? whatIfJson(result)
      : format === 'svg'
        ? curveSvg(result)
        : `${whatIfText(result)}\n${whatIfMaps(result)}`;
  output(text, values.out);
  return 0;
}
