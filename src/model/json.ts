import { notJson } from './errors.ts';

/*
 * JSON that knows its lines, so that a mistake in a written file has a place. Objects are Maps: names come from strangers.
 */

export type Json = { readonly line: number } & (
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Json> }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'word'; readonly text: 'true' | 'false' | 'null' }
);

/** A machine of 200,000 ranges is less. */
const MAX_CHARACTERS = 64 << 20;
const MAX_DEPTH = 200;

/** Reads one value and nothing after it. Throws D018 with the line. */
export function parseJson(text: string, name: string): Json {
  return new Reader(text, name).whole();
}

class Reader {
  readonly #text: string;
  readonly #name: string;
  #at = 0;
  #line = 1;

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
    const from = this.#text.lastIndexOf('\n', this.#at - 1) + 1;
    const to = this.#text.indexOf('\n', from);
    const shown = this.#text.slice(from, to < 0 ? undefined : to).slice(0, 200);
    throw notJson({ file: this.#name, line: this.#line, text: shown }, why);
  }

  #blank(): void {
    for (; ; this.#at++) {
      const c = this.#text[this.#at];
      if (c === '\n') this.#line++;
      else if (c !== ' ' && c !== '\t' && c !== '\r' && c !== '\ufeff') return;
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
    if (this.#take('{')) {
      const members = new Map<string, Json>();
      if (this.#take('}')) return { kind: 'object', members, line };
      do {
        this.#blank();
        const key = this.#string();
        if (members.has(key)) this.#fail(`“${key.slice(0, 80)}” is there twice`);
        if (!this.#take(':')) this.#fail('a colon is missing');
        members.set(key, this.#value(depth + 1));
      } while (this.#take(','));
      if (!this.#take('}')) this.#fail('a comma or } is missing');
      return { kind: 'object', members, line };
    }
    if (this.#take('[')) {
      const items: Json[] = [];
      if (this.#take(']')) return { kind: 'array', items, line };
      do items.push(this.#value(depth + 1));
      while (this.#take(','));
      if (!this.#take(']')) this.#fail('a comma or ] is missing');
      return { kind: 'array', items, line };
    }
    if (this.#text[this.#at] === '"') return { kind: 'string', text: this.#string(), line };
    const token = /[-+.\w]{0,64}/y;
    token.lastIndex = this.#at;
    const text = token.exec(this.#text)![0];
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) {
      this.#at += text.length;
      return { kind: 'number', text, line };
    }
    if (text === 'true' || text === 'false' || text === 'null') {
      this.#at += text.length;
      return { kind: 'word', text, line };
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
