import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../base/errors.ts';
import { timeIsUp } from '../review/errors.ts';
import { b4ReviewFile, b4Trouble } from '../review/export/b4.ts';
import { exportFormats, exportReport } from '../review/export/exports.ts';
import { holdsOnlyTalk, readMails } from '../review/mails.ts';
import { inShard, joinReports } from '../review/merge.ts';
import type { Report } from '../review/report.ts';
import { type ReviewInput, review } from '../review/review.ts';
import { compareRevisions } from '../review/revisions.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, readInput, readText, treeOption } from './files.ts';
import { defined, machineOption } from './machine-option.ts';
import { progress } from './progress.ts';
import { budgetOption, oneOf, parse, positive, UsageError } from './usage.ts';

const formats = [...exportFormats, 'b4-review'] as const;

/** Sequences that a review tries where its scenarios tell nothing: counted, so that the report is the same everywhere. */
export const REVIEW_SEQUENCES = 1500;

export async function reviewCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      tree: { type: 'string' },
      forward: { type: 'boolean' },
      reverse: { type: 'boolean' },
      scenario: { type: 'string', multiple: true },
      machine: { type: 'string', multiple: true },
      define: { type: 'string', multiple: true },
      config: { type: 'string' },
      fuzz: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      budget: { type: 'string' },
      verbose: { type: 'boolean' },
      previous: { type: 'string' },
      shard: { type: 'string' },
      search: { type: 'boolean' },
      'no-search': { type: 'boolean' },
    },
  });
  if (values.forward && values.reverse) throw new UsageError('--forward and --reverse exclude each other');
  if (values.search && values['no-search']) throw new UsageError('--search and --no-search exclude each other');
  const format = oneOf(values.format, formats, '--format');
  const { budget, seconds } = budgetOption(values.budget);
  const end = seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + 1000 * seconds;
  const signal = {
    get aborted() {
      return Date.now() > end;
    },
  };
  const maxFuzz = positive(values.fuzz, '--fuzz');
  const inputs = positionals.length > 0 ? positionals : ['-'];
  const shard = shardOption(values.shard);
  if (shard && (inputs.length > 1 || values.previous !== undefined || format !== 'json'))
    throw new UsageError('--shard wants one input, --format json and no --previous: merge does the rest');
  if (values.previous !== undefined && inputs.length > 1) throw new UsageError('--previous wants one input');
  if (format === 'b4-review' && (inputs.length > 1 || values.out === undefined))
    throw new UsageError('--format b4-review wants one input and a folder, --out DIR');
  const scenarios = (values.scenario ?? []).map((path) => ({ name: path, text: readText(path) }));
  const machine = machineOption(
    values.machine,
    scenarios.map((s) => ({ path: s.name, text: s.text })),
  );
  const { tree, defines, told, assertFound } = defined(
    treeOption(values.tree, { file: values.config, machine: machine.name }),
    values.define,
  );
  const reviewText = (
    patchText: Uint8Array,
    patchName: string,
    more: Pick<ReviewInput, 'select' | 'onPatch'> = {},
  ): ReturnType<typeof review> => {
    const shown = progress(patchName);
    return review({
      patchText,
      patchName,
      ...(tree ? { tree } : {}),
      model,
      scenarios,
      machineTexts: machine.texts,
      defines,
      ...(told.length > 0 ? { defined: told } : {}),
      toolVersion: process.env.IOMEM_REVIEW_VERSION ?? 'development',
      progress: shown.update,
      ...(machine.name === undefined ? {} : { machine: machine.name }),
      ...(budget ? { budget } : {}),
      signal,
      ...(maxFuzz === undefined ? {} : { maxFuzz }),
      ...(values['no-search']
        ? {}
        : { search: { when: values.search ? ('always' as const) : ('silent' as const), sequences: REVIEW_SEQUENCES } }),
      direction: values.forward ? 'forward' : values.reverse ? 'reverse' : 'auto',
      ...more,
    })
      .catch((error: unknown) => {
        throw signal.aborted && error instanceof CodedError ? timeIsUp(seconds ?? 0, error.what) : error;
      })
      .finally(shown.end);
  };
  const texted = inputs.map((path) => ({ name: path === '-' ? '<stdin>' : path, text: readInput(path) }));
  // Of a cover letter a check has nothing to say.
  if (format === 'b4-check' && texted.every(({ text, name }) => holdsOnlyTalk(text, name))) {
    output('[]\n', values.out);
    return 0;
  }
  const reports: Report[] = [];
  try {
    for (const { name, text } of texted) {
      const holds: number[] = [];
      const { report, total } = await reviewText(
        text,
        name,
        shard ? { select: (index) => inShard(index, shard), onPatch: (_, index) => holds.push(index) } : {},
      );
      reports.push(shard ? { ...report, shard: { ...shard, total, holds } } : report);
    }
  } catch (error) {
    if (format !== 'b4-check' || !(error instanceof CodedError)) throw error;
    output(`${JSON.stringify(b4Trouble(error.what, error.message), null, 2)}\n`, values.out);
    return 0;
  }
  if (!shard) assertFound();
  let joined = joinReports(reports);
  const mails = texted.flatMap(({ name, text }) => readMails(text, name));
  if (values.previous !== undefined) {
    const earlier = { name: values.previous, text: readInput(values.previous) };
    const { report } = await reviewText(earlier.text, earlier.name);
    const before = { name: earlier.name, report, mails: readMails(earlier.text, earlier.name) };
    joined = { ...joined, since: compareRevisions(before, { report: joined, mails }) };
  }
  if (format === 'b4-review') writeReviewFiles(values.out!, joined, mails);
  else output(exportReport(format, joined, mails, { verbose: values.verbose ?? false }), values.out);
  return exitStatus(joined);
}

/** 1 where an error is introduced. */
export const exitStatus = (report: Report): number =>
  report.patches.some((p) => p.findings.some((f) => f.class === 'introduced' && f.severity === 'error')) ? 1 : 0;

function shardOption(value: string | undefined): { readonly index: number; readonly of: number } | undefined {
  if (value === undefined) return undefined;
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(value) ?? [];
  if (index === undefined || Number(index) < 1 || Number(index) > Number(of))
    throw new UsageError(`--shard wants I/N with 1 ≤ I ≤ N, not “${value}”`);
  return { index: Number(index), of: Number(of) };
}

/** Files as `b4 review` reads them from `.git/b4-review/<commit>/`. */
function writeReviewFiles(folder: string, report: Report, mails: ReturnType<typeof readMails>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'identity.txt'), 'Iomem Review <iomem-review@localhost>\n');
  for (const [index, patch] of report.patches.entries()) {
    const mail = mails[index];
    const text = mail && b4ReviewFile(patch, mail);
    if (text !== undefined) writeFileSync(join(folder, `${String(index + 1).padStart(4, '0')}.txt`), text);
  }
}
