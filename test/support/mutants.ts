import { functionsOf, replaced, type SourceFunction, type Token } from './source-edits.ts';

/** One token of one function changed: what a slip of the keyboard makes. */
export interface Mutant {
  readonly function: string;
  readonly line: number;
  /** Which of its function's mutants it is, from 0. */
  readonly nth: number;
  readonly kind: 'operator' | 'bound' | 'constant' | 'lock';
  readonly what: string;
  readonly text: string;
}

const operators: Readonly<Record<string, readonly [Mutant['kind'], string]>> = {
  '<': ['bound', '<='],
  '<=': ['bound', '<'],
  '>': ['bound', '>='],
  '>=': ['bound', '>'],
  '==': ['operator', '!='],
  '!=': ['operator', '=='],
  '&&': ['operator', '||'],
  '||': ['operator', '&&'],
  '+': ['operator', '-'],
  '-': ['operator', '+'],
  '|': ['operator', '^'],
};
const types = new Set([
  'int',
  'long',
  'char',
  'void',
  'struct',
  'const',
  'unsigned',
  'resource',
  'bool',
  'u64',
  'resource_size_t',
  'gfp_t',
  'return',
]);

/** All single-token mutants of some functions of a file, in the order of the text. */
export function mutantsOf(text: string, only: (fn: SourceFunction) => boolean): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const add = (
    fn: SourceFunction,
    token: Token,
    kind: Mutant['kind'],
    by: string,
    length = token.text.length,
  ): void => {
    mutants.push({
      function: fn.name,
      line: text.slice(0, token.at).split('\n').length,
      nth: mutants.filter((m) => m.function === fn.name).length,
      kind,
      what: `${text.slice(token.at, token.at + length)} → ${by || 'nothing'}`,
      text: replaced(text, token.at, length, by),
    });
  };
  for (const fn of functionsOf(text)) {
    if (!only(fn)) continue;
    fn.body.forEach((token, i) => {
      const previous = fn.body[i - 1];
      const next = fn.body[i + 1];
      const binary =
        previous &&
        (previous.kind === 'name' || previous.kind === 'number' || /^[)\]]$/.test(previous.text)) &&
        !types.has(previous.text);
      const swap = token.kind === 'op' && binary ? operators[token.text] : undefined;
      if (swap) add(fn, token, swap[0], swap[1]);
      if (token.text === '!' && token.kind === 'op') add(fn, token, 'operator', '');
      if (token.kind === 'number' && token.text === '0') add(fn, token, 'constant', '1');
      else if (token.kind === 'number' && token.text === '1') add(fn, token, 'constant', '0');
      if (/^(read|write)_(un)?lock$/.test(token.text) && next?.text === '(') {
        const end = fn.body.slice(i).find((t) => t.text === ';');
        if (end) add(fn, token, 'lock', ';', end.at - token.at + 1);
      }
      if (token.text === 'true' || token.text === 'false')
        add(fn, token, 'constant', token.text === 'true' ? 'false' : 'true');
    });
  }
  return mutants;
}
