/** Pseudo-random numbers from a seed and a run's number: any run can be made again alone. Not for secrets. */
export class Random {
  #state: number;

  constructor(seed: number, run: number) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(run + 1, 0xc2b2ae35)) | 0;
    for (let i = 0; i < 4; i++) this.bits();
  }

  /** 32 bits: mulberry32. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0 … below − 1; 0 where `below` is 0. */
  below(below: number): number {
    return below <= 0 ? 0 : Math.floor((this.bits() / 2 ** 32) * below);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Small numbers mostly, large ones sometimes. */
  skewed(most: number): number {
    return this.below(Math.min(most, 2 ** this.below(Math.ceil(Math.log2(most + 1)) + 1)));
  }
}
