import {
  commands,
  type ExtensionContext,
  l10n,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
} from 'vscode';
import type { FromMap, ToMap } from '../protocol.ts';
import { Owner } from './disposable.ts';
import { locate } from './places.ts';
import type { Review, Reviews } from './reviews.ts';
import { reviewFor } from './view-commands.ts';

const viewType = 'iomemReview.map';
/** Which patch the map showed last: what a window shows that is reloaded. */
const lastPatch = 'iomemReview.map.patch';

/** The address map of a review, in a webview beside the editor. There is one, and it shows one review at a time. */
export class MapPanel extends Owner implements WebviewPanelSerializer {
  readonly #reviews: Reviews;
  readonly #context: ExtensionContext;
  #panel: WebviewPanel | undefined;
  #patch: Uri | undefined;
  #finding: string | undefined;

  constructor(reviews: Reviews, context: ExtensionContext) {
    super();
    this.#reviews = reviews;
    this.#context = context;
    this.own(commands.registerCommand('iomemReview.showMap', (patch, finding) => this.#show(patch, finding)));
    this.own(window.registerWebviewPanelSerializer(viewType, this));
    this.own(
      reviews.onDidChange((review) => {
        if (review.state === 'done' && review.patch.toString() === this.#patch?.toString()) this.#send(review);
      }),
    );
  }

  /** A window is shown again: the patch is reviewed anew, because no report outlives its window. */
  async deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    const patch = this.#context.workspaceState.get<string>(lastPatch);
    if (this.#panel || patch === undefined) {
      panel.dispose();
      return;
    }
    this.#patch = Uri.parse(patch);
    this.#adopt(panel);
    // A failure is told where the patch is shown, and in the log.
    await this.#reviews.run(this.#patch).catch(() => {});
  }

  override dispose(): void {
    this.#panel?.dispose();
    super.dispose();
  }

  async #show(patch: unknown, finding: unknown): Promise<void> {
    const review = await reviewFor(this.#reviews, patch);
    if (!review) return;
    this.#patch = review.patch;
    this.#finding = typeof finding === 'string' ? finding : undefined;
    await this.#context.workspaceState.update(lastPatch, review.patch.toString());
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      this.#send(review);
    } else {
      const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      this.#adopt(window.createWebviewPanel(viewType, l10n.t('Address Map'), column, { enableFindWidget: true }));
    }
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    const media = Uri.joinPath(this.#context.extensionUri, 'dist/media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: FromMap) => this.#received(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.html = page(panel.webview, media);
  }

  #received(message: FromMap): void {
    const review = this.#patch && this.#reviews.get(this.#patch);
    if (!review?.result) return;
    switch (message.type) {
      case 'ready':
        this.#send(review);
        break;
      case 'open': {
        const report = review.result.report.patches[message.patch];
        if (!report) return;
        const location = locate(review, report, message.place);
        if (!location) return;
        const { uri, range } = location;
        void window.showTextDocument(uri, { viewColumn: ViewColumn.One, selection: range });
        break;
      }
      case 'proof':
        void commands.executeCommand('iomemReview.showProof', review.patch, message.finding);
        break;
    }
  }

  #send(review: Review): void {
    if (!this.#panel || !review.result) return;
    this.#panel.title = l10n.t('Address Map: {0}', review.name);
    const message: ToMap = {
      type: 'report',
      name: review.name,
      report: review.result.report,
      ...(this.#finding === undefined ? {} : { finding: this.#finding }),
    };
    void this.#panel.webview.postMessage(message);
  }
}

/** The page allows its own script and style and nothing else; no text of a patch is part of it. */
function page(webview: Webview, media: Uri): string {
  const nonce = makeNonce();
  const file = (name: string) => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; img-src data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('map.css')}">
<title>${l10n.t('Address Map')}</title>
</head>
<body>
<main id="map"></main>
<script nonce="${nonce}" src="${file('map.js')}"></script>
</body>
</html>`;
}

function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
