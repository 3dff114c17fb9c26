import {
  CodeLens,
  type CodeLensProvider,
  type DocumentSelector,
  EventEmitter,
  l10n,
  languages,
  Range,
  type TextDocument,
} from 'vscode';
import { printable } from '../review/printable.ts';
import type { FileReport, PatchReport } from '../review/report.ts';
import { Owner } from './disposable.ts';
import type { Review, Reviews } from './reviews.ts';

/** Documents that can hold a patch. */
export const patchSelector: DocumentSelector = [{ language: 'diff' }, { pattern: '**/*.{patch,diff,mbox,eml}' }];

/** Above the patch what was found, above each hunk its verdict, each with ways to look at it. */
export class PatchLenses extends Owner implements CodeLensProvider {
  readonly #changed = this.own(new EventEmitter<void>());
  readonly #reviews: Reviews;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(reviews.onDidChange(() => this.#changed.fire()));
    this.own(reviews.onDidRemove(() => this.#changed.fire()));
    this.own(languages.registerCodeLensProvider(patchSelector, this));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const review = this.#reviews.get(document.uri);
    if (!review) return isAboutC(document) ? [reviewLens(document)] : [];
    if (!review.result) return [stateLens(review)];
    const lenses = review.state === 'done' ? [] : [stateLens(review)];
    for (const [index, report] of review.result.report.patches.entries()) {
      lenses.push(...patchLenses(document, review, index, report));
      for (const file of report.files) lenses.push(...hunkLenses(review, index, file));
    }
    return lenses;
  }
}

/** The editor drops an ordinary space after an icon. */
const withIcon = (icon: string, text: string): string => `$(${icon})\u00a0${text}`;

const lensAt = (line: number, title: string, command: string, args: readonly unknown[], tooltip?: string): CodeLens =>
  new CodeLens(new Range(line, 0, line, 0), { title, command, arguments: [...args], ...(tooltip ? { tooltip } : {}) });

/** Whether a diff is about C: any can be opened here. */
const isAboutC = (document: TextDocument): boolean =>
  /^\+\+\+ [^\n]{1,1000}\.[ch]\s*$/m.test(document.getText().slice(0, 1_000_000));

const reviewLens = (document: TextDocument): CodeLens =>
  lensAt(0, withIcon('beaker', l10n.t('Review this patch')), 'iomemReview.reviewPatch', [document.uri]);

function stateLens(review: Review): CodeLens {
  if (review.state === 'running') return lensAt(0, withIcon('sync~spin', l10n.t('Reviewing…')), '', []);
  const reason = review.error instanceof Error ? (review.error.message.split('\n')[0] ?? '') : String(review.error);
  return lensAt(0, withIcon('error', l10n.t('Not reviewed: {0}', reason)), 'iomemReview.reviewPatch', [review.patch]);
}

function patchLenses(document: TextDocument, review: Review, index: number, report: PatchReport): CodeLens[] {
  const line = headOf(document, report);
  const icon = report.findings.some((finding) => finding.class === 'introduced') ? 'warning' : 'info';
  const reverse = report.direction === 'reverse' ? l10n.t(' (the tree has it already: applied in reverse)') : '';
  const modelled = report.basis === 'model' ? l10n.t(' (no kernel tree: in a model of it)') : '';
  return [
    lensAt(
      line,
      withIcon(icon, `${report.verdict}${reverse}${modelled}`),
      'iomemReview.showProof',
      [review.patch, { index }],
      printable(report.subject),
    ),
    lensAt(line, withIcon('diff', l10n.t('Before/After')), 'iomemReview.openBeforeAfter', [review.patch, { index }]),
    lensAt(line, withIcon('map', l10n.t('Address Map')), 'iomemReview.showMap', [review.patch]),
    ...(report.findings.length > 0
      ? [lensAt(line, withIcon('debug-alt', l10n.t('Debug Proof')), 'iomemReview.debugProof', [review.patch])]
      : []),
  ];
}

function hunkLenses(review: Review, index: number, file: FileReport): CodeLens[] {
  return file.hunks.flatMap((hunk) => {
    const lines = { first: hunk.patchLine, last: hunk.patchEndLine };
    const view = { index, path: file.path, line: hunk.newStart + hunk.offset };
    return [
      lensAt(hunk.patchLine - 1, hunk.verdict, 'iomemReview.showProof', [review.patch, lines]),
      lensAt(hunk.patchLine - 1, withIcon('diff', l10n.t('Before/After')), 'iomemReview.openBeforeAfter', [
        review.patch,
        view,
      ]),
    ];
  });
}

/** 0-based line of the first file header of a patch: from its first hunk upwards. */
function headOf(document: TextDocument, report: PatchReport): number {
  const first = report.files.find((file) => file.hunks.length > 0)?.hunks[0];
  if (!first) return 0;
  const last = Math.min(first.patchLine - 1, document.lineCount - 1);
  for (let line = last; line >= Math.max(0, last - 12); line--) {
    if (/^(> ?)?(diff --git |Index: )/.test(document.lineAt(line).text)) return line;
  }
  for (let line = last; line >= Math.max(0, last - 3); line--)
    if (/^(> ?)?--- /.test(document.lineAt(line).text)) return line;
  return last;
}
