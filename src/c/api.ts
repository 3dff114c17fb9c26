import type { CodedError } from '../base/errors.ts';
import type { SourceTree } from '../base/tree.ts';
import type { Program } from './ir.ts';
import type { Loc } from './token.ts';
import type { Target } from './types.ts';

/** What a compilation needs from outside. */
export interface CompileInput {
  readonly target: Target;
  /** Translation units, in link order: paths in `tree` or in `model`. */
  readonly units: readonly Unit[];
  /** The kernel tree (already before or after the patch). */
  readonly tree: SourceTree;
  /** Our model headers (`include/linux/slab.h`) and library (`lib/devres.c`). `<linux/slab.h>` is looked for here first. */
  readonly model: SourceTree;
  /** Headers taken from the tree in place of the model's or of nothing: `include/linux/ioport.h`, and each the patch touches. */
  readonly fromTree: readonly string[];
  /** Macros defined on the command line, e.g. `CONFIG_SPARSEMEM` → `1`. */
  readonly defines: ReadonlyMap<string, string>;
  readonly limits?: Partial<FrontEndLimits>;
}
export interface Unit {
  readonly path: string;
  readonly from: 'tree' | 'model' | 'text';
  /** The text where `from` is 'text' (a scenario). */
  readonly text?: string;
  /** Definitions of this unit that another unit of the program also makes: the earlier unit wins where true (model library under the tree's code). */
  readonly weak?: boolean;
  /** Its definitions are its own: it uses names of other units and lends none, so that two such units may define the same name. */
  readonly private?: boolean;
  /** Read behind the unit's own text as part of it, so that it may use what is static there. The unit's init calls are left to it. */
  readonly inside?: { readonly path: string; readonly text: string };
}
/** Bounds against hostile input. Exceeding one is a CodedError that names the bound. */
export interface FrontEndLimits {
  readonly tokens: number;
  readonly includeDepth: number;
  readonly macroDepth: number;
  readonly nesting: number;
  /** Characters of all files of one compilation together. */
  readonly sourceBytes: number;
  /** Characters of one physical line. */
  readonly lineLength: number;
}
export interface CompileResult {
  readonly program: Program;
  /** A top-level declaration that was not understood is skipped and listed here; the rest of the file goes on. */
  readonly errors: readonly CodedError[];
  /** Includes found neither in the model nor allowed from the tree: treated as empty, by name, with where they stand. */
  readonly missingHeaders: readonly { readonly name: string; readonly loc: Loc }[];
  /** Every file that was read, with its text: for views and for location look-ups. */
  readonly files: ReadonlyMap<string, string>;
  /** Names exported by EXPORT_SYMBOL*(), by function or variable name. */
  readonly exported: ReadonlySet<string>;
  /** Functions that initcall macros name, with their level (`pure`, `core`, … as the macro says), in order. */
  readonly initcalls: readonly { readonly level: string; readonly name: string; readonly loc: Loc }[];
  /** Handlers of boot options by `__setup("option=", fn)`, in order. */
  readonly setups: readonly { readonly option: string; readonly name: string; readonly loc: Loc }[];
}
/** `src/c/compile.ts` exports `compile: Compile`. */
export type Compile = (input: CompileInput) => CompileResult;
