/**
 * Numbers that look random and follow from a seed and the number of an execution: G. Steele, D. Lea, C. Flood, “Fast
 * Splittable Pseudorandom Number Generators”, OOPSLA 2014, in 32 bits.
 */
export class Prng {
  #state: number;

  constructor(seed: number, execution: number) {
    this.#state = mix(mix(seed | 0) ^ Math.imul(execution, 0x9e3779b1));
  }

  /** From 0 to `count` − 1. */
  below(count: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return Math.floor((mix(this.#state) / 0x1_0000_0000) * count);
  }
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
