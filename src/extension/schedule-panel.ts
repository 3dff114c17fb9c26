import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  commands,
  type ExtensionContext,
  env,
  l10n,
  languages,
  type Range,
  type TextDocument,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import type { FromSchedule, Timelines, ToSchedule } from '../protocol.ts';
import type { Finding } from '../review/report.ts';
import { timelineLines } from '../review/timeline/text.ts';
import { readAddress } from './addresses.ts';
import { patchSelector } from './code-lens.ts';
import { Owner } from './disposable.ts';
import { type FoundFinding, findFinding } from './documents.ts';
import { askTimelines } from './map/timeline-request.ts';
import { locate } from './places.ts';
import type { Reviews } from './reviews.ts';
import { findingOf, reviewFor } from './view-commands.ts';
import { webviewPage } from './webview-page.ts';
import { CancelledError, type WorkerClient } from './worker-client.ts';

/** The schedule of a finding as a table, opened from its diagnostic or by its command; and its copies. */
export class SchedulePanel extends Owner implements CodeActionProvider {
  readonly #reviews: Reviews;
  readonly #worker: WorkerClient;
  readonly #context: ExtensionContext;
  #panel: WebviewPanel | undefined;
  #shown: FoundFinding | undefined;
  #timelines: Timelines | undefined;
  #message: ToSchedule = { type: 'waiting' };
  #running: AbortController | undefined;

  constructor(reviews: Reviews, worker: WorkerClient, context: ExtensionContext) {
    super();
    this.#reviews = reviews;
    this.#worker = worker;
    this.#context = context;
    this.own(commands.registerCommand('iomemReview.showSchedule', (patch, finding) => this.#show(patch, finding)));
    this.own(commands.registerCommand('iomemReview.copyScheduleTable', (world) => this.#copyTable(world)));
    this.own(commands.registerCommand('iomemReview.copyScheduledScenario', () => this.#copyScenario()));
    const selector = [...(Array.isArray(patchSelector) ? patchSelector : [patchSelector]), { language: 'c' }];
    const kinds = { providedCodeActionKinds: [CodeActionKind.QuickFix] };
    this.own(languages.registerCodeActionsProvider(selector, this, kinds));
  }

  override dispose(): void {
    this.#running?.abort();
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
      if (found?.finding.proof.schedule === undefined) return [];
      const title = l10n.t('Show the schedule');
      const action = new CodeAction(title, CodeActionKind.QuickFix);
      action.command = { command: 'iomemReview.showSchedule', title, arguments: [proof.patch, proof.finding] };
      action.diagnostics = [diagnostic];
      return [action];
    });
  }

  async #show(patch: unknown, id: unknown): Promise<void> {
    const review = await reviewFor(this.#reviews, patch);
    if (!review) return;
    const known = findingOf(patch, id);
    const found = known === undefined ? await this.#pick(review) : findFinding(review, known);
    if (!found) return;
    if (found.finding.proof.schedule === undefined) {
      window.showInformationMessage(l10n.t('One thread alone shows this: there is no schedule.'));
      return;
    }
    this.#shown = found;
    this.#timelines = undefined;
    this.#open();
    await this.#replay(found);
  }

  async #pick(review: FoundFinding['review']): Promise<FoundFinding | undefined> {
    const items = (review.result?.report.patches ?? []).flatMap((report) =>
      report.findings
        .filter((finding) => finding.proof.schedule !== undefined)
        .map((finding) => ({
          label: finding.message,
          description: finding.rule,
          detail: `${finding.proof.scenario}, ${finding.proof.schedule}`,
          found: { review, report, finding },
        })),
    );
    if (items.length === 0) {
      window.showInformationMessage(l10n.t('Nothing was found that needs several threads.'));
      return undefined;
    }
    if (items.length === 1) return items[0]!.found;
    return (await window.showQuickPick(items, { placeHolder: l10n.t('Whose schedule?'), matchOnDetail: true }))?.found;
  }

  #open(): void {
    if (this.#panel) this.#panel.reveal(undefined, true);
    else {
      const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      const panel = window.createWebviewPanel('iomemReview.schedule', l10n.t('Schedule'), column, {
        enableFindWidget: true,
      });
      this.#panel = panel;
      const media = Uri.joinPath(this.#context.extensionUri, 'dist/media');
      panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
      panel.webview.onDidReceiveMessage((message: FromSchedule) => this.#received(message));
      panel.onDidDispose(() => {
        this.#panel = undefined;
        this.#running?.abort();
      });
      panel.webview.html = webviewPage(panel.webview, media, { name: 'schedule', title: l10n.t('Schedule') });
    }
    this.#post({ type: 'waiting' });
  }

  async #replay({ review, report, finding }: FoundFinding): Promise<void> {
    const { scenario, machine, schedule, world } = finding.proof;
    const shown = report.scenarios.find((one) => one.name === scenario && one.machine === machine);
    const patch = review.result?.report.patches.indexOf(report) ?? 0;
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    try {
      const timelines =
        shown && (await askTimelines(this.#worker, review, patch, shown, schedule ?? '', controller.signal));
      if (this.#running !== controller) return;
      if (!timelines) {
        this.#post({ type: 'failed', reason: l10n.t('the report does not hold this scenario') });
        return;
      }
      this.#timelines = timelines;
      this.#post({ type: 'schedule', title: finding.message, timelines, world });
    } catch (error) {
      if (error instanceof CancelledError) return;
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.#post({ type: 'failed', reason });
    }
  }

  /** Kept for a page that is still loading, or is shown again. */
  #post(message: ToSchedule): void {
    this.#message = message;
    void this.#panel?.webview.postMessage(message);
  }

  #received(message: FromSchedule): void {
    const shown = this.#shown;
    switch (message.type) {
      case 'ready':
        void this.#panel?.webview.postMessage(this.#message);
        break;
      case 'open': {
        const location = shown && locate(shown.review, shown.report, message.place);
        if (location)
          void window.showTextDocument(location.uri, { viewColumn: ViewColumn.One, selection: location.range });
        break;
      }
      case 'copyText':
        void this.#copyTable(message.world);
        break;
      case 'copyScenario':
        void this.#copyScenario();
        break;
    }
  }

  /** Answers what was copied; undefined: no schedule is shown. `world`: by default that of the proof. */
  async #copyTable(world: unknown): Promise<string | undefined> {
    const finding = this.#shown?.finding;
    const timeline =
      finding && this.#timelines?.[world === 'before' || world === 'after' ? world : finding.proof.world];
    return timeline && this.#copy(scheduleText(finding, timelineLines(timeline)));
  }

  async #copyScenario(): Promise<string | undefined> {
    const text = this.#shown && scheduledScenario(this.#shown);
    return text === undefined ? undefined : this.#copy(text);
  }

  async #copy(text: string): Promise<string> {
    await env.clipboard.writeText(text);
    return text;
  }
}

const scheduleText = ({ rule, message, proof }: Finding, rows: readonly string[]): string =>
  [
    `${rule}: ${message}`,
    `scenario ${proof.scenario} on ${proof.machine}, schedule ${proof.schedule}`,
    ...rows,
    '',
  ].join('\n');

/** The scenario with the schedule in its head, as `run` and `explore` take it. */
function scheduledScenario({ report, finding }: FoundFinding): string | undefined {
  const { scenario, schedule } = finding.proof;
  const source = report.scenarios.find((one) => one.name === scenario)?.source;
  return source?.replace(/^\/\/ schedule:.*\n/m, '').replace(/^/, `// schedule: ${schedule}\n`);
}
