/** A text as lines, compared in place: no line becomes a string of its own before a search needs it. */
export class Image {
  readonly text: string;
  /** Index in the text of each line's start; one more for the end. */
  readonly #starts: number[];
  readonly count: number;
  #index: Map<string, number[]> | undefined;

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    if (starts.at(-1) !== text.length) starts.push(text.length);
    this.#starts = starts;
    this.count = starts.length - 1;
  }

  /** Whether line `i` (from 0) has a newline. */
  hasNewline(i: number): boolean {
    return this.text.charCodeAt(this.#starts[i + 1]! - 1) === 10;
  }

  line(i: number): string {
    return this.text.slice(this.#starts[i], this.#starts[i + 1]! - (this.hasNewline(i) ? 1 : 0));
  }

  /** The text of lines from..to, with their newlines. */
  slice(from: number, to: number): string {
    return this.text.slice(this.#starts[from], this.#starts[to]);
  }

  equals(i: number, text: string): boolean {
    const start = this.#starts[i]!;
    const length = this.#starts[i + 1]! - start - (this.hasNewline(i) ? 1 : 0);
    return length === text.length && this.text.startsWith(text, start);
  }

  /** All places of a line, ascending. */
  places(text: string): readonly number[] {
    return this.#built().get(text) ?? NONE;
  }

  #built(): Map<string, number[]> {
    if (this.#index) return this.#index;
    const index = new Map<string, number[]>();
    for (let i = 0; i < this.count; i++) {
      const line = this.line(i);
      const places = index.get(line);
      if (places) places.push(i);
      else index.set(line, [i]);
    }
    this.#index = index;
    return index;
  }

  /** `crlf` where every line ends so, `lf` where none does. */
  endings(): 'crlf' | 'lf' | 'mixed' {
    let crlf = 0;
    let newlines = 0;
    for (let i = 0; i < this.count; i++) {
      if (!this.hasNewline(i)) continue;
      newlines++;
      if (this.text.charCodeAt(this.#starts[i + 1]! - 2) === 13) crlf++;
    }
    if (crlf === 0) return 'lf';
    return crlf === newlines ? 'crlf' : 'mixed';
  }
}

const NONE: readonly number[] = [];

/** Work that searches may do altogether, in compared lines. What lies beyond is given up, and said. */
export class Budget {
  #left: number;

  constructor(lines: number) {
    this.#left = lines;
  }

  spend(lines: number): boolean {
    this.#left -= lines;
    return this.#left >= 0;
  }

  get spent(): boolean {
    return this.#left < 0;
  }
}
