import type { CodedError } from '../../base/errors.ts';
import type { CompileInput, CompileResult } from '../api.ts';
import type { SourceFile } from '../source.ts';
import type { Loc, LocationTable, Token } from '../token.ts';
import type { Expander } from './expand.ts';
import type { Macro } from './macros.ts';
import type { Preprocessor } from './preprocess.ts';

/** What preprocessing needs from a compilation. */
export type PreprocessContext = Pick<CompileInput, 'tree' | 'model' | 'fromTree' | 'defines' | 'target' | 'limits'>;

export interface PreprocessResult {
  /** Everything after the directives, ended by an `Eof` token. */
  readonly tokens: Token[];
  /** What was wrong and could be passed over. */
  readonly errors: readonly CodedError[];
  readonly missingHeaders: CompileResult['missingHeaders'];
  readonly locations: LocationTable;
  /** For the macros that are defined at the end, and for reading more files with them. */
  readonly preprocessor: Preprocessor;
}

/** A macro as others see it. */
export interface MacroView {
  readonly name: string;
  /** undefined: object-like. */
  readonly params: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly body: readonly Token[];
  readonly loc: Loc;
}

/** What a unit's macros and files are at its end: declarations that are wanted later are read with them. */
export interface UnitState {
  readonly expander: Expander;
  readonly once: Set<SourceFile>;
  readonly read: Set<SourceFile>;
  readonly base: SourceFile | undefined;
  readonly pasted: ((name: string) => void) | undefined;
}

/** A state of the preprocessor between files. */
export interface PreprocessorMark {
  readonly macros: readonly (Macro | undefined)[];
  readonly once: ReadonlySet<SourceFile>;
  readonly counter: number;
}
