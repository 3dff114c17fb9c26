import type { FrontEndLimits } from './api.ts';

/**
 * Default bounds of the front end. The real `kernel/resource.c` with all its real headers stays two orders of magnitude
 * below each of them.
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
