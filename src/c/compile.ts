import type { CodedError } from '../base/errors.ts';
import { CodedError as Coded } from '../base/errors.ts';
import type { Compile, CompileResult, Unit } from './api.ts';
import { HeaderGraph } from './header-graph.ts';
import { Imports } from './import-on-demand.ts';
import { withDefaults } from './limits.ts';
import { LinkedProgram, type ParsedUnit } from './link.ts';
import { lacksDeclarations } from './missing.ts';
import { parseUnit } from './parse-top.ts';
import { Parser } from './parser.ts';
import { Preprocessor, type PreprocessorMark } from './preprocess.ts';
import { Scope, type UnitSymbols } from './scope.ts';
import type { Token } from './token.ts';
import { Types } from './types-ops.ts';

/**
 * What private units that begin with the same `#include <…>` share: the header is preprocessed and parsed once for all of
 * them, as compilers do with precompiled headers. Sixty scenarios cost little more than one.
 */
interface Prelude {
  readonly scope: Scope;
  readonly mark: PreprocessorMark;
}

/** How far into a unit comments may reach before its first directive. */
const HEAD = 65_536;

/** The header of an `#include <…>` before which nothing but comments stands. */
function firstInclude(text: string): string | undefined {
  const head = text.slice(0, HEAD);
  const blank = /\s+|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
  let at = 0;
  while (blank.test(head)) at = blank.lastIndex;
  const include = /#[ \t]*include[ \t]*<([^>\n]+)>/y;
  include.lastIndex = at;
  return include.exec(head)?.[1];
}

/** Preprocesses, parses and links. Never throws a CodedError: what is wrong with a unit is in `errors`. */
export const compile: Compile = (input): CompileResult => {
  const errors: CodedError[] = [];
  const limits = withDefaults(input.limits);
  const types = new Types(input.target);
  const preprocessor = new Preprocessor(input);
  const units: ParsedUnit[] = [];
  const preludes = new Map<string, Prelude | undefined>();
  const parsed = (unit: Unit, tokens: readonly Token[], scope: Scope, found: CodedError[], imports?: Imports) => {
    const symbols = emptySymbols(unit, tokens, scope);
    const parser = new Parser(symbols, types, preprocessor.locations, limits);
    imports?.attach(parser);
    parseUnit(parser, found);
    return { parser, symbols, weak: unit.weak ?? false, private: unit.private ?? false };
  };
  const parse = (unit: Unit, tokens: readonly Token[], scope: Scope): void => {
    units.push(parsed(unit, tokens, scope, errors));
  };
  /**
   * A unit of the tree. What it needs is nearly always declared by our headers; where it is not, it is read a second time,
   * with what is missing taken from the tree.
   */
  const parseCode = (unit: Unit): void => {
    const known = preprocessor.errors.length;
    let codeStart = Number.POSITIVE_INFINITY;
    const tokens = preprocessor.unit(unit, () => {
      codeStart = preprocessor.emitted;
    });
    const found: CodedError[] = [];
    const first = parsed(unit, tokens, new Scope(undefined, 'file'), found);
    if (found.length === 0 && preprocessor.errors.length === known && !lacksDeclarations(first.parser, codeStart)) {
      units.push(first);
      return;
    }
    preprocessor.errors.length = known;
    const read = [...preprocessor.unitState().read].filter((file) => preprocessor.isCode(file));
    const imports = new Imports(preprocessor, new HeaderGraph(unit.path, preprocessor.sources, input), read);
    const again = preprocessor.unit(unit, () => imports.prepare(read));
    units.push(parsed(unit, again, new Scope(undefined, 'file'), errors, imports));
  };
  /** The header read once; undefined where it cannot be read, so that each unit says so for itself. */
  const preludeOf = (header: string): Prelude | undefined => {
    if (preludes.has(header)) return preludes.get(header);
    let prelude: Prelude | undefined;
    try {
      const unit: Unit = {
        path: `<${header}>`,
        from: 'text',
        text: `#include <${header}>\n`,
        private: true,
        weak: true,
      };
      const tokens = preprocessor.unit(unit);
      prelude = { scope: new Scope(undefined, 'prelude'), mark: preprocessor.mark() };
      parse(unit, tokens, prelude.scope);
    } catch (error) {
      if (!(error instanceof Coded)) throw error;
    }
    preludes.set(header, prelude);
    return prelude;
  };
  for (const unit of input.units) {
    try {
      const header = unit.private && unit.text !== undefined ? firstInclude(unit.text) : undefined;
      const prelude = header === undefined ? undefined : preludeOf(header);
      if (prelude) {
        preprocessor.resume(prelude.mark);
        parse(unit, preprocessor.continueWith(unit), new Scope(prelude.scope, 'file'));
      } else if (unit.from === 'tree') parseCode(unit);
      else parse(unit, preprocessor.unit(unit), new Scope(undefined, 'file'));
    } catch (error) {
      if (!(error instanceof Coded)) throw error;
      errors.push(error);
    }
  }
  const program = new LinkedProgram(units, types, input.target, preprocessor.locations);
  return {
    program,
    errors: [...preprocessor.errors, ...errors, ...program.errors],
    missingHeaders: preprocessor.missingHeaders,
    files: preprocessor.sources.locations.texts(),
    exported: new Set(units.flatMap((unit) => [...unit.symbols.exported])),
    initcalls: units.flatMap((unit) => unit.symbols.initcalls),
    setups: units.flatMap((unit) => unit.symbols.setups),
  };
};

function emptySymbols(unit: Unit, tokens: readonly Token[], scope: Scope): UnitSymbols {
  return {
    path: unit.path,
    tokens,
    scope,
    functions: [],
    globals: [],
    linkage: new Map(),
    strings: new Map(),
    exported: new Set(),
    initcalls: [],
    setups: [],
    dataBytes: 0,
    initItems: 0,
  };
}
