import { Sym } from '../intern.ts';
import { Tok } from '../token.ts';
import { Flag, lineEnd, type TokenizedFile } from '../tokenize.ts';

/*
 * What a header declares at its top level, found by counting brackets over its tokens, without preprocessing it: enough to
 * take one declaration out of it.
 */

/** A branch that must be taken: the `#` of its own directive, and that of the `#if` which opens the group. */
export interface Branch {
  readonly opener: number;
  readonly branch: number;
}
/** A declaration, from its first token up to (not including) `to`; for a macro the `#` of its `#define`. */
export interface Entry {
  readonly from: number;
  readonly to: number;
  /** Outermost first. The include guard is left out. */
  readonly branches: readonly Branch[];
  /** A function with its body, or a macro: better than a mere prototype. */
  readonly body: boolean;
}
export interface HeaderIndex {
  readonly includes: readonly { readonly name: string; readonly quoted: boolean }[];
  readonly macros: ReadonlyMap<string, readonly Entry[]>;
  /** Functions, objects, typedefs and enumerators. */
  readonly names: ReadonlyMap<string, readonly Entry[]>;
  /** Definitions of structs, unions and enums, nested ones too, by tag. */
  readonly tags: ReadonlyMap<string, readonly Entry[]>;
  /** Uses of a macro in place of a declaration (`DEFINE_GUARD(mutex, …)`), by each name among its arguments. */
  readonly uses: ReadonlyMap<string, readonly Entry[]>;
}

/** A declaration of members inside a record's definition. */
export interface MemberPiece {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
  /** Inside the record's own entry; the branches of that hold besides. */
  readonly branches: readonly Branch[];
}

/** The members that the definition of `struct tag` (or `union tag`) inside `entry` declares, line by line. */
export function memberPieces(file: TokenizedFile, entry: Entry, tag: string): readonly MemberPiece[] {
  const { texts, kind, flags, sym } = file;
  let at = entry.from;
  while (at < entry.to && !(texts[at] === tag && TAG_WORDS.has(texts[at - 1] ?? ''))) at++;
  while (at < entry.to && texts[at] !== '{') at++;
  const pieces: MemberPiece[] = [];
  let branches: readonly Branch[] = [];
  let names: string[] = [];
  let start = -1;
  let depth = 0;
  for (let i = at; i < entry.to; i++) {
    if ((flags[i]! & Flag.Directive) !== 0) {
      const name = sym[i + 1];
      if (name === Sym.if || name === Sym.ifdef || name === Sym.ifndef) {
        branches = [...branches, { opener: i, branch: i }];
        // A line of members with a conditional inside is taken as it is: the conditional is inside the piece.
      } else if (name === Sym.endif) branches = branches.slice(0, -1);
      else if (name === Sym.else || name === Sym.elif || name === Sym.elifdef || name === Sym.elifndef) {
        const last = branches.at(-1);
        if (last) branches = [...branches.slice(0, -1), { opener: last.opener, branch: i }];
      }
      i = lineEnd(file, i) - 1;
      continue;
    }
    const text = texts[i]!;
    if (kind[i] === Tok.Punct && (text === '{' || text === '(' || text === '[')) {
      depth++;
      continue;
    }
    if (kind[i] === Tok.Punct && (text === '}' || text === ')' || text === ']')) {
      if (--depth === 0) break;
      // `ZONE_PADDING(_pad1_)` in a line of its own is no part of the next member.
      if (depth === 1 && text === ')' && texts[start + 1] === '(' && (flags[i + 1]! & Flag.Bol) !== 0) start = -1;
      continue;
    }
    if (depth === 1 && start < 0) {
      start = i;
      names = [];
    }
    if (text === ';' && depth === 1) {
      pieces.push({ from: start, to: i + 1, names, branches });
      start = -1;
    } else if (kind[i] === Tok.Ident && !TAG_WORDS.has(texts[i - 1] ?? '')) {
      const next = texts[i + 1]!;
      // Names of nested records count for the piece that holds them.
      if (next === ';' || next === ',' || next === '[' || next === ':' || next === ')') names.push(text);
      else if (kind[i + 1] === Tok.Ident && next.startsWith('__')) names.push(text);
    }
  }
  return pieces;
}

const cache = new WeakMap<TokenizedFile, HeaderIndex>();

/** The index of one file; made once for each content. Linear in its tokens. */
export function headerIndex(file: TokenizedFile): HeaderIndex {
  let found = cache.get(file);
  if (!found) cache.set(file, (found = new Indexer(file).run()));
  return found;
}

/** Words after which a name is a tag or no name. */
const TAG_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);
const ATTRIBUTE_WORDS: ReadonlySet<string> = new Set(['__attribute__', '__attribute', 'asm', '__asm__', '_Alignas']);

interface Group {
  readonly opener: number;
  /** Bracket depth where it opens. */
  readonly depth: number;
  hasElse: boolean;
}

class Indexer {
  readonly #file: TokenizedFile;
  readonly #includes: { name: string; quoted: boolean }[] = [];
  readonly #macros = new Map<string, Entry[]>();
  readonly #names = new Map<string, Entry[]>();
  readonly #tags = new Map<string, Entry[]>();
  readonly #uses = new Map<string, Entry[]>();
  readonly #groups: Group[] = [];
  #branches: readonly Branch[] = [];
  /** First token of the declaration at hand, or -1 between declarations; and the number of groups around it. */
  #start = -1;
  #startGroups = 0;
  #startBranches: readonly Branch[] = [];
  #depth = 0;

  constructor(file: TokenizedFile) {
    this.#file = file;
  }

  run(): HeaderIndex {
    const { count, flags, kind, texts } = this.#file;
    /** Whether the brace at depth 0 opens a function's body. */
    let body = false;
    for (let i = 0; i < count; ) {
      if ((flags[i]! & Flag.Directive) !== 0) {
        this.#directive(i);
        i = lineEnd(this.#file, i);
        continue;
      }
      if (this.#start < 0) this.#begin(i);
      const text = texts[i]!;
      if (kind[i] === Tok.Punct) {
        if (text === '(' || text === '[') this.#depth++;
        else if (text === '{') {
          if (this.#depth === 0) body = (texts[i - 1] === ')' || this.#endsWithAttribute(i)) && !this.#isRecordMacro(i);
          this.#depth++;
        } else if (text === ')' || text === ']' || text === '}') {
          this.#depth = Math.max(0, this.#depth - 1);
          if (this.#depth === 0 && text === '}' && body) this.#end(i + 1, true);
          else if (this.#depth === 0 && text === ')' && this.#isUse(i)) this.#use(i + 1);
        } else if (text === ';' && this.#depth === 0) {
          if (i === this.#start) this.#start = -1;
          else if (this.#isUse(i - 1)) this.#use(i + 1);
          else this.#end(i + 1, false);
        }
      }
      i++;
    }
    return {
      includes: this.#includes,
      macros: this.#macros,
      names: this.#names,
      tags: this.#tags,
      uses: this.#uses,
    };
  }

  #begin(i: number): void {
    this.#start = i;
    this.#startGroups = this.#groups.length;
    this.#startBranches = this.#branches;
  }

  #directive(i: number): void {
    const { sym, texts, kind, guard } = this.#file;
    const end = lineEnd(this.#file, i);
    switch (sym[i + 1]) {
      case Sym.define:
        if (i + 2 < end && kind[i + 2] === Tok.Ident)
          add(this.#macros, texts[i + 2]!, { from: i, to: end, branches: this.#branches, body: true });
        return;
      case Sym.include:
      case Sym.include_next: {
        const first = texts[i + 2];
        if (i + 2 >= end || first === undefined) return;
        if (kind[i + 2] === Tok.String) this.#includes.push({ name: first.slice(1, -1), quoted: true });
        else if (first.startsWith('<') && first.endsWith('>'))
          this.#includes.push({ name: first.slice(1, -1), quoted: false });
        return;
      }
      case Sym.if:
      case Sym.ifdef:
      case Sym.ifndef:
        this.#groups.push({ opener: i, depth: this.#depth, hasElse: false });
        // The guard holds whenever the header is read.
        if (!(i === 0 && guard >= 0)) this.#branches = [...this.#branches, { opener: i, branch: i }];
        return;
      case Sym.elif:
      case Sym.elifdef:
      case Sym.elifndef:
      case Sym.else: {
        const group = this.#groups.at(-1);
        if (!group) return;
        if (sym[i + 1] === Sym.else) group.hasElse = true;
        this.#depth = group.depth;
        this.#leaveBranch();
        if (this.#branches.at(-1)?.opener === group.opener)
          this.#branches = [...this.#branches.slice(0, -1), { opener: group.opener, branch: i }];
        return;
      }
      case Sym.endif: {
        const group = this.#groups.pop();
        if (!group) return;
        // Without #else the other way is nothing at all: what the branch opened, another one closes (`extern "C" {`).
        if (!group.hasElse) this.#depth = group.depth;
        this.#leaveBranch();
        if (this.#branches.at(-1)?.opener === group.opener) this.#branches = this.#branches.slice(0, -1);
        return;
      }
    }
  }

  /** A declaration that began inside the branch which ends here cannot be taken out whole. */
  #leaveBranch(): void {
    if (this.#start >= 0 && this.#groups.length < this.#startGroups + 1 && this.#depth === 0) {
      if (this.#startGroups > this.#groups.length || this.#branches !== this.#startBranches) this.#start = -1;
    }
  }

  /** `context_lock_struct(mutex) {`: a macro in place of the head of a record, which ends in `};`. */
  #isRecordMacro(brace: number): boolean {
    const { texts, kind, count } = this.#file;
    const start = this.#start;
    if (kind[start] !== Tok.Ident || texts[start + 1] !== '(' || kind[start + 2] !== Tok.Ident) return false;
    if (texts[start + 3] !== ')' && texts[start + 3] !== ',') return false;
    for (let i = start + 3; i < brace - 1; i++) if (texts[i] === ')') return false;
    let depth = 0;
    for (let i = brace; i < count; i++) {
      if (texts[i] === '{') depth++;
      else if (texts[i] === '}' && --depth === 0) return texts[i + 1] === ';';
    }
    return false;
  }

  /** `int f(void) __must_hold(x) {`: the word before the brace is an attribute after a list of parameters. */
  #endsWithAttribute(brace: number): boolean {
    const { texts, kind } = this.#file;
    if (kind[brace - 1] !== Tok.Ident || TAG_WORDS.has(texts[brace - 1]!) || TAG_WORDS.has(texts[brace - 2]!))
      return false;
    return texts[brace - 2] === ')';
  }

  /** Whether the declaration so far is `NAME ( … )`, a macro in place of a declaration, and `close` is that bracket. */
  #isUse(close: number): boolean {
    const { kind, texts, flags, count } = this.#file;
    const start = this.#start;
    if (kind[start] !== Tok.Ident || texts[start + 1] !== '(' || texts[close] !== ')' || this.#depth !== 0)
      return false;
    let depth = 0;
    for (let i = start + 1; i < close; i++) {
      if (texts[i] === '(') depth++;
      else if (texts[i] === ')' && --depth === 0) return false;
    }
    // What goes on in the same line, or with an operator, is a declaration after all.
    const next = close + 1;
    return next >= count || (flags[next]! & (Flag.Bol | Flag.Directive)) !== 0 || texts[next] === ';';
  }

  #use(to: number): void {
    const entry = this.#entry(to, false);
    const { kind, texts } = this.#file;
    const seen = new Set<string>();
    for (let i = entry.from + 2; i < to && seen.size < 16; i++) {
      const name = texts[i]!;
      if (kind[i] !== Tok.Ident || seen.has(name)) continue;
      seen.add(name);
      add(this.#uses, name, entry);
    }
    this.#start = -1;
  }

  #entry(to: number, body: boolean): Entry {
    return { from: this.#start, to, branches: this.#startBranches, body };
  }

  #end(to: number, body: boolean): void {
    const entry = this.#entry(to, body);
    this.#start = -1;
    const { kind, texts, flags } = this.#file;
    const head = entry.from;
    if (
      !body &&
      texts[head + 1] === '(' &&
      texts[to - 1] === ';' &&
      texts[to - 2] === '}' &&
      kind[head + 2] === Tok.Ident
    )
      add(this.#tags, texts[head + 2]!, entry);
    let depth = 0;
    /** Braces of an enum around the token. */
    let enumDepth = -1;
    /** A name with parameters was declared: what stands behind them is an annotation, `int f(void) __acquires(lock)`. */
    let declared = false;
    for (let i = entry.from; i < to; i++) {
      if ((flags[i]! & Flag.Directive) !== 0) {
        i = lineEnd(this.#file, i) - 1;
        continue;
      }
      const text = texts[i]!;
      if (kind[i] === Tok.Punct) {
        if (text === '{' || text === '(' || text === '[') {
          if (text === '{' && body && depth === 0) break;
          if (text === '{' && enumDepth < 0 && this.#opensEnum(i, entry.from)) enumDepth = depth + 1;
          depth++;
        } else if (text === '}' || text === ')' || text === ']') {
          depth--;
          if (depth < enumDepth) enumDepth = -1;
        }
        continue;
      }
      if (kind[i] !== Tok.Ident) continue;
      const before = texts[i - 1];
      const next = texts[i + 1];
      if (TAG_WORDS.has(text)) {
        const tag = this.#tagDefined(i);
        if (tag !== undefined) add(this.#tags, tag, entry);
      } else if (enumDepth >= 0 && depth === enumDepth) {
        if (i > entry.from && (before === '{' || before === ',' || (flags[i]! & Flag.Bol) !== 0))
          if (next === '=' || next === ',' || next === '}' || (flags[i + 1]! & Flag.Directive) !== 0)
            add(this.#names, text, entry);
          // `DECLARE_VMA_BIT(READ, 0),`: the macro makes a name of its argument.
          else if (next === '(' && kind[i + 2] === Tok.Ident) add(this.#uses, texts[i + 2]!, entry);
      } else if (depth === 0) {
        if (i > entry.from && TAG_WORDS.has(before!)) continue;
        if (ATTRIBUTE_WORDS.has(text) || (declared && before === ')') || !this.#declares(i, to)) continue;
        add(this.#names, text, entry);
        declared ||= next === '(';
      } else if (depth === 1 && before === '*' && next === ')') {
        // `(*name)(…)`
        let at = i - 1;
        while (texts[at] === '*') at--;
        if (texts[at] === '(' && texts[i + 2] === '(') add(this.#names, text, entry);
      }
    }
  }

  /** Whether the name at depth 0 is one that is declared: a declarator's end follows, or attributes do. */
  #declares(i: number, to: number): boolean {
    const { texts, kind } = this.#file;
    const next = texts[i + 1]!;
    if (next === '(' || next === ';' || next === ',' || next === '=' || next === '[') return true;
    return i + 1 < to && kind[i + 1] === Tok.Ident && next.startsWith('__') && kind[i - 1] !== Tok.Punct
      ? true
      : kind[i + 1] === Tok.Ident && next.startsWith('__') && texts[i - 1] === '*';
  }

  #opensEnum(brace: number, from: number): boolean {
    const { texts } = this.#file;
    for (let i = brace - 1; i >= from && i >= brace - 4; i--) if (texts[i] === 'enum') return true;
    return false;
  }

  /** The tag that `struct`, `union` or `enum` at `i` defines: a `{` follows, perhaps behind attributes. */
  #tagDefined(i: number): string | undefined {
    const { texts, kind, count } = this.#file;
    let tag: string | undefined;
    let at = i + 1;
    for (const end = Math.min(count, i + 24); at < end; at++) {
      const text = texts[at]!;
      if (text === '{') return tag;
      if (text === '(') {
        let depth = 1;
        const macro = texts[at - 1]!;
        while (depth > 0 && ++at < end) depth += texts[at] === '(' ? 1 : texts[at] === ')' ? -1 : 0;
        // `struct kfifo __STRUCT_KFIFO_PTR(…);`: the macro makes the members.
        if (texts[at + 1] === ';' && /^__[A-Z]/.test(macro)) return tag;
      } else if (kind[at] === Tok.Ident) {
        if (tag !== undefined && !text.startsWith('__')) return undefined;
        if (!text.startsWith('__') || texts[at + 1] === '{') tag = text;
      } else return undefined;
    }
    return undefined;
  }
}

function add(map: Map<string, Entry[]>, name: string, entry: Entry): void {
  const list = map.get(name);
  if (!list) map.set(name, [entry]);
  else if (list[list.length - 1] !== entry) list.push(entry);
}
