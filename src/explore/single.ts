import type { Strategy } from './strategy.ts';

/** One schedule: each thread in turn, from its start to its end or until it blocks. */
export const single = (): Strategy => ({
  name: 'single',
  granularity: 'end',
  next: (_machine, ready, last) => last ?? ready[0]!,
});
