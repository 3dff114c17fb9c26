import { HelperPool, MOST_HELPERS, type StartHelper } from '../review/interleave/pool.ts';

/** What a helper's thread is called: the file of the worker looks here for what it is to be. */
export const HELPER = 'iomem-review search';

/** Executions of a search after which helpers pay for what they cost, about a second each, where nobody asked for them. */
const PATIENCE = 8000;

/** Workers for one job, to share searches with; undefined for none. `limit` 0: as many as there are processors for. */
export type Helpers = (limit: number) => HelperPool | undefined;

/** The worker that leads a search waits meanwhile. One processor is left to the editor, where that leaves two. */
export const helpersOn =
  (processors: number, start: StartHelper): Helpers =>
  (limit) => {
    const fit = Math.min(processors, MOST_HELPERS);
    const size = limit > 0 ? Math.min(limit, MOST_HELPERS) : Math.max(Math.min(fit, 2), fit - 1);
    return size > 1 ? new HelperPool(size, start, limit > 0 ? 0 : PATIENCE) : undefined;
  };
