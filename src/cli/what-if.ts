import { deflateSync } from 'node:zlib';
import type { PictureOptions } from '../map/picture.ts';
import { darkTheme, paperTheme } from '../map/theme.ts';
import { packWhatIf, whatIfMaps, whatIfPng, whatIfSvg } from '../map/what-if.ts';
import { noKernelTree } from '../review/errors.ts';
import { Machines } from '../review/machines.ts';
import { whatIfJson, whatIfText } from '../review/what-if/text.ts';
import { parseAllocations, whatIf } from '../review/what-if/what-if.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, outputBytes, readInput, treeOption } from './files.ts';
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
      dark: { type: 'boolean' },
    },
  });
  if (positionals.length > 0) throw new UsageError('what-if wants options only: --define NAME=VALUE, --patch PATCH');
  const ending = /\.(svg|png|json)$/i.exec(values.out ?? '')?.[1]?.toLowerCase();
  const format = oneOf(values.format ?? ending, ['text', 'json', 'svg', 'png'], '--format');
  if (format === 'png' && values.out === undefined && process.stdout.isTTY)
    throw new UsageError('a PNG is nothing for a terminal: give --out FILE');
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
  const theme = values.dark ? darkTheme : paperTheme;
  const options: PictureOptions = { width: 1200, mode: 'compressed', showing: 'both', theme };
  switch (format) {
    case 'json':
      output(whatIfJson(result), values.out);
      break;
    case 'svg':
      output(whatIfSvg(packWhatIf(result), options), values.out);
      break;
    case 'png':
      outputBytes(whatIfPng(packWhatIf(result), options, 2, deflateSync), values.out);
      break;
    case 'text':
      output(`${whatIfText(result)}\n${whatIfMaps(result)}`, values.out);
      break;
  }
  return 0;
}
