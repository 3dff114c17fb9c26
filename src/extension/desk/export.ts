import { commands, l10n, Uri, window, workspace } from 'vscode';
import { type ExportFormat, exportReport } from '../../review/export/exports.ts';
import { readMails } from '../../review/mails.ts';
import { compareRevisions, revisionLines } from '../../review/revisions.ts';
import { seriesLines } from '../../review/series.ts';
import { Owner } from '../disposable.ts';
import type { Review, Reviews } from '../reviews.ts';
import { reviewFor } from '../view-commands.ts';

const formats: readonly { readonly label: string; readonly format: ExportFormat; readonly ends: string }[] = [
  { label: 'Markdown', format: 'markdown', ends: 'md' },
  { label: 'JSON', format: 'json', ends: 'json' },
  { label: 'SARIF 2.1.0', format: 'sarif', ends: 'sarif' },
  { label: 'JUnit', format: 'junit', ends: 'xml' },
  { label: 'KTAP', format: 'ktap', ends: 'ktap' },
  { label: 'b4 check', format: 'b4-check', ends: 'json' },
  { label: 'Text', format: 'text', ends: 'txt' },
];

/** Exports of a review, and its comparison with an earlier revision, as documents to look at and to save. */
export class DeskExport extends Owner {
  readonly #reviews: Reviews;

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(commands.registerCommand('iomemReview.exportReport', (what, format) => this.#export(what, format)));
    this.own(commands.registerCommand('iomemReview.compareRevisions', (a, b) => this.#compare(a, b)));
  }

  async #export(what: unknown, given: unknown): Promise<void> {
    const review = await reviewFor(this.#reviews, reviewOf(what));
    if (!review?.result) return;
    const chosen =
      formats.find(({ format }) => format === given) ??
      (await window.showQuickPick(formats, { placeHolder: l10n.t('In which format?') }));
    if (!chosen) return;
    const mails = readMails((await workspace.openTextDocument(review.patch)).getText(), review.name);
    await show(exportReport(chosen.format, review.result.report, mails), chosen.ends);
  }

  /** What changed from one reviewed revision to the next, in text and in behaviour. */
  async #compare(later: unknown, earlier: unknown): Promise<void> {
    const current = await reviewFor(this.#reviews, reviewOf(later));
    if (!current?.result) return;
    const others = this.#reviews.all().filter((one) => one.result && one.patch.toString() !== current.patch.toString());
    const previous = earlier instanceof Uri ? this.#reviews.get(earlier) : await pickEarlier(current, others);
    if (!previous?.result) {
      if (others.length === 0)
        window.showInformationMessage(l10n.t('Review the earlier revision, too: open it and review it.'));
      return;
    }
    const mailsOf = async (one: Review) => readMails((await workspace.openTextDocument(one.patch)).getText(), one.name);
    const [before, now] = await Promise.all([mailsOf(previous), mailsOf(current)]);
    const since = compareRevisions(
      { name: previous.name, report: previous.result.report, mails: before },
      { report: current.result.report, mails: now },
    );
    const { report } = current.result;
    const lines = [
      ...revisionLines(since),
      ...(report.series ? seriesLines(report.series, report.patches) : []),
      ...since.patches.flatMap((match) =>
        match.diff.length > 0 ? ['', `=== ${match.subject.replace(/\p{Cc}+/gu, ' ')}`, ...match.diff] : [],
      ),
    ];
    await show(`${lines.join('\n')}\n`, 'diff');
  }
}

const reviewOf = (what: unknown): unknown =>
  typeof what === 'object' && what !== null && 'review' in what ? (what as { review: Review }).review.patch : what;

async function pickEarlier(current: Review, others: readonly Review[]): Promise<Review | undefined> {
  const subjects = new Set(current.result?.mails.map((mail) => mail.subject));
  const alike = (one: Review) => one.result?.mails.filter((mail) => subjects.has(mail.subject)).length ?? 0;
  const sorted = others.toSorted((a, b) => alike(b) - alike(a));
  if (sorted.length <= 1) return sorted[0];
  const items = sorted.map((review) => ({
    label: review.name,
    description: `v${review.result?.mails[0]?.version ?? 1}`,
    review,
  }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which revision was before {0}?', current.name) }))
    ?.review;
}

const languages = new Map([
  ['md', 'markdown'],
  ['json', 'json'],
  ['sarif', 'json'],
  ['xml', 'xml'],
  ['diff', 'diff'],
]);

async function show(content: string, ends: string): Promise<void> {
  const document = await workspace.openTextDocument({ language: languages.get(ends) ?? 'plaintext', content });
  await window.showTextDocument(document, { preview: false });
}
