/**
 * Mutants of kernel/resource.c (6.12) that nothing can tell from the original, each with the reason; found among the
 * survivors of the search by reading them. `nth`: among the mutants of its function, from 0.
 */
export interface Equivalent {
  readonly function: string;
  readonly nth: number;
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [];
