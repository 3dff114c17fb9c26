import { checkFile } from '../review/check.ts';
import { noKernelTree } from '../review/errors.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, treeOption } from './files.ts';
import { oneOf, parse, UsageError } from './usage.ts';

export function checkCommand(args: readonly string[], model: ModelFiles): number {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      machine: { type: 'string' },
      config: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (positionals.length === 0) throw new UsageError('check wants a file of the tree, e.g. kernel/resource.c');
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const tree = treeOption(values.tree, { file: values.config, machine: values.machine });
  if (!tree) throw noKernelTree();
  const results = positionals.map((path) => checkFile({ path, tree, model, machine: values.machine ?? 'x86_64' }));
  if (format === 'json')
    output(`${JSON.stringify({ format: 'iomem-review-check', version: 1, files: results }, null, 2)}\n`, values.out);
  else {
    const out: string[] = [];
    for (const file of results) {
      for (const fn of file.functions)
        out.push(
          `${file.path}:${fn.line}: ${fn.name}: ${fn.executable ? 'executable' : `not executable: ${fn.reason}`}${fn.calls.length > 0 ? ` (calls without a model: ${fn.calls.join(', ')})` : ''}`,
        );
      for (const other of file.declarations)
        out.push(`${file.path}:${other.line}: declaration not understood: ${other.reason}`);
      for (const header of file.missingHeaders) out.push(`${file.path}: <${header}> is not modelled, taken as empty`);
      const good = file.functions.filter((f) => f.executable).length;
      out.push(`${file.path}: ${good} of ${file.functions.length} functions executable`);
    }
    output(`${out.join('\n')}\n`, values.out);
  }
  return 0;
}
