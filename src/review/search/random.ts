/** Numbers that only look random: the same seed gives the same ones on every machine. sfc32, after Chris Doty-Humphrey. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** What it takes to go on from here. */
  save(): readonly number[] {
    return [this.#a, this.#b, this.#c, this.#counter];
  }
  restore([a = 0, b = 0, c = 0, counter = 1]: readonly number[]): void {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  /** An integer of 32 bits, not negative. */
  next(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }
  /** From 0 to `count − 1`; 0 for no choice at all. */
  below(count: number): number {
    return count <= 1 ? 0 : this.next() % count;
  }
  /** True this many times in a hundred. */
  percent(chance: number): boolean {
    return this.next() % 100 < chance;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
