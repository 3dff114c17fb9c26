import type { FrontEndLimits } from './api.ts';

/**
 * Default bounds of the front end. `kernel/resource.c` with model headers needs a fiftieth of each of them, with all 580 of
 * its real headers a quarter.
 */
export const DEFAULT_LIMITS: FrontEndLimits = {
  tokens: 4_000_000,
  includeDepth: 200,
  macroDepth: 200,
  nesting: 256,
  sourceBytes: 64 * 1024 * 1024,
  lineLength: 1024 * 1024,
};

export function withDefaults(limits: Partial<FrontEndLimits> | undefined): FrontEndLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}
