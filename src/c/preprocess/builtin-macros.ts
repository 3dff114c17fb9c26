import { Tok, type TokKind } from '../token.ts';
import type { Expander } from './expand.ts';
import type { Builtin } from './macros.ts';

/* Macros whose value depends on where they are used (C11 6.10.8.1, and GNU's). */

const BUILTINS: readonly Builtin[] = [
  '__FILE__',
  '__BASE_FILE__',
  '__FILE_NAME__',
  '__LINE__',
  '__COUNTER__',
  '__INCLUDE_LEVEL__',
  '__DATE__',
  '__TIME__',
  '__TIMESTAMP__',
];
const CONDITION_NAMES = [
  '__has_include',
  '__has_include_next',
  '__has_attribute',
  '__has_c_attribute',
  '__has_builtin',
] as const;

/** Where a builtin macro is used. */
export interface UsePlace {
  readonly path: string;
  /** The path of the unit's own file. */
  readonly base: string;
  /** How many `#include`s lead there. */
  readonly level: number;
  line(): number;
  /** 0, 1, 2, … */
  count(): number;
}

export function defineBuiltins(expander: Expander): void {
  const define = (name: string, builtin: Builtin) => {
    const sym = expander.host.interner.intern(name);
    const definition = { name, sym, loc: 0, params: undefined, variadic: false, body: [], pieces: undefined };
    expander.define(sym, { definition, base: 0, builtin });
  };
  for (const name of BUILTINS) define(name, name);
  for (const name of CONDITION_NAMES) define(name, 'condition');
}

/** What a builtin macro stands for. */
export function builtinToken(name: Builtin, use: UsePlace): { readonly kind: TokKind; readonly text: string } {
  switch (name) {
    case '__FILE__':
      return quote(use.path);
    case '__BASE_FILE__':
      return quote(use.base);
    case '__FILE_NAME__':
      return quote(use.path.slice(use.path.lastIndexOf('/') + 1));
    case '__LINE__':
      return number(use.line());
    case '__COUNTER__':
      return number(use.count());
    case '__INCLUDE_LEVEL__':
      return number(Math.max(0, use.level));
    // Kernel builds are reproducible: time stands still.
    case '__DATE__':
      return quote('Jan  1 1970');
    case '__TIME__':
      return quote('00:00:00');
    default:
      return quote('Thu Jan  1 00:00:00 1970');
  }
}

function quote(text: string): { readonly kind: TokKind; readonly text: string } {
  return { kind: Tok.String, text: `"${text.replace(/["\\]/g, '\\$&')}"` };
}
const number = (value: number): { readonly kind: TokKind; readonly text: string } => ({
  kind: Tok.Number,
  text: String(value),
});
