/** A stretch of text that is read line by line, with the line of the original input of each. Never splits it as a whole. */
export class LineCursor {
  readonly #text: string;
  readonly #end: number;
  /** Original line of each decoded line, 0 for none; undefined where lines correspond one to one. */
  readonly #map: Uint32Array | undefined;
  readonly #first: number;
  readonly #stripCr: boolean;
  readonly #unescapeFrom: boolean;
  #pos: number;
  /** Count of lines read. */
  #index = 0;
  /** Where the line at #pos ends; -1 where that is not known yet. */
  #stop = -1;

  constructor(part: TextPart, options: { stripCr?: boolean; unescapeFrom?: boolean } = {}) {
    this.#text = part.text;
    this.#pos = part.start;
    this.#end = part.end;
    this.#first = part.firstLine;
    this.#map = part.map;
    this.#stripCr = options.stripCr ?? false;
    this.#unescapeFrom = options.unescapeFrom ?? false;
  }

  /** Whether CRs before the newline are taken off. */
  get crlf(): boolean {
    return this.#stripCr;
  }

  get done(): boolean {
    return this.#pos >= this.#end;
  }

  /** Original line of the line that {@link next} will give, or of the end. */
  get line(): number | undefined {
    if (!this.#map) return this.#first + this.#index;
    return this.#map[this.#index] || undefined;
  }

  /** The nearest original line at or before this one, for messages that must name one. */
  get nearLine(): number {
    if (!this.#map) return this.#first + this.#index;
    for (let i = Math.min(this.#index, this.#map.length - 1); i >= 0; i--) {
      const line = this.#map[i];
      if (line) return line;
      // Base64 parts have no lines at all: do not walk back over all of them for each message.
      if (this.#index - i > 8) break;
    }
    return this.#first;
  }

  /** The next line without its newline, or undefined at the end. */
  next(): string | undefined {
    const line = this.peek();
    if (line !== undefined) this.#advance();
    return line;
  }

  peek(): string | undefined {
    const from = this.#pos;
    if (from >= this.#end) return undefined;
    let to = this.#newline();
    if (this.#stripCr && to > from && this.#text.charCodeAt(to - 1) === 13) to--;
    const line = this.#text.slice(from, to);
    if (this.#unescapeFrom && line.charCodeAt(0) === 62 && isEscapedFrom(line)) return line.slice(1);
    return line;
  }

  /** Whether the next line starts so; without making a string of it. */
  at(prefix: string): boolean {
    return this.#pos < this.#end && this.#text.startsWith(prefix, this.#pos);
  }

  skip(): void {
    if (this.#pos < this.#end) this.#advance();
  }

  /** Index in the text of the line that {@link next} will give. */
  get position(): number {
    return this.#pos;
  }

  mark(): { readonly pos: number; readonly index: number } {
    return { pos: this.#pos, index: this.#index };
  }

  reset(mark: { readonly pos: number; readonly index: number }): void {
    this.#pos = mark.pos;
    this.#index = mark.index;
    this.#stop = -1;
  }

  /** What has not been read, as a part of its own. */
  rest(): TextPart {
    const part = { text: this.#text, start: this.#pos, end: this.#end };
    if (!this.#map) return { ...part, firstLine: this.#first + this.#index };
    return { ...part, firstLine: this.nearLine, map: this.#map.subarray(this.#index) };
  }

  #newline(): number {
    if (this.#stop < 0) {
      const at = this.#text.indexOf('\n', this.#pos);
      this.#stop = at < 0 || at > this.#end ? this.#end : at;
    }
    return this.#stop;
  }

  #advance(): void {
    this.#pos = Math.min(this.#newline() + 1, this.#end);
    this.#stop = -1;
    this.#index++;
  }
}

/** `text[start, end)`; its first line is line `firstLine` of the original, further ones follow, or are named by `map`. */
export interface TextPart {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly map?: Uint32Array;
}

/** mboxrd and mboxo put a `>` before a body line that looks like the start of a mail. */
function isEscapedFrom(line: string): boolean {
  let i = 1;
  while (line.charCodeAt(i) === 62) i++;
  return line.startsWith('From ', i);
}
