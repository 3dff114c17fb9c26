import type { ScenarioInput } from '../review/open-scenario.ts';
import type { ModelFiles } from '../review/world.ts';
import { readInput, readText, treeOption } from './files.ts';
import { defined, machineOption } from './machine-option.ts';
import { budgetOption, oneOf, UsageError } from './usage.ts';

/** Options of the commands that execute one scenario. */
export const scenarioOptions = {
  tree: { type: 'string' },
  patch: { type: 'string' },
  machine: { type: 'string', multiple: true },
  define: { type: 'string', multiple: true },
  config: { type: 'string' },
  format: { type: 'string' },
  out: { type: 'string' },
  budget: { type: 'string' },
} as const;

type Values = {
  readonly [name in keyof typeof scenarioOptions]?:
    | (name extends 'machine' | 'define' ? readonly string[] : string)
    | undefined;
};

/** What the options and the one file of a command say. Throws UsageError. */
export function scenarioInput(
  command: string,
  values: Values,
  positionals: readonly string[],
  model: ModelFiles,
): {
  readonly path: string;
  readonly format: 'text' | 'json';
  readonly input: ScenarioInput;
  readonly assertFound: () => void;
} {
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError(`${command} wants one scenario file`);
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const { budget } = budgetOption(values.budget);
  const text = readText(path);
  const machine = machineOption(values.machine, [{ path, text }]);
  const { tree, defines, assertFound } = defined(
    treeOption(values.tree, { file: values.config, machine: machine.name }),
    values.define,
  );
  const input: ScenarioInput = {
    scenarioName: path,
    scenarioText: text,
    model,
    machineTexts: machine.texts,
    defines,
    ...(tree ? { tree } : {}),
    ...(values.patch === undefined ? {} : { patch: { text: readInput(values.patch), name: values.patch } }),
    ...(machine.name === undefined ? {} : { machine: machine.name }),
    ...(budget ? { budget } : {}),
  };
  return { path, format, input, assertFound };
}
