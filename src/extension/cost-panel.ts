import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  commands,
  type ExtensionContext,
  l10n,
  languages,
  type Range,
  type TextDocument,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import type { ToCost } from '../protocol.ts';
import type { PatchReport } from '../review/report.ts';
import { readAddress } from './addresses.ts';
import { patchSelector } from './code-lens.ts';
import { Owner } from './disposable.ts';
import { findFinding } from './documents.ts';
import type { Reviews } from './reviews.ts';
import { reviewFor } from './view-commands.ts';
import { webviewPage } from './webview-page.ts';

const hasCosts = (report: PatchReport): boolean => (report.search?.costs.length ?? 0) > 0;

/** What calls cost before and after a patch, over the size of the tree: opened from a finding of cost or by its command. */
export class CostPanel extends Owner implements CodeActionProvider {
  readonly #reviews: Reviews;
  readonly #context: ExtensionContext;
  #panel: WebviewPanel | undefined;
  #message: ToCost | undefined;

  constructor(reviews: Reviews, context: ExtensionContext) {
    super();
    this.#reviews = reviews;
    this.#context = context;
    this.own(commands.registerCommand('iomemReview.showCost', (patch, finding) => this.#show(patch, finding)));
    const selector = [...(Array.isArray(patchSelector) ? patchSelector : [patchSelector]), { language: 'c' }];
    const kinds = { providedCodeActionKinds: [CodeActionKind.QuickFix] };
    this.own(languages.registerCodeActionsProvider(selector, this, kinds));
  }

  override dispose(): void {
    this.#panel?.dispose();
    super.dispose();
  }

  provideCodeActions(_document: TextDocument, _range: Range, { diagnostics }: CodeActionContext): CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      if (diagnostic.source !== 'Iomem Review') return [];
      const proofs = (diagnostic.relatedInformation ?? []).map(({ location }) => readAddress(location.uri));
      const proof = proofs.find((address) => address?.kind === 'proof');
      if (proof?.kind !== 'proof') return [];
      const found = findFinding(this.#reviews.get(proof.patch), proof.finding);
      if (found?.finding.rule !== 'cost-change' || !hasCosts(found.report)) return [];
      const title = l10n.t('Show what calls cost');
      const action = new CodeAction(title, CodeActionKind.QuickFix);
      action.command = { command: 'iomemReview.showCost', title, arguments: [proof.patch, proof.finding] };
      action.diagnostics = [diagnostic];
      return [action];
    });
  }

  /** Answers how many costs are shown. */
  async #show(patch: unknown, id: unknown): Promise<number> {
    const review = await reviewFor(this.#reviews, patch);
    if (!review) return 0;
    const found = typeof id === 'string' ? findFinding(review, id)?.report : undefined;
    const reports = (found ? [found] : (review.result?.report.patches ?? [])).filter(hasCosts);
    // Where another class of growth came about stands first.
    const costs = reports
      .flatMap((report) => report.search?.costs ?? [])
      .sort((a, b) => Number(a.growth.before === a.growth.after) - Number(b.growth.before === b.growth.after));
    if (costs.length === 0) {
      window.showInformationMessage(l10n.t('No call was measured to cost anything else after the patch.'));
      return 0;
    }
    this.#open({ type: 'costs', title: l10n.t('What calls cost: {0}', reports[0]!.subject), costs });
    return costs.length;
  }

  #open(message: ToCost): void {
    this.#message = message;
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      void this.#panel.webview.postMessage(message);
      return;
    }
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const panel = window.createWebviewPanel('iomemReview.cost', l10n.t('Cost'), column, { enableFindWidget: true });
    this.#panel = panel;
    const media = Uri.joinPath(this.#context.extensionUri, 'dist/media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    // A page that is shown again asks again.
    panel.webview.onDidReceiveMessage(() => void panel.webview.postMessage(this.#message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.html = webviewPage(panel.webview, media, { name: 'cost', title: l10n.t('Cost') });
  }
}
