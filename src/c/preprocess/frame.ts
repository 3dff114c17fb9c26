import type { SourceFile } from '../source.ts';
import type { Loc, TokKind } from '../token.ts';
import { Flag, type TokenizedFile } from '../tokenize.ts';
import type { Rest } from './expand.ts';
import { PpToken } from './macros.ts';

export interface Conditional {
  /** A branch was taken: the others are skipped. */
  taken: boolean;
  sawElse: boolean;
  readonly at: Loc;
}

/** A file being read. */
export class Frame implements Rest {
  readonly file: SourceFile;
  readonly tokens: TokenizedFile;
  readonly conditionals: Conditional[] = [];
  position = 0;
  readonly #directive: (frame: Frame, inArguments: boolean) => void;

  constructor(file: SourceFile, directive: (frame: Frame, inArguments: boolean) => void) {
    this.file = file;
    this.tokens = file.tokens;
    this.#directive = directive;
  }

  token(i: number, base: Loc = this.file.base): PpToken {
    const { kind, texts, start, flags, sym } = this.tokens;
    const flag = flags[i]!;
    return new PpToken(
      kind[i] as TokKind,
      texts[i]!,
      base + start[i]!,
      (flag & Flag.Bol) !== 0,
      (flag & Flag.Space) !== 0,
      sym[i]!,
      0,
    );
  }

  loc(i: number): Loc {
    const { start, count, text } = this.tokens;
    return this.file.base + (i < count ? start[i]! : text.length);
  }

  parenFollows(): boolean {
    return this.tokens.texts[this.position] === '(';
  }

  read(): PpToken | undefined {
    const { flags, count } = this.tokens;
    while (this.position < count && (flags[this.position]! & Flag.Directive) !== 0) this.#directive(this, true);
    return this.position < count ? this.token(this.position++) : undefined;
  }
}
