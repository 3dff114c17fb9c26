import models from 'virtual:model';
import { version } from '../../package.json';
import { review } from '../review/review.ts';
import type { Reviewer } from './worker-body.ts';

/** The core's review, called with what a request says. */
export const reviewRequest: Reviewer = async (request, tree, hooks) => {
  const { report, files } = await review({
    patchText: request.patchText,
    patchName: request.patchName,
    tree,
    model: models,
    scenarios: request.scenarios,
    direction: request.direction,
    signal: hooks.signal,
    progress: hooks.progress,
    toolVersion: version,
    ...(request.machine === undefined ? {} : { machine: request.machine }),
    ...(request.statements === undefined ? {} : { budget: { statements: request.statements } }),
  });
  return { report, files };
};
