import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { defaultBounds, exploreRun, type SavedExploration, type Strategy } from '../review/interleave/run.ts';
import { explorationJson, exploreText } from '../review/interleave/text.ts';
import { printable } from '../review/printable.ts';
import type { ModelFiles } from '../review/world.ts';
import { output } from './files.ts';
import { progress } from './progress.ts';
import { scenarioInput, scenarioOptions } from './scenario-options.ts';
import { searchWorkers } from './search-workers.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

/** Executions that random strategies draw, where nobody says how many. */
const DRAWN = 1000;

export async function exploreCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      ...scenarioOptions,
      bound: { type: 'string' },
      executions: { type: 'string' },
      granularity: { type: 'string' },
      strategy: { type: 'string' },
      preemptions: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      resume: { type: 'string' },
    },
  });
  const { path, format, input, assertFound } = scenarioInput('explore', values, positionals, model);
  const granularity = oneOf(values.granularity, ['sync', 'access'], '--granularity');
  if (values.bound !== undefined && values.executions !== undefined)
    throw new UsageError('--bound and --executions mean the same: give one of them');
  const strategy = strategyOf(values);
  const drawn = strategy.name === 'random' || strategy.name === 'pct';
  const executions =
    positive(values.executions, '--executions') ??
    positive(values.bound, '--bound') ??
    (drawn ? DRAWN : defaultBounds.executions);
  const jobs = positive(values.jobs, '--jobs') ?? 1;
  const pool = jobs > 1 ? searchWorkers(process.argv[1]!, jobs) : undefined;
  const shown = progress(path);
  const cancel = interruptible();
  const { resume } = values;
  let left = false;
  const results = await exploreRun({
    ...input,
    granularity,
    strategy,
    bounds: { executions },
    signal: cancel.signal,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    progress: (done, most, doing) => shown.update(done, most, doing),
    ...(pool ? { pool } : {}),
    ...(resume !== undefined && existsSync(resume) ? { resume: savedIn(resume) } : {}),
    cancelled: (saved) => {
      if (resume !== undefined) writeFileSync(resume, `${JSON.stringify(saved)}\n`);
      left = true;
    },
  }).finally(() => {
    pool?.close();
    shown.end();
    cancel.end();
  });
  assertFound();
  if (left && !drawn) process.stderr.write(`${leftText(resume)}\n`);
  output(
    format === 'json' ? `${JSON.stringify(explorationJson(path, results), null, 2)}\n` : exploreText(path, results),
    values.out,
  );
  return results.some((r) => r.findings.some((f) => f.severity === 'error' && f.class !== 'fixed')) ? 1 : 0;
}

const leftText = (resume: string | undefined): string =>
  resume === undefined
    ? 'The search is not complete. With --resume FILE it is kept there, and the same command goes on with it.'
    : `The search is not complete. It is kept in ${printable(resume)}: the same command goes on with it, also to more --executions.`;

function savedIn(path: string): SavedExploration {
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as SavedExploration;
    if (saved.search.format === 'iomem-review-search' && saved.search.version === 2) return saved;
  } catch {
    // Said below.
  }
  throw new UsageError(`--resume ${path}: no search was saved there by this version`);
}

function strategyOf(values: {
  readonly strategy?: string | undefined;
  readonly preemptions?: string | undefined;
  readonly seed?: string | undefined;
}): Strategy {
  const name = oneOf(values.strategy, ['dpor', 'preemption', 'random', 'pct', 'single'], '--strategy');
  const preemptions = positive(values.preemptions, '--preemptions');
  const seed = positive(values.seed, '--seed') ?? 1;
  if (preemptions !== undefined && name !== 'preemption' && name !== 'pct')
    throw new UsageError('--preemptions is for --strategy preemption and pct');
  if (values.seed !== undefined && name !== 'random' && name !== 'pct')
    throw new UsageError('--seed is for --strategy random and pct');
  switch (name) {
    case 'preemption':
      return { name, preemptions: preemptions ?? 2 };
    case 'random':
      return { name, seed };
    case 'pct':
      return { name, seed, changes: preemptions ?? 2 };
    default:
      return { name };
  }
}

/** Ctrl-C ends the search and lets the report tell what was found so far; the second one ends the program. */
export function interruptible(): { readonly signal: { readonly aborted: boolean }; end(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, end: () => void process.off('SIGINT', stop) };
}
