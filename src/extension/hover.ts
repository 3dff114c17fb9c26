import { Hover, type HoverProvider, l10n, languages, MarkdownString, type Position, type TextDocument } from 'vscode';
import { printable } from '../review/printable.ts';
import type { ChangedLine, Finding, PatchReport } from '../review/report.ts';
import { patchSelector } from './code-lens.ts';
import { className, outcomesOf } from './diagnostics.ts';
import { Owner } from './disposable.ts';
import { patchLineOf } from './places.ts';
import { appendPlain } from './plain-text.ts';
import type { Review, Reviews } from './reviews.ts';

/** On a line of a reviewed patch: whether it was executed, and what was found there, with the way to the proof. */
export class PatchHover extends Owner implements HoverProvider {
  readonly #reviews: Reviews;

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(languages.registerHoverProvider(patchSelector, this));
  }

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const review = this.#reviews.get(document.uri);
    if (review?.state !== 'done') return undefined;
    const parts: MarkdownString[] = [];
    for (const report of review.result?.report.patches ?? []) {
      const line = report.coverage.find((one) => one.patchLine === position.line + 1);
      if (line) parts.push(coverageText(report, line));
      const findings = report.findings.filter((finding) => patchLineOf(report, finding) === position.line);
      parts.push(...findings.map((finding) => findingText(review, finding)));
    }
    return parts.length > 0 ? new Hover(parts) : undefined;
  }
}

function coverageText(report: PatchReport, line: ChangedLine): MarkdownString {
  const where = line.world === 'before' ? l10n.t('before the patch') : l10n.t('after the patch');
  const text =
    line.executed > 0
      ? l10n.t('Executed {0} times {1}, in {2} scenarios.', line.executed, where, report.scenarios.length)
      : l10n.t('**No scenario executed this line** {0}: nothing is known about it.', where);
  return new MarkdownString(text);
}

function findingText(review: Review, finding: Finding): MarkdownString {
  const text = new MarkdownString();
  text.isTrusted = { enabledCommands: ['iomemReview.showProof', 'iomemReview.showMap'] };
  text.appendMarkdown(`**${className(finding.class)}** \`${finding.rule}\`: `);
  // Messages hold names from the code under review: text, never markup.
  appendPlain(text, printable(finding.message));
  const values = outcomesOf(finding);
  if (values.length > 0) text.appendCodeblock(printable(values.join('\n')), 'text');
  const link = (command: string, args: readonly unknown[]) =>
    `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
  const patch = review.patch.toJSON();
  text.appendMarkdown(
    `\n\n[${l10n.t('Proof')}](${link('iomemReview.showProof', [patch, finding.id])}) · [${l10n.t('Address Map')}](${link('iomemReview.showMap', [patch, finding.id])})`,
  );
  return text;
}
