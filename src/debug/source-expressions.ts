import { Interner } from '../c/intern.ts';
import { Tok } from '../c/token.ts';
import { type TokenizedFile, tokenize } from '../c/tokenize.ts';

/** A stretch of a statement that could be asked for its value. Lines and columns are 1-based, `endColumn` is exclusive. */
export interface SourceExpression {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** `path`: a variable, with members and elements of it; `whole`: anything longer. */
  readonly kind: 'path' | 'whole';
  /** The statement stores into it: what it holds is known when the statement is over. */
  readonly assigned: boolean;
}

/** Tokens of one statement, and expressions taken from it. */
const MOST_TOKENS = 300;
const MOST_EXPRESSIONS = 16;

const assigns = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']);
const separates = new Set([',', ';', '&&', '||', '?', ':', ...assigns]);
const compares = new Set(['==', '!=', '<', '>', '<=', '>=']);
const opens = new Set(['(', '[', '{']);
const closes = new Set([')', ']', '}']);
/** Before the expression of a statement. */
const leads = new Set(['return', 'else', 'do', 'case']);
/** With a condition in parentheses. */
const tests = new Set(['if', 'while', 'switch', 'for']);
const noValue = new Set(
  'struct union enum const static unsigned signed int long short char void bool goto break continue default sizeof typeof'.split(
    ' ',
  ),
);

/**
 * Finds in C text what a reader would ask for the value of: variables with their members, operands, arguments, conditions. It
 * only looks at tokens; whether something is an expression is for the parser to say.
 */
export class SourceExpressions {
  readonly #file: TokenizedFile;

  constructor(text: string) {
    this.#file = tokenize(text, new Interner());
  }

  /** Of the statement (or the part of a `for`) that begins at or after a place. */
  statementAt(line: number, column: number): readonly SourceExpression[] {
    const from = this.#tokenAt(line, column);
    return this.#expressions(from, this.#endOf(from));
  }

  /** Variables with their members on one line, as they stand there. */
  pathsOn(line: number): readonly SourceExpression[] {
    const from = this.#tokenAt(line, 1);
    let to = from;
    while (to < this.#file.count && to - from < MOST_TOKENS && this.#lineOf(to) === line) to++;
    return this.#paths(from, to, () => false);
  }

  #offset(line: number, column: number): number {
    return (this.#file.lineStarts[line - 1] ?? this.#file.text.length) + column - 1;
  }

  /** The first token that begins at a place or behind it. */
  #tokenAt(line: number, column: number): number {
    const offset = this.#offset(line, column);
    let [low, high] = [0, this.#file.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#file.start[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #lineOf(token: number): number {
    const at = this.#file.start[token]!;
    const { lineStarts } = this.#file;
    let [low, high] = [0, lineStarts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lineStarts[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #endOf(from: number): number {
    const { texts, count } = this.#file;
    const inTest = tests.has(texts[from] ?? '');
    let depth = 0;
    let at = from;
    for (; at < count && at - from < MOST_TOKENS; at++) {
      const text = texts[at]!;
      if (opens.has(text)) {
        if (text === '{' && depth === 0) break;
        depth++;
      } else if (closes.has(text)) {
        depth--;
        if (depth < 0) break;
        // A condition ends with its parenthesis, whatever stands behind it.
        if (depth === 0 && inTest) return at + 1;
      } else if (text === ';' && (depth === 0 || (inTest && depth === 1))) break;
    }
    return at;
  }

  #expressions(from: number, to: number): readonly SourceExpression[] {
    const { texts } = this.#file;
    const found = new Map<string, SourceExpression>();
    const add = (first: number, end: number, assigned: boolean): void => {
      const one = this.#make(first, end, assigned);
      if (one && (assigned || !found.has(one.text))) found.set(one.text, one);
    };
    let start = from;
    if (tests.has(texts[start] ?? '')) start += 2;
    while (leads.has(texts[start] ?? '')) start++;
    const end = tests.has(texts[from] ?? '') && texts[to - 1] === ')' ? to - 1 : to;
    if (tests.has(texts[from] ?? '')) add(start, end, false);
    const targets = new Set<number>();
    this.#split(start, end, add, targets);
    for (const one of this.#paths(start, end, (token) => targets.has(token)))
      if (!found.has(one.text)) found.set(one.text, one);
    return [...found.values()]
      .sort((a, b) => a.line - b.line || a.column - b.column || b.text.length - a.text.length)
      .slice(0, MOST_EXPRESSIONS);
  }

  /** Segments between separators at each depth; `targets` gets the tokens that end what is assigned to. */
  #split(
    from: number,
    to: number,
    add: (first: number, end: number, assigned: boolean) => void,
    targets: Set<number>,
  ): void {
    const { texts } = this.#file;
    interface Level {
      segment: number;
      operand: number;
    }
    const levels: Level[] = [{ segment: from, operand: from }];
    const close = (level: Level, at: number): void => {
      if (level.operand > level.segment) add(level.operand, at, false);
      add(level.segment, at, false);
    };
    for (let at = from; at < to; at++) {
      const text = texts[at]!;
      const level = levels.at(-1)!;
      if (opens.has(text)) levels.push({ segment: at + 1, operand: at + 1 });
      else if (closes.has(text)) {
        close(level, at);
        if (levels.length > 1) levels.pop();
      } else if (assigns.has(text)) {
        targets.add(at - 1);
        level.segment = level.operand = at + 1;
      } else if (separates.has(text)) {
        close(level, at);
        level.segment = level.operand = at + 1;
      } else if (compares.has(text)) {
        add(level.operand, at, false);
        level.operand = at + 1;
      } else if (text === '++' || text === '--')
        targets.add(this.#file.kind[at - 1] === Tok.Ident && at > from ? at - 1 : this.#pathEnd(at + 1, to) - 1);
    }
    close(levels[0]!, to);
  }

  /** The token behind a variable with its members and elements that begins at one; the same one where none does. */
  #pathEnd(from: number, to: number): number {
    const { texts, kind } = this.#file;
    if (kind[from] !== Tok.Ident) return from;
    let at = from + 1;
    while (at < to) {
      const text = texts[at]!;
      if ((text === '.' || text === '->') && kind[at + 1] === Tok.Ident && at + 1 < to) at += 2;
      else if (text === '[') {
        let depth = 0;
        let end = at;
        for (; end < to; end++) {
          if (texts[end] === '[') depth++;
          else if (texts[end] === ']' && --depth === 0) break;
        }
        if (end >= to) return at;
        at = end + 1;
      } else break;
    }
    return at;
  }

  #paths(from: number, to: number, isTarget: (token: number) => boolean): readonly SourceExpression[] {
    const { texts, kind } = this.#file;
    const found: SourceExpression[] = [];
    for (let at = from; at < to && found.length < MOST_EXPRESSIONS; ) {
      const end = this.#pathEnd(at, to);
      if (end === at) {
        at++;
        continue;
      }
      const before = texts[at - 1];
      // What is called, declared as a type, or a member of something longer has no value of its own.
      const named = kind[at + 1] !== Tok.Ident && texts[end] !== '(' && before !== '.' && before !== '->';
      const typed = at > from && (before === 'struct' || before === 'union' || before === 'enum' || before === 'goto');
      const one = named && !typed && this.#make(at, end, isTarget(end - 1));
      if (one) found.push(one);
      at = end;
    }
    return found;
  }

  #make(first: number, end: number, assigned: boolean): SourceExpression | undefined {
    if (first >= end) return undefined;
    const { texts, kind, start, text } = this.#file;
    if (noValue.has(texts[first]!)) return undefined;
    // A literal tells its value itself, and so does a string.
    if (end - first === 1 && kind[first] !== Tok.Ident) return undefined;
    const from = start[first]!;
    const to = start[end - 1]! + texts[end - 1]!.length;
    const line = this.#lineOf(first);
    const endLine = this.#lineOf(end - 1);
    return {
      text: text.slice(from, to).replace(/\s+/g, ' '),
      line,
      column: from - this.#file.lineStarts[line - 1]! + 1,
      endLine,
      endColumn: to - this.#file.lineStarts[endLine - 1]! + 1,
      kind: this.#pathEnd(first, end) === end ? 'path' : 'whole',
      assigned,
    };
  }
}
