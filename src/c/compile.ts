import type { CodedError } from '../base/errors.ts';
import { CodedError as Coded } from '../base/errors.ts';
import type { Compile, CompileResult, Unit } from './api.ts';
import { withDefaults } from './limits.ts';
import { LinkedProgram, type ParsedUnit } from './link.ts';
import { parseUnit } from './parse-top.ts';
import { Parser, type UnitSymbols } from './parser.ts';
import { Preprocessor } from './preprocess.ts';
import { Scope } from './scope.ts';
import type { Token } from './token.ts';
import { Types } from './types-ops.ts';

/** Preprocesses, parses and links. Never throws a CodedError: what is wrong with a unit is in `errors`. */
export const compile: Compile = (input): CompileResult => {
  const errors: CodedError[] = [];
  const limits = withDefaults(input.limits);
  const types = new Types(input.target);
  const preprocessor = new Preprocessor(input);
  const units: ParsedUnit[] = [];
  for (const unit of input.units) {
    let tokens: Token[];
    try {
      tokens = preprocessor.unit(unit);
    } catch (error) {
      if (!(error instanceof Coded)) throw error;
      errors.push(error);
      continue;
    }
    const symbols = emptySymbols(unit, tokens);
    const parser = new Parser(symbols, types, preprocessor.locations, limits);
    parseUnit(parser, errors);
    units.push({ parser, symbols, weak: unit.weak ?? false, private: unit.private ?? false });
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

function emptySymbols(unit: Unit, tokens: readonly Token[]): UnitSymbols {
  return {
    path: unit.path,
    tokens,
    scope: new Scope(undefined),
    functions: [],
    globals: [],
    linkage: new Map(),
    strings: new Map(),
    exported: new Set(),
    initcalls: [],
    setups: [],
    dataBytes: 0,
  };
}
