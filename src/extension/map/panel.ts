import {
  commands,
  type ExtensionContext,
  env,
  l10n,
  Range,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
  workspace,
} from 'vscode';
import { packReport } from '../../map/pack.ts';
import type { PackedWhatIf } from '../../map/what-if.ts';
import type { FromMap, ToMap } from '../../protocol.ts';
import type { World } from '../../review/report.ts';
import type { Debugging } from '../debug/debug.ts';
import { Owner } from '../disposable.ts';
import { locate } from '../places.ts';
import type { Reviews } from '../reviews.ts';
import type { ExecutionValues } from '../values.ts';
import { asUri, findingOf, reviewFor } from '../view-commands.ts';
import { webviewPage } from '../webview-page.ts';
import type { WorkerClient } from '../worker-client.ts';
import { MapSteps } from './steps.ts';
import { machineTextIn } from './text.ts';

const viewType = 'iomemReview.map';
/** What the map showed last: what a window shows that is reloaded. */
const lastShown = 'iomemReview.map.shown';
/** Milliseconds after the last change of a text until it is drawn again. */
const DELAY = 300;

/** What the map is of: a patch that was reviewed, a text of /proc/iomem, or memory with other constants. */
type Subject =
  | { readonly kind: 'review' | 'text'; readonly uri: Uri }
  /** `uri`: what pictures are saved beside. */
  | { readonly kind: 'whatIf'; readonly uri: Uri; readonly whatIf: PackedWhatIf };

/** The address map, in a webview beside the editor. There is one, and it shows one thing at a time. */
export class MapPanel extends Owner implements WebviewPanelSerializer {
  readonly #reviews: Reviews;
  readonly #context: ExtensionContext;
  readonly #steps: MapSteps;
  readonly #debugging: Debugging;
  #panel: WebviewPanel | undefined;
  #subject: Subject | undefined;
  #finding: string | undefined;
  /** Each wish to see a finding is fulfilled once, though the page may load again. */
  #wish = 0;
  /** Where a debugging session goes that is being started. */
  #sought: { readonly world: World; readonly step: number } | undefined;
  #redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(
    reviews: Reviews,
    worker: WorkerClient,
    values: ExecutionValues,
    context: ExtensionContext,
    debugging: Debugging,
  ) {
    super();
    this.#debugging = debugging;
    debugging.watched = () => this.#panel !== undefined;
    this.own(
      debugging.onDidStand(({ shown, world, steps, schedule }) => {
        if (shown.patch.toString() !== this.#patch?.toString()) return;
        // A session that was started from a step of the timeline first goes there.
        const sought = this.#sought;
        this.#sought = undefined;
        if (sought?.world === world && debugging.seek(shown.patch, world, sought.step)) return;
        this.#post({ type: 'stand', patch: shown.index, scenario: shown.scenario, schedule, world, steps });
      }),
    );
    this.#reviews = reviews;
    this.#context = context;
    this.#steps = this.own(
      new MapSteps(
        worker,
        values,
        (message) => this.#post(message),
        () => this.#column,
      ),
    );
    this.own(commands.registerCommand('iomemReview.showMap', (patch, finding) => this.#showReview(patch, finding)));
    this.own(commands.registerCommand('iomemReview.showTextMap', (uri) => this.#showText(uri)));
    this.own(window.registerWebviewPanelSerializer(viewType, this));
    this.own(
      reviews.onDidChange((review) => {
        if (review.state === 'done' && review.patch.toString() === this.#patch?.toString()) this.#send();
      }),
    );
    this.own(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (this.#subject?.kind !== 'text' || document.uri.toString() !== this.#subject.uri.toString()) return;
        clearTimeout(this.#redraw);
        this.#redraw = setTimeout(() => this.#send(), DELAY);
      }),
    );
  }

  /** Where a source goes: never over the map. */
  get #column(): ViewColumn {
    const own = this.#panel?.viewColumn;
    const other = window.tabGroups.all.find((group) => group.viewColumn !== own);
    return other?.viewColumn ?? (own === ViewColumn.One ? ViewColumn.Two : ViewColumn.One);
  }

  get #patch(): Uri | undefined {
    return this.#subject?.kind === 'review' ? this.#subject.uri : undefined;
  }

  /** A window is shown again: the patch is reviewed anew, because no report outlives its window. */
  async deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    const shown = this.#context.workspaceState.get<{ kind: 'review' | 'text'; uri: string }>(lastShown);
    if (this.#panel || shown === undefined) {
      panel.dispose();
      return;
    }
    this.#subject = { kind: shown.kind, uri: Uri.parse(shown.uri) };
    this.#adopt(panel);
    // A failure is told where the patch is shown, and in the log.
    if (shown.kind === 'review') await this.#reviews.run(this.#subject.uri).catch(() => {});
  }

  override dispose(): void {
    clearTimeout(this.#redraw);
    this.#panel?.dispose();
    super.dispose();
  }

  async #showReview(patch: unknown, finding: unknown): Promise<void> {
    const active = window.activeTextEditor?.document;
    // On a text of a machine the command means that text.
    if (patch === undefined && active && !this.#reviews.get(active.uri) && machineTextIn(active) !== undefined) {
      await this.#showText(active.uri);
      return;
    }
    const review = await reviewFor(this.#reviews, patch);
    if (!review) return;
    this.#finding = findingOf(patch, finding);
    this.#wish++;
    await this.#show({ kind: 'review', uri: review.patch });
  }

  async #showText(argument: unknown): Promise<void> {
    const uri = asUri(argument) ?? window.activeTextEditor?.document.uri;
    if (!uri) {
      void window.showInformationMessage(l10n.t('Open a text of /proc/iomem or a kernel log first.'));
      return;
    }
    this.#finding = undefined;
    await this.#show({ kind: 'text', uri });
  }

  /** Draws what other constants come to. */
  async showWhatIf(whatIf: PackedWhatIf, uri: Uri): Promise<void> {
    await this.#show({ kind: 'whatIf', uri, whatIf });
  }

  async #show(subject: Subject): Promise<void> {
    this.#subject = subject;
    this.#steps.clear();
    // What if has no text to be made again from.
    const { kind, uri } = subject;
    await this.#context.workspaceState.update(lastShown, kind === 'whatIf' ? undefined : { kind, uri: uri.toString() });
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      this.#send();
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
      this.#steps.clear();
    });
    panel.webview.html = webviewPage(panel.webview, media, {
      name: 'map',
      title: l10n.t('Address Map'),
      images: true,
    });
  }

  #received(message: FromMap): void {
    switch (message.type) {
      case 'ready':
        this.#send();
        return;
      case 'copy':
        void env.clipboard.writeText(message.text);
        return;
      case 'save':
        void save(message, this.#subject?.uri);
        return;
      case 'textLine':
        if (this.#subject?.kind === 'text') void showLine(this.#subject.uri, message.line, this.#column);
        return;
    }
    const review = this.#patch && this.#reviews.get(this.#patch);
    if (!review?.result) return;
    switch (message.type) {
      case 'open': {
        const report = review.result.report.patches[message.patch];
        const location = report && locate(review, report, message.place);
        if (!location) return;
        const { uri, range } = location;
        void window.showTextDocument(uri, { viewColumn: this.#column, selection: range });
        break;
      }
      case 'proof':
        void commands.executeCommand('iomemReview.showProof', review.patch, message.finding);
        break;
      case 'debug': {
        const { finding, world, step } = message;
        this.#sought = step === undefined ? undefined : { world, step };
        void commands.executeCommand('iomemReview.debugProof', review.patch, finding, world);
        break;
      }
      case 'timeline':
        void this.#steps.replay(review, message);
        break;
      case 'step':
        // A debugger that stands in this execution goes there, and shows the line itself.
        if (message.world === undefined || !this.#debugging.seek(review.patch, message.world, message.step ?? 0))
          void this.#steps.mark(review, message);
        break;
    }
  }

  #post(message: ToMap): void {
    void this.#panel?.webview.postMessage(message);
  }

  #send(): void {
    if (!this.#panel || !this.#subject) return;
    if (this.#subject.kind === 'text') {
      void this.#sendText(this.#subject.uri);
      return;
    }
    if (this.#subject.kind === 'whatIf') {
      this.#panel.title = l10n.t('Address Map: {0}', l10n.t('What if…'));
      this.#post({ type: 'whatIf', whatIf: this.#subject.whatIf });
      return;
    }
    const review = this.#reviews.get(this.#subject.uri);
    if (!review?.result) return;
    this.#panel.title = l10n.t('Address Map: {0}', review.name);
    this.#post({
      type: 'report',
      name: review.name,
      report: packReport(review.result.report),
      ...(this.#finding === undefined ? {} : { finding: this.#finding, wish: this.#wish }),
    });
  }

  async #sendText(uri: Uri): Promise<void> {
    const name = workspace.asRelativePath(uri, false);
    const document = await workspace.openTextDocument(uri).then(
      (opened) => opened,
      () => undefined,
    );
    if (!document || !this.#panel) return;
    this.#panel.title = l10n.t('Address Map: {0}', name.replace(/^.*\//, ''));
    this.#post({ type: 'machine', texts: [{ name, text: document.getText() }] });
  }
}

async function showLine(uri: Uri, line: number, viewColumn: ViewColumn): Promise<void> {
  const at = Math.max(0, line - 1);
  await window.showTextDocument(uri, { viewColumn, selection: new Range(at, 0, at, 0) });
}

/** Asks where to, and writes there; nothing is written without asking. */
async function save(message: Extract<FromMap, { type: 'save' }>, beside: Uri | undefined): Promise<void> {
  const folder = beside?.scheme === 'file' ? Uri.joinPath(beside, '..') : workspace.workspaceFolders?.[0]?.uri;
  const name = message.name.replace(/[^\w.-]+/g, '-');
  const target = await window.showSaveDialog(folder ? { defaultUri: Uri.joinPath(folder, name) } : {});
  if (!target) return;
  const bytes =
    message.encoding === 'text'
      ? new TextEncoder().encode(message.content)
      : Uint8Array.from(atob(message.content), (c) => c.charCodeAt(0));
  await workspace.fs.writeFile(target, bytes);
}
