import type { Shape } from './mutate.ts';

/** One reader under hostile input. */
export interface Target {
  readonly name: string;
  /** Inputs that are read without complaint, or nearly: what is mutated. Never empty. */
  seeds(): readonly string[];
  readonly shape: Shape;
  /** Reads an input. Throws where the reader breaks what it promises. */
  read(input: string): void;
}
