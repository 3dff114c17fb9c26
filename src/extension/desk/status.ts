import { l10n, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { printable } from '../../review/printable.ts';
import { countsOf } from '../../review/verdict.ts';
import { Owner } from '../disposable.ts';
import type { Reviews } from '../reviews.ts';

/** Verdicts that a tooltip has room for. */
const MOST = 20;

/** In the status bar what the patch in the active editor came to. */
export class DeskStatus extends Owner {
  constructor(reviews: Reviews) {
    super();
    const item = this.own(window.createStatusBarItem('iomemReview.status', StatusBarAlignment.Left, 10));
    item.name = l10n.t('Iomem Review');
    item.command = 'iomemReview.desk.focus';
    const update = () => {
      const uri = window.activeTextEditor?.document.uri;
      const review = uri && reviews.get(uri);
      if (!review) {
        item.hide();
        return;
      }
      const summary = review.result && countsOf(review.result.report.patches);
      const bad = (summary?.introduced ?? 0) > 0 && review.state === 'done';
      const icon = review.state === 'running' ? 'sync~spin' : review.state === 'failed' ? 'error' : 'beaker';
      const text =
        review.state === 'failed'
          ? l10n.t('not reviewed')
          : summary
            ? l10n.t('{0} introduced, {1} changed', summary.introduced, summary.change)
            : l10n.t('reviewing…');
      item.text = `$(${icon}) ${text}`;
      item.tooltip = l10n.t(
        'Iomem Review: {0}',
        printable(
          review.result?.report.patches
            .slice(0, MOST)
            .map((one) => one.verdict)
            .join('\n') ?? text,
        ),
      );
      item.accessibilityInformation = { label: l10n.t('Iomem Review: {0}', text) };
      item.backgroundColor = bad ? new ThemeColor('statusBarItem.warningBackground') : undefined;
      item.show();
    };
    this.own(window.onDidChangeActiveTextEditor(update));
    this.own(reviews.onDidChange(update));
    this.own(reviews.onDidRemove(update));
    update();
  }
}
