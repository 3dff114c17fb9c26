import {
  CodeLens,
  type CodeLensProvider,
  EventEmitter,
  l10n,
  languages,
  Range,
  type TextDocument,
  type Uri,
} from 'vscode';
import { printable } from '../../review/printable.ts';
import type { PatchReport } from '../../review/report.ts';
import { readAddress, scheme } from '../addresses.ts';
import { Owner } from '../disposable.ts';
import { lineOnDisk } from '../places.ts';
import type { Review, Reviews } from '../reviews.ts';
import { pathBelow } from '../tree.ts';
import { differingCases } from './nodes.ts';

/** Above a changed function, in the tree and in the document after the patch: in how many scenarios it makes a difference. */
export class FunctionLenses extends Owner implements CodeLensProvider {
  readonly #changed = this.own(new EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #reviews: Reviews;

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(reviews.onDidChange(() => this.#changed.fire()));
    this.own(reviews.onDidRemove(() => this.#changed.fire()));
    this.own(languages.registerCodeLensProvider([{ language: 'c' }, { scheme, language: 'c' }], this));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const address = readAddress(document.uri);
    if (address?.kind === 'after') {
      const review = this.#reviews.get(address.patch);
      const report = review?.result?.report.patches[address.index];
      return review && report ? lenses(review, report, address.index, address.path, (line) => line - 1) : [];
    }
    if (address) return [];
    return this.#reviews.all().flatMap((review) => lensesOnDisk(review, document.uri));
  }
}

function lensesOnDisk(review: Review, uri: Uri): CodeLens[] {
  const path = review.tree?.root && pathBelow(review.tree.root, uri);
  if (path === undefined) return [];
  return (review.result?.report.patches ?? []).flatMap((report, index) =>
    lenses(review, report, index, path, (line) => lineOnDisk(review, report, { file: path, line, world: 'after' })),
  );
}

function lenses(
  review: Review,
  report: PatchReport,
  index: number,
  path: string,
  place: (line: number) => number | undefined,
): CodeLens[] {
  return report.functions.flatMap((fn) => {
    if (fn.file !== path || fn.change === 'removed' || fn.change === 'layout') return [];
    const line = place(fn.line);
    if (line === undefined || line < 0) return [];
    const differ = differingCases(report, path, fn.name);
    const title = fn.equivalent
      ? l10n.t('the same code before and after')
      : l10n.t('before/after differ in {0} of {1} scenario runs', differ, report.bounds.scenarios);
    const command = { title, command: 'iomemReview.showProof', arguments: [review.patch, { index }] };
    return new CodeLens(new Range(line, 0, line, 0), {
      ...command,
      tooltip: printable(report.subject || report.input),
    });
  });
}
