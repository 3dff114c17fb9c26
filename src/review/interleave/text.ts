import { findingLine, observeLines } from '../text.ts';
import type { ExploreResult, ShownExploration } from './run.ts';
import type { SearchRecord } from './search.ts';

const memoryModel = 'sequentially consistent';
const notModelled = ['interrupts', 'time'];

const strategyNames: Record<SearchRecord['strategy'], string> = {
  dpor: 'every schedule that matters',
  preemption: 'bounded preemptions',
  random: 'random walks',
  pct: 'random priorities (PCT)',
  single: 'one schedule',
};

/** What each strategy did, in turn. */
export function searchesText(searches: readonly SearchRecord[]): string {
  return searches
    .map(({ strategy, executions, bound, seed, exhausted }) => {
      const how = bound ? `at most ${bound.preemptions} preemptions` : strategyNames[strategy];
      const drawn = seed === undefined ? '' : `, seed ${seed}`;
      return `${how}: ${executions} execution${executions === 1 ? '' : 's'}${drawn}${exhausted ? ', all' : ''}`;
    })
    .join('; ');
}

/** What a search did and within which bounds, for people. */
export function searchLines(e: Omit<ShownExploration, 'outcomes'>): readonly string[] {
  const where =
    e.granularity === 'access'
      ? 'every access to shared memory'
      : `synchronising operations${e.watched > 0 ? ` and accesses to ${e.watched} bytes that races were found on` : ''}`;
  return [
    `executions: ${e.executions}`,
    `blocked: ${e.blocked}`,
    `complete: ${e.complete ? 'yes' : `no (${e.cutOff === 'executions' ? 'the bound on executions' : (e.cutOff ?? 'races')})`}`,
    `strategy: ${searchesText(e.searches)}; at most ${e.preemptions} preemptions in one execution`,
    `threads: ${e.threads}, switched at ${where}; at most ${e.steps} steps; memory model: ${memoryModel}; not modelled: ${notModelled.join(', ')}`,
  ];
}

export function exploreText(path: string, results: readonly ExploreResult[]): string {
  const out: string[] = [];
  for (const { machine, before, after, findings } of results) {
    for (const [which, e] of [
      ['before', before],
      ['after', after],
    ] as const) {
      if (!e) continue;
      out.push(`scenario: ${path} on ${machine}${before ? `, ${which} the patch` : ''}`, ...searchLines(e));
      for (const stub of e.stubs) out.push(`stub: ${stub} (no body, no model: it answers 0 and orders nothing)`);
      out.push(`outcomes: ${e.outcomes.length}`);
      e.outcomes.forEach(({ outcome, count, schedule }, i) => {
        out.push(
          `outcome ${i + 1}: ${outcome.end}, ${count === 0 ? 'where a writer begins to wait' : `${count} of ${e.executions} executions`}, schedule ${schedule || '-'}`,
        );
        for (const line of observeLines(outcome)) out.push(`  ${line}`);
        for (const line of outcome.log) out.push(`  log ${line}`);
        for (const p of outcome.problems) out.push(`  problem ${p.rule} ${p.at.file}:${p.at.line} ${p.message}`);
      });
    }
    for (const finding of findings) {
      out.push(findingLine(finding));
      for (const r of finding.related) out.push(`    ${r.at.file}:${r.at.line}: ${r.message} (${r.at.world})`);
      out.push(`    schedule ${finding.schedule || '-'}`);
    }
  }
  return `${out.join('\n')}\n`;
}

/** The same as data; format and version as in the other JSON texts. */
export function explorationJson(path: string, results: readonly ExploreResult[]): unknown {
  const side = (e: ShownExploration) => ({ ...e, memoryModel, notModelled });
  return {
    format: 'iomem-review-explore',
    version: 1,
    scenario: path,
    runs: results.map(({ machine, before, after, findings }) => ({
      machine,
      ...(before ? { before: side(before) } : {}),
      after: side(after),
      findings,
    })),
  };
}
