/**
 * The hide sets of Prosser's algorithm (Dave Prosser, X3J11/86-196; retold at https://www.spinellis.gr/blog/20060626/):
 * each token carries the macros that made it and must not be expanded again. A set is a number; equal sets are the same
 * number. Inside it is a list of descending symbols whose tails are shared.
 */
export class HideSets {
  /** Set 0 is empty. */
  readonly #head: number[] = [-1];
  readonly #tail: number[] = [0];
  readonly #size: number[] = [0];
  readonly #made = new Map<number, number>();
  readonly #unions = new Map<number, number>();
  readonly #grew: (size: number) => void;

  /** `grew` is told the size of each set that is new, and throws where it is too much. */
  constructor(grew: (size: number) => void) {
    this.#grew = grew;
  }

  has(set: number, sym: number): boolean {
    let at = set;
    while (this.#head[at]! > sym) at = this.#tail[at]!;
    return this.#head[at] === sym;
  }

  add(set: number, sym: number): number {
    if (this.has(set, sym)) return set;
    const larger: number[] = [];
    let at = set;
    while (this.#head[at]! > sym) {
      larger.push(this.#head[at]!);
      at = this.#tail[at]!;
    }
    return this.#onto(this.#make(sym, at), larger);
  }

  union(a: number, b: number): number {
    if (a === 0 || a === b) return b;
    if (b === 0) return a;
    const key = pair(a, b);
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const taken: number[] = [];
    let x = a;
    let y = b;
    while (x !== y && x !== 0 && y !== 0) {
      const hx = this.#head[x]!;
      const hy = this.#head[y]!;
      taken.push(Math.max(hx, hy));
      if (hx >= hy) x = this.#tail[x]!;
      if (hy >= hx) y = this.#tail[y]!;
    }
    const result = this.#onto(x === 0 ? y : x, taken);
    this.#unions.set(key, result);
    return result;
  }

  intersection(a: number, b: number): number {
    const both: number[] = [];
    let x = a;
    let y = b;
    while (x !== y && x !== 0 && y !== 0) {
      const hx = this.#head[x]!;
      const hy = this.#head[y]!;
      if (hx === hy) both.push(hx);
      if (hx >= hy) x = this.#tail[x]!;
      if (hy >= hx) y = this.#tail[y]!;
    }
    return this.#onto(x === y ? x : 0, both);
  }

  /** `larger` descending, on top of `set`. */
  #onto(set: number, larger: readonly number[]): number {
    let result = set;
    for (let i = larger.length - 1; i >= 0; i--) result = this.#make(larger[i]!, result);
    return result;
  }

  #make(head: number, tail: number): number {
    const key = pair(tail, head);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const id = this.#head.length;
    const size = this.#size[tail]! + 1;
    this.#grew(size);
    this.#head.push(head);
    this.#tail.push(tail);
    this.#size.push(size);
    this.#made.set(key, id);
    return id;
  }
}

/** Both are below 2^26: symbols and sets are bounded by the tokens of a compilation. */
function pair(a: number, b: number): number {
  return a * 2 ** 26 + b;
}
