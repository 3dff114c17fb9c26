import { MemoryTree } from '../../../src/base/tree.ts';
import type { FrontEndLimits } from '../../../src/c/api.ts';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import type { PreprocessResult } from '../../../src/c/preprocess/types.ts';
import type { Token } from '../../../src/c/token.ts';

export interface Surroundings {
  readonly tree?: Readonly<Record<string, string>>;
  readonly model?: Readonly<Record<string, string>>;
  readonly fromTree?: readonly string[];
  readonly defines?: Readonly<Record<string, string>>;
  readonly limits?: Partial<FrontEndLimits>;
  readonly wordSize?: 4 | 8;
  readonly charSigned?: boolean;
  /** Name of the unit; where it is in `tree`, that file is read and `text` is not. */
  readonly path?: string;
}

export function run(text: string, around: Surroundings = {}): PreprocessResult {
  const path = around.path ?? 'main.c';
  const { wordSize = 8, charSigned = true } = around;
  const inTree = around.tree !== undefined && Object.hasOwn(around.tree, path);
  return preprocess(inTree ? { path, from: 'tree' } : { path, from: 'text', text }, {
    tree: new MemoryTree(new Map(Object.entries(around.tree ?? {}))),
    model: new MemoryTree(new Map(Object.entries(around.model ?? {}))),
    fromTree: around.fromTree ?? [],
    defines: new Map(Object.entries(around.defines ?? {})),
    target: { wordSize, longLongAlign: 8, charSigned },
    ...(around.limits && { limits: around.limits }),
  });
}

/** The spellings, without the end. */
export function spelled(tokens: readonly Token[]): string[] {
  return tokens.slice(0, -1).map((token) => token.text);
}

/** The output with single blanks; errors must not happen. */
export function expand(text: string, around: Surroundings = {}): string {
  const { tokens, errors } = run(text, around);
  if (errors.length > 0) throw errors[0]!;
  return spelled(tokens).join(' ');
}

/** The codes of all errors. */
export function codes(text: string, around: Surroundings = {}): string[] {
  return run(text, around).errors.map((error) => error.code);
}

/** The token spelled `text`, the n-th of them. */
export function find(result: PreprocessResult, text: string, n = 0): Token {
  const found = result.tokens.filter((token) => token.text === text)[n];
  if (!found) throw new Error(`no ${text} in the output`);
  return found;
}
