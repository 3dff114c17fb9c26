/**
 * A position in the source: an index into a {@link LocationTable}. 0 is "nowhere" (built-in text).
 * Plain numbers, so that a token costs one field and a trace four bytes.
 */
export type Loc = number;

/** What a {@link Loc} stands for. Lines and columns are 1-based; columns count UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Innermost first: the macros whose expansion made this token, each with the place where its name was written. */
  readonly macros: readonly { readonly name: string; readonly loc: Loc }[];
}

/** Resolves locations. Files get consecutive ranges of numbers; each token made by a macro gets a number of its own. */
export interface LocationTable {
  /** Where the token is spelled (inside the macro's body or argument). */
  spelling(loc: Loc): Location;
  /** Where a reader looks for it: the outermost macro use, or the token itself where no macro is involved. */
  presumed(loc: Loc): Location;
  /** The text of the line, for carets. */
  lineText(file: string, line: number): string | undefined;
}

/** Kinds of preprocessing tokens (C11 6.4). Keywords are `Ident`: the parser tells them apart. */
export const Tok = { Ident: 0, Number: 1, Char: 2, String: 3, Punct: 4, Eof: 5, Other: 6 } as const;
export type TokKind = (typeof Tok)[keyof typeof Tok];

export interface Token {
  readonly kind: TokKind;
  /** The spelling: `"abc\n"` with its quotes and escapes, `0x10ULL`, `<<=`. */
  readonly text: string;
  readonly loc: Loc;
  /** First on its line (after splicing), which makes `#` a directive. */
  readonly bol: boolean;
  /** White space stands before it (matters to `#` stringizing). */
  readonly space: boolean;
}

/** Binary operators by how tightly they bind (C11 6.5.5 to 6.5.14); #if has the same ones. */
export const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['<=', 7],
  ['>', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);
