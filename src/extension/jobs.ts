import models from 'virtual:model';
import { version } from '../../package.json';
import type { SourceTree } from '../base/tree.ts';
import type { JobRequest } from '../protocol.ts';
import { mailFacts } from '../review/facts.ts';
import { runKunit } from '../review/kunit.ts';
import { review } from '../review/review.ts';
import { timelinesOf } from '../review/timelines.ts';
import type { DebugServer } from './debug-server.ts';
import type { Performers } from './worker-body.ts';

/** Sequences of calls that a full review tries where scenarios tell nothing. */
const SEARCH_SEQUENCES = 1500;

/** The tree of a job, where it has one. */
const treeOf = (request: JobRequest, tree: SourceTree): { readonly tree?: SourceTree } =>
  request.tree.kind === 'none' ? {} : { tree };

/** The core's functions, called with what a request says. */
export const performers = (debugging: DebugServer): Performers => ({
  review: async (request, tree, hooks) => {
    const { report, files, left } = await review({
      patchText: request.patchText,
      patchName: request.patchName,
      ...treeOf(request, tree),
      model: models,
      scenarios: request.scenarios,
      direction: request.direction,
      depth: request.depth,
      ...(request.depth === 'full' ? { search: { when: 'silent' as const, sequences: SEARCH_SEQUENCES } } : {}),
      signal: hooks.signal,
      progress: hooks.progress,
      onPatch: ({ subject, verdict }, index, total) => hooks.patch({ index, total, subject, verdict }),
      toolVersion: version,
      ...(request.machine === undefined ? {} : { machine: request.machine }),
      ...(request.budget ? { budget: request.budget } : {}),
    });
    return { report, files, left, mails: mailFacts(request.patchText, request.patchName) };
  },
  kunit: (request, tree) =>
    runKunit({
      path: request.path,
      tree,
      model: models,
      ...(request.patch === undefined ? {} : { patch: request.patch }),
      ...(request.machine === undefined ? {} : { machine: request.machine }),
      ...(request.budget ? { budget: request.budget } : {}),
    }),
  timeline: (request, tree) =>
    timelinesOf({
      scenarioName: request.scenario.name,
      scenarioText: request.scenario.text,
      ...treeOf(request, tree),
      model: models,
      patch: {
        text: request.patchText,
        name: request.patchName,
        ...(request.patchIndex === undefined ? {} : { index: request.patchIndex }),
      },
      machine: request.machine,
      schedule: request.schedule,
    }),
  debug: (request, tree) => debugging.prepare(request, treeOf(request, tree), models),
});
