import type { PatchMail } from '../../patch/index.ts';
import { plural } from '../format.ts';
import { findingComment } from '../reply/finding.ts';
import { quotedDiff } from '../reply/quote.ts';
import type { Finding, PatchReport, Report } from '../report.ts';
import { findingLine } from '../text.ts';

/** One element of what a check command of `b4 review` prints (b4 0.15, docs/maintainer/review.rst, "CI check integration"). */
export interface B4Check {
  readonly tool: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly summary: string;
  readonly url: string;
  readonly details: string;
}

/**
 * `fail` where an error is introduced, `warn` for lesser introduced findings and where what the patch changes was not
 * executed; changes of behaviour are what patches are for, and pass, named in the summary.
 */
export function b4Checks(report: Report): readonly B4Check[] {
  return report.patches.map((patch) => {
    const introduced = patch.findings.filter((one) => one.class === 'introduced');
    const unknown = patch.findings.some((one) => one.rule === 'unexercised-change') || !patch.bounds.complete;
    const status = introduced.some((one) => one.severity === 'error')
      ? 'fail'
      : introduced.length > 0 || unknown
        ? 'warn'
        : 'pass';
    const shown = patch.findings.filter((one) => one.class !== 'existing');
    return { tool: 'iomem-review', status, summary: patch.verdict, url: '', details: detailsOf(patch, shown) };
  });
}

/** What a check says of a mail that could not be reviewed: a reason is no verdict on the patch. */
export const b4Trouble = (summary: string, details: string): readonly B4Check[] => [
  { tool: 'iomem-review', status: 'warn', summary, url: '', details },
];

function detailsOf(patch: PatchReport, findings: readonly Finding[]): string {
  const { bounds } = patch;
  return [
    ...patch.notes.map((note) => `note: ${note.replace(/\s*\n\s*/g, ' / ')}`),
    ...findings.flatMap((one) => [
      findingLine(one),
      `    in ${one.proof.scenario} on ${one.proof.machine}${one.proof.schedule === undefined ? '' : `, schedule ${one.proof.schedule || '-'}`}`,
    ]),
    `bounds: ${plural(bounds.scenarios, 'scenario run')} before and after, ${bounds.complete ? 'none cut off' : `cut off: ${bounds.cutOff.join('; ')}`}`,
  ].join('\n');
}

/**
 * A review file of `b4 review` (`NNNN.txt`): a line that sums up, what to say in general, then the whole diff quoted with
 * comments in between. Undefined where there is nothing to say: b4 wants no file then.
 */
export function b4ReviewFile(patch: PatchReport, mail: Pick<PatchMail, 'files'>): string | undefined {
  const said = patch.findings.filter((one) => one.class === 'introduced' || one.class === 'change');
  if (said.length === 0) return undefined;
  const comments = said.map((one) => {
    const line = one.patchLine ?? one.at.patchLine;
    return { ...(line === undefined ? {} : { patchLine: line }), text: findingComment(patch, one) };
  });
  const { general, quoted } = quotedDiff(mail.files, comments, { width: 72 });
  return `${[patch.verdict, ...general, quoted.join('\n')].join('\n\n')}\n`;
}
