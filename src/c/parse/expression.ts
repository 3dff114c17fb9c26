import { MemoryTree } from '../../base/tree.ts';
import type { Node } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Program } from '../ir.ts';
import { LinkedProgram } from '../link.ts';
import { Preprocessor } from '../preprocess/preprocess.ts';
import { Tok } from '../token.ts';
import type { CType } from '../types.ts';
import { parseExpression } from './expr.ts';
import { Parser } from './parser.ts';
import { Scope } from './scope.ts';

/** Characters of one expression. */
const LONGEST = 10_000;
/** Macros whose definitions one expression may need. */
const MOST_MACROS = 100;

export interface ExpressionInput {
  readonly program: Program;
  /** The function in whose unit names are looked up. */
  readonly func: number;
  readonly text: string;
  /** Its variables in sight, the innermost of a name last. */
  readonly variables: readonly { readonly name: string; readonly type: CType }[];
  /** Texts in which macros are defined, by file. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Parses an expression as if it stood in a function: for watches, hovers and conditions of breakpoints. Nothing of the program
 * changes. Throws CodedErrors of the front end, whose places are in `<expression>`.
 */
export function parseExpressionIn(input: ExpressionInput): Node {
  const { program, func, variables } = input;
  if (input.text.length > LONGEST) throw E.tooDeep(undefined, LONGEST);
  const unit = program instanceof LinkedProgram ? program.homeOf(func) : undefined;
  if (!unit) throw E.expectedExpression(undefined, 'no unit to look names up in');
  const defined = new Map<string, string>();
  for (;;) {
    try {
      return parse(input.text, [...defined.values()]);
    } catch (error) {
      // A name that nothing declares may be a macro's: the next round knows its definition.
      if (!(error instanceof E.MissingDeclaration) || error.missing.kind !== 'name') throw error;
      const { name } = error.missing;
      const definition = defined.size < MOST_MACROS && !defined.has(name) && findMacro(input.files, name);
      if (!definition) throw error;
      defined.set(name, definition);
    }
  }

  function parse(text: string, macros: readonly string[]): Node {
    const empty = new MemoryTree(new Map());
    const preprocessor = new Preprocessor({
      target: program.target,
      tree: empty,
      model: empty,
      fromTree: [],
      defines: new Map(),
    });
    const tokens = preprocessor.run('<expression>', `${macros.join('\n')}\n${text.replace(/\s+/g, ' ')}\n`);
    if (preprocessor.errors[0]) throw preprocessor.errors[0];
    const { symbols } = unit!;
    const scope = new Scope(symbols.scope);
    // Strings and the like must not become objects of the program.
    const own = { ...symbols, tokens, scope, strings: new Map(), globals: [], functions: [], linkage: new Map() };
    const parser = new Parser(own, unit!.parser.types, preprocessor.locations, unit!.parser.limits);
    for (const { name, type } of variables) {
      scope.names.set(name, {
        kind: 'local',
        name,
        type,
        loc: 0,
        at: 0,
        align: undefined,
        addressed: false,
        unnamed: false,
      });
    }
    const node = parseExpression(parser);
    if (parser.tok.kind !== Tok.Eof)
      throw E.expectedToken(parser.place(parser.loc), 'the end of the expression', parser.describe(parser.tok));
    return node;
  }
}

/** The line that defines a macro, with its continuations. */
function findMacro(files: ReadonlyMap<string, string>, name: string): string | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const pattern = new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}\\b(?:[^\\n\\\\]|\\\\\\n|\\\\.)*`, 'm');
  for (const text of files.values()) {
    if (!text.includes(name)) continue;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found.replaceAll('\\\n', ' ');
  }
  return undefined;
}
