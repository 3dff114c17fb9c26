import type { CodedError, Place } from '../base/errors.ts';
import { moreProblems, shown } from './errors.ts';
import type { LineCursor } from './lines.ts';

const MOST = 200;

/** Collects the problems of one input; a hostile one may have millions. */
export class Problems {
  readonly name: string;
  readonly #list: CodedError[] = [];
  #more = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(error: CodedError): CodedError {
    if (this.#list.length < MOST) this.#list.push(error);
    else this.#more++;
    return error;
  }

  get count(): number {
    return this.#list.length + this.#more;
  }

  /** The place of the line that `cursor` will give next. */
  at(cursor: LineCursor): Place {
    return this.place(cursor.nearLine, cursor.peek());
  }

  place(line: number, text?: string): Place {
    return text === undefined ? { file: this.name, line } : { file: this.name, line, text: shown(text) };
  }

  list(): readonly CodedError[] {
    const sorted = this.#list.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
    if (this.#more > 0) sorted.push(moreProblems(this.place(sorted.at(-1)?.place?.line ?? 1), this.#more));
    return sorted;
  }
}
