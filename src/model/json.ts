import { notJson } from './errors.ts';

/*
 * JSON that knows its places, so that a mistake in a written file has one. Objects are Maps: names come from strangers.
 */

/** Line and column count from 1, in UTF-16 units. */
export type Json = { readonly line: number; readonly column: number } & (
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Json> }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'word'; readonly text: 'true' | 'false' | 'null' }
);

/** A machine of 200,000 ranges is less. */
const MAX_CHARACTERS = 64 << 20;
const MAX_DEPTH = 200;

/** Reads one value and nothing after it. Throws D018 with line and column. */
export function parseJson(text: string, name: string): Json {
  return new Reader(text, name).whole();
}

/** The place with its line; a long line is left out, since what is shown of it would not have the column. */
function placeIn(
  text: string,
  line: number,
  from: number,
  column: number,
): { readonly line: number; readonly column: number; readonly text?: string } {
  const to = text.indexOf('\n', from);
  const shown = text.slice(from, to < 0 ? undefined : to).trimEnd();
  return { line, column, ...(shown.length > 400 ? {} : { text: shown }) };
}

/** The place of a value, with its line. */
export function placeOf(text: string, { line, column }: Json): ReturnType<typeof placeIn> {
  let from = 0;
  for (let i = 1; i < line; i++) from = text.indexOf('\n', from) + 1;
  return placeIn(text, line, from, column);
}

class Reader {
  readonly #text: string;
  readonly #name: string;
  #at = 0;
  #line = 1;
  /** Where the line begins. */
  #begun = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  whole(): Json {
    if (this.#text.length > MAX_CHARACTERS) this.#fail(`it has more than ${MAX_CHARACTERS} characters`);
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) this.#fail('something follows the value');
    return value;
  }

  #fail(why: string): never {
    const column = Math.min(this.#at, this.#text.length) - this.#begun + 1;
    throw notJson({ file: this.#name, ...placeIn(this.#text, this.#line, this.#begun, column) }, why);
  }

  #blank(): void {
    for (; ; this.#at++) {
      const c = this.#text[this.#at];
      if (c === '\n') {
        this.#line++;
        this.#begun = this.#at + 1;
      } else if (c !== ' ' && c !== '\t' && c !== '\r' && c !== '\ufeff') return;
    }
  }

  #take(wanted: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): Json {
    this.#blank();
    if (depth > MAX_DEPTH) this.#fail(`it is nested more than ${MAX_DEPTH} deep`);
    const line = this.#line;
    const column = this.#at - this.#begun + 1;
    if (this.#take('{')) {
      const members = new Map<string, Json>();
      if (this.#take('}')) return { kind: 'object', members, line, column };
      do {
        this.#blank();
        const from = this.#at;
        const key = this.#string();
        if (members.has(key)) {
          this.#at = from;
          this.#fail(`“${key.slice(0, 80)}” is there twice`);
        }
        if (!this.#take(':')) this.#fail('a colon is missing');
        members.set(key, this.#value(depth + 1));
      } while (this.#take(','));
      if (!this.#take('}')) this.#fail('a comma or } is missing');
      return { kind: 'object', members, line, column };
    }
    if (this.#take('[')) {
      const items: Json[] = [];
      if (this.#take(']')) return { kind: 'array', items, line, column };
      do items.push(this.#value(depth + 1));
      while (this.#take(','));
      if (!this.#take(']')) this.#fail('a comma or ] is missing');
      return { kind: 'array', items, line, column };
    }
    if (this.#text[this.#at] === '"') return { kind: 'string', text: this.#string(), line, column };
    const token = /[-+.\w]{0,64}/y;
    token.lastIndex = this.#at;
    const text = token.exec(this.#text)![0];
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) {
      this.#at += text.length;
      return { kind: 'number', text, line, column };
    }
    if (text === 'true' || text === 'false' || text === 'null') {
      this.#at += text.length;
      return { kind: 'word', text, line, column };
    }
    return this.#fail(text === '' ? 'a value is missing' : `“${text}” is no value`);
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') this.#fail('a string is missing');
    const from = this.#at;
    for (this.#at++; ; this.#at++) {
      const c = this.#text[this.#at];
      if (c === undefined || c === '\n') this.#fail('a string does not end');
      if (c === '\\') this.#at++;
      else if (c === '"') break;
    }
    this.#at++;
    try {
      return String(JSON.parse(this.#text.slice(from, this.#at)));
    } catch {
      return this.#fail('a string has an escape that there is not');
    }
  }
}
