import { MemoryTree } from '../../../src/base/tree.ts';
import type { CompileResult, FrontEndLimits, Unit } from '../../../src/c/api.ts';
import { compile } from '../../../src/c/compile.ts';
import type { Target } from '../../../src/c/types.ts';
import { Interpreter, type TestNative } from './interpret.ts';

export const LP64: Target = { wordSize: 8, longLongAlign: 8, charSigned: true };
export const ILP32: Target = { wordSize: 4, longLongAlign: 4, charSigned: true };

export interface BuildOptions {
  readonly target?: Target;
  readonly limits?: Partial<FrontEndLimits>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Compiles texts as units `a.c`, `b.c`, … */
export function build(texts: string | readonly (string | Partial<Unit>)[], options: BuildOptions = {}): CompileResult {
  const list = typeof texts === 'string' ? [texts] : texts;
  const units = list.map((each, i): Unit => {
    const path = `${String.fromCharCode(97 + i)}.c`;
    return typeof each === 'string' ? { path, from: 'text', text: each } : { path, from: 'text', ...each };
  });
  return compile({
    target: options.target ?? LP64,
    units,
    tree: new MemoryTree(new Map()),
    model: new MemoryTree(new Map(Object.entries(options.headers ?? {}))),
    fromTree: [],
    defines: new Map(),
    ...(options.limits && { limits: options.limits }),
  });
}

/** Compiles and runs; what does not compile is an error here. */
export function run(
  texts: string | readonly (string | Partial<Unit>)[],
  natives: Readonly<Record<string, TestNative>> = {},
  options: BuildOptions = {},
): Interpreter {
  const result = build(texts, options);
  const [first] = result.errors;
  if (first) throw first;
  return new Interpreter(result.program, natives);
}

/** The message of what is wrong with the text: a top-level error, or that of the first body that has one. */
export function problem(text: string, options: BuildOptions = {}): string {
  const result = build(text, options);
  const [first] = result.errors;
  if (first) return first.message;
  for (const fn of [...result.program.functions]) {
    try {
      fn.body();
    } catch (error) {
      if (error instanceof Error && error.name === 'CodedError') return error.message;
      throw error;
    }
  }
  return '';
}
