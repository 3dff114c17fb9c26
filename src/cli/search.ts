import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../review/report.ts';
import { review } from '../review/review.ts';
import { DEFAULT_SEQUENCES, type SearchOptions } from '../review/search/run.ts';
import { searchFiles } from '../review/search/search-files.ts';
import { readSaved, savedText } from '../review/search/shards.ts';
import { reportText } from '../review/text.ts';
import type { ModelFiles } from '../review/world.ts';
import { interruptible } from './explore.ts';
import { output, readInput, readText, treeOption } from './files.ts';
import { machineOption } from './machine-option.ts';
import { progress } from './progress.ts';
import { type SearchJob, searchJobs } from './search-jobs.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

const DEFAULT_SECONDS = 10;

/** Looks for calls that tell a patch's two worlds apart, with none of the built-in scenarios. */
export async function searchCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      forward: { type: 'boolean' },
      reverse: { type: 'boolean' },
      machine: { type: 'string', multiple: true },
      config: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
      sequences: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'string' },
      export: { type: 'string' },
      jobs: { type: 'string' },
      resume: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  if (values.forward && values.reverse) throw new UsageError('--forward and --reverse exclude each other');
  if (positionals.length > 1) throw new UsageError('search wants one patch');
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const kept = keptScenarios(values.keep);
  const machine = machineOption(
    values.machine,
    kept.map(({ name, text }) => ({ path: name, text })),
  );
  const tree = treeOption(values.tree, { file: values.config, machine: machine.name });
  const [path = '-'] = positionals;
  const shown = progress(path);
  const cancel = interruptible();
  const common: SearchJob['input'] = {
    patchText: readInput(path),
    patchName: path === '-' ? '<stdin>' : path,
    machineTexts: machine.texts,
    ...(machine.name === undefined ? {} : { machine: machine.name }),
    direction: values.forward ? 'forward' : values.reverse ? 'reverse' : 'auto',
  };
  const options = searchOptions(values);
  // This thread does its share.
  const others = (positive(values.jobs, '--jobs') ?? 1) - 1;
  const job = { input: common, seed: options.seed, tree: { dir: values.tree, config: values.config } };
  const pool = others > 0 ? searchJobs(process.argv[1]!, others, job) : undefined;
  const { report } = await review({
    ...common,
    ...(tree ? { tree } : {}),
    model,
    builtIns: false,
    scenarios: kept,
    search: {
      when: 'always',
      ...options,
      ...savedIn(values.resume),
      ...(pool ? { pool } : {}),
      clock: () => performance.now(),
    },
    signal: cancel.signal,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    toolVersion: process.env.IOMEM_REVIEW_VERSION ?? 'development',
    progress: shown.update,
  }).finally(() => {
    pool?.close();
    cancel.end();
    shown.end();
  });
  if (values.keep !== undefined) keep(report, values.keep);
  if (values.export !== undefined) {
    mkdirSync(values.export, { recursive: true });
    for (const { name, text } of searchFiles(report)) writeFileSync(join(values.export, name), text);
  }
  output(
    format === 'json'
      ? `${JSON.stringify(report, null, 2)}\n`
      : reportText(report, { verbose: values.verbose ?? false }),
    values.out,
  );
  return report.patches.some((p) => p.findings.some((f) => f.class === 'introduced' && f.severity === 'error')) ? 1 : 0;
}

function searchOptions(values: {
  readonly budget?: string | undefined;
  readonly sequences?: string | undefined;
  readonly seed?: string | undefined;
}): SearchOptions & { readonly seed: number } {
  const seconds = positive(values.budget, '--budget');
  const sequences = positive(values.sequences, '--sequences');
  return {
    seed: positive(values.seed, '--seed') ?? 1,
    sequences: sequences ?? DEFAULT_SEQUENCES,
    // Who counts sequences gets them all, however long they take.
    ...(sequences !== undefined && seconds === undefined ? {} : { milliseconds: 1000 * (seconds ?? DEFAULT_SECONDS) }),
  };
}

/** What an earlier search wrote into the file, and what this one writes there. */
function savedIn(file: string | undefined): Pick<SearchOptions, 'saved' | 'keep'> {
  if (file === undefined) return {};
  const saved = new Map(existsSync(file) ? readSaved(readText(file), file) : []);
  return {
    saved: (patch) => saved.get(patch),
    keep: (patch, search) => {
      saved.set(patch, search);
      writeFileSync(file, savedText(saved));
    },
  };
}

/** Scenarios that were kept, which run first. */
function keptScenarios(folder: string | undefined): readonly { readonly name: string; readonly text: string }[] {
  if (folder === undefined || !existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) throw new UsageError(`--keep ${folder}: this is no directory`);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => ({ name: join(folder, name), text: readText(join(folder, name)) }));
}

/** Writes what a search found as scenarios, named after what they hold, so that each is kept once. */
function keep(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const patch of report.patches) {
    const found = new Set(patch.search?.differences.map((d) => d.scenario));
    for (const { name, source } of patch.scenarios) {
      if (!found.has(name)) continue;
      const hash = createHash('sha256').update(source).digest('hex').slice(0, 12);
      writeFileSync(join(folder, `search-${hash}.c`), source);
    }
  }
}
