import type { PatchMail } from '../../patch/index.ts';
import { printable } from '../printable.ts';
import { findingComment } from '../reply/finding.ts';
import { composeReply, replyMbox } from '../reply/reply.ts';
import type { Report } from '../report.ts';
import { reportText } from '../text.ts';
import { b4Checks } from './b4.ts';
import { junitXml, ktap } from './junit.ts';
import { reportMarkdown } from './markdown.ts';
import { sarifLog } from './sarif.ts';

/** Formats that a whole report can be written in. */
export const exportFormats = ['text', 'json', 'sarif', 'markdown', 'junit', 'ktap', 'b4-check', 'reply'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * JSON in which what would steer a terminal or reorder letters stands as `\\u202e`: the same values for whoever parses it, and
 * nothing that deceives whoever looks at it.
 */
const json = (value: unknown): string => `${printable(JSON.stringify(value, null, 2))}\n`;

/** The report in a format. `mails` are the patches that it is about, in its order; `reply` quotes them. */
export function exportReport(
  format: ExportFormat,
  report: Report,
  mails: readonly PatchMail[],
  options: { readonly verbose?: boolean } = {},
): string {
  switch (format) {
    case 'text':
      return printable(reportText(report, options));
    case 'json':
      return json(report);
    case 'sarif':
      return json(sarifLog(report));
    case 'markdown':
      return printable(reportMarkdown(report));
    case 'junit':
      return printable(junitXml(report));
    case 'ktap':
      return printable(ktap(report));
    case 'b4-check':
      return json(b4Checks(report));
    case 'reply':
      return replies(report, mails);
  }
}

/** An mbox with an answer to each patch that introduces something. */
function replies(report: Report, mails: readonly PatchMail[]): string {
  return report.patches
    .flatMap((patch, index) => {
      const mail = mails[index];
      const found = patch.findings.filter((finding) => finding.class === 'introduced');
      if (!mail || found.length === 0) return [];
      const comments = found.map((finding) => {
        const line = finding.patchLine ?? finding.at.patchLine;
        return { ...(line === undefined ? {} : { patchLine: line }), text: findingComment(patch, finding) };
      });
      return [replyMbox(composeReply({ mail, comments }))];
    })
    .join('');
}
