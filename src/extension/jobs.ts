import models from 'virtual:model';
import { version } from '../../package.json';
import type { SourceTree } from '../base/tree.ts';
import { proofValues } from '../debug/proof-values.ts';
import { packWhatIf, whatIfMaps } from '../map/what-if.ts';
import type { JobRequest, KunitRequest, ReviewRequest, TimelineRequest } from '../protocol.ts';
import { mailFacts } from '../review/facts.ts';
import { runKunit } from '../review/kunit.ts';
import { Machines } from '../review/machines.ts';
import { review } from '../review/review.ts';
import { timelinesOf } from '../review/timeline/timelines.ts';
import { whatIfText } from '../review/what-if/text.ts';
import { parseAllocations, whatIf } from '../review/what-if/what-if.ts';
import type { DebugServer } from './debug/server.ts';
import type { Helpers } from './search-helpers.ts';
import type { Performers } from './worker-body.ts';

/** Sequences of calls that a full review tries where scenarios tell nothing. */
const SEARCH_SEQUENCES = 1500;

/** The tree of a job, where it has one. */
const treeOf = (request: JobRequest, tree: SourceTree): { readonly tree?: SourceTree } =>
  request.tree.kind === 'none' ? {} : { tree };

/** The machine that a request names, and its text where that is a file. */
const machineOf = ({ machine, machineText }: ReviewRequest | KunitRequest | TimelineRequest) =>
  machine === undefined
    ? {}
    : { machine, ...(machineText === undefined ? {} : { machineTexts: new Map([[machine, machineText]]) }) };

const executionOf = (request: TimelineRequest, tree: SourceTree) => ({
  scenarioName: request.scenario.name,
  scenarioText: request.scenario.text,
  ...treeOf(request, tree),
  model: models,
  patch: {
    text: request.patchText,
    name: request.patchName,
    ...(request.patchIndex === undefined ? {} : { index: request.patchIndex }),
  },
  ...machineOf(request),
});

/** The core's functions, called with what a request says. */
export const performers = (debugging: DebugServer, helpers: Helpers): Performers => ({
  review: async (request, tree, hooks) => {
    const pool = helpers(request.searchWorkers);
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
      ...machineOf(request),
      ...(request.budget ? { budget: request.budget } : {}),
      ...(pool ? { pool } : {}),
    }).finally(() => pool?.close());
    return { report, files, left, helped: pool?.done ?? 0, mails: mailFacts(request.patchText, request.patchName) };
  },
  whatIf: async (request, tree) => {
    const texts = request.machineText === undefined ? new Map() : new Map([[request.machine, request.machineText]]);
    const result = await whatIf({
      tree,
      model: models,
      machine: new Machines(texts).named(request.machine),
      defines: request.defines,
      allocations: parseAllocations(request.allocate),
      ...(request.patch ? { patch: request.patch } : {}),
    });
    return { text: `${whatIfText(result)}\n${whatIfMaps(result)}`, map: packWhatIf(result) };
  },
  kunit: (request, tree) =>
    runKunit({
      path: request.path,
      tree,
      model: models,
      ...(request.patch === undefined ? {} : { patch: request.patch }),
      ...machineOf(request),
      ...(request.budget ? { budget: request.budget } : {}),
    }),
  timeline: (request, tree) => timelinesOf({ ...executionOf(request, tree), schedule: request.schedule }),
  values: (request, tree) =>
    proofValues({
      ...executionOf(request, tree),
      ...(request.schedule === '' ? {} : { schedule: request.schedule }),
      ...(request.budget ? { budget: request.budget } : {}),
    }),
  debug: (request, tree) => debugging.prepare(request, treeOf(request, tree), models),
});
