import {
  commands,
  type DebugAdapterDescriptorFactory,
  DebugAdapterInlineImplementation,
  type DebugConfiguration,
  DebugConfigurationProviderTriggerKind,
  type DebugSession,
  debug,
  EventEmitter,
  env,
  l10n,
  Range,
  type TestRun,
  Uri,
  ViewColumn,
  type WorkspaceFolder,
  window,
  workspace,
} from 'vscode';
import type { Standing } from '../../debug/host.ts';
import type { World } from '../../review/report.ts';
import { readAddress } from '../addresses.ts';
import type { DeskNode } from '../desk/nodes.ts';
import { Owner } from '../disposable.ts';
import type { Git } from '../git.ts';
import type { Platform } from '../platform.ts';
import type { Review, Reviews } from '../reviews.ts';
import { reviewFor } from '../view-commands.ts';
import { WorkerClient } from '../worker-client.ts';
import { type Config, DebugPreparation, uriOf } from './prepare.ts';
import { type Prepared, ProofAdapter } from './session.ts';

const type = 'iomem-review';

/** Where a session stands that executes something which the address map can show. */
export interface Stand {
  readonly shown: NonNullable<Prepared['shown']>;
  readonly world: World;
  /** Steps taken, of all threads. */
  readonly steps: number;
  /** The proof's own schedule, or one that the person made by stepping. */
  readonly schedule: string;
}

/** Proofs and scenarios in the editor's own debugger. */
export class Debugging extends Owner implements DebugAdapterDescriptorFactory {
  readonly #reviews: Reviews;
  readonly #platform: Platform;
  readonly #extensionUri: Uri;
  readonly #preparation: DebugPreparation;
  readonly #adapters = new Map<string, ProofAdapter>();
  /** One of a pair that waits for its partner. */
  readonly #waiting = new Map<string, ProofAdapter>();
  #pairs = 0;
  /** Of each session that somebody watches: the schedule that it began with. */
  readonly #schedules = new Map<string, string>();
  readonly #stood = this.own(new EventEmitter<Stand>());
  /** A session has stopped somewhere; only asked for while somebody {@link watched wants} to know. */
  readonly onDidStand = this.#stood.event;
  watched: () => boolean = () => false;

  constructor(reviews: Reviews, platform: Platform, git: Git, extensionUri: Uri) {
    super();
    this.#reviews = reviews;
    this.#platform = platform;
    this.#extensionUri = extensionUri;
    this.#preparation = new DebugPreparation(reviews, platform, git);
    this.own(debug.registerDebugAdapterDescriptorFactory(type, this));
    this.own(
      debug.registerDebugConfigurationProvider(type, {
        resolveDebugConfiguration: (folder, config) => this.#resolve(folder, config),
      }),
    );
    this.own(
      debug.registerDebugConfigurationProvider(
        type,
        { provideDebugConfigurations: () => this.#dynamic() },
        DebugConfigurationProviderTriggerKind.Dynamic,
      ),
    );
    this.own(
      debug.registerDebugAdapterTrackerFactory(type, {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { readonly event?: string; readonly body?: { readonly threadId?: number } }) => {
            if (message.event === 'stopped') void this.#stopped(session, message.body?.threadId ?? 1);
          },
        }),
      }),
    );
    this.own(
      debug.onDidTerminateDebugSession(({ id }) => {
        this.#adapters.delete(id);
        this.#schedules.delete(id);
      }),
    );
    this.own(commands.registerCommand('iomemReview.debugProof', (patch, finding) => this.#debugProof(patch, finding)));
    this.own(
      commands.registerCommand('iomemReview.debugBoth', (patch, finding) => this.#debugProof(patch, finding, 'both')),
    );
    this.own(commands.registerCommand('iomemReview.debugScenario', (uri) => this.#debugScenario(uri)));
    this.own(commands.registerCommand('iomemReview.copySchedule', () => this.#copySchedule()));
  }

  createDebugAdapterDescriptor(session: DebugSession): DebugAdapterInlineImplementation {
    const worker = new WorkerClient(this.#platform.startWorker(this.#extensionUri));
    const config = session.configuration as Config;
    const adapter = new ProofAdapter(worker, () => this.#preparation.prepare(config, session.workspaceFolder));
    this.#adapters.set(session.id, adapter);
    if (config.pair !== undefined) {
      const partner = this.#waiting.get(config.pair);
      this.#waiting.delete(config.pair);
      if (partner) ProofAdapter.pair(partner, adapter);
      else this.#waiting.set(config.pair, adapter);
    }
    return new DebugAdapterInlineImplementation(adapter);
  }

  /** Fills in what a configuration leaves open; “both” becomes two sessions. */
  async #resolve(folder: WorkspaceFolder | undefined, config: Config): Promise<DebugConfiguration | undefined> {
    let full = config;
    if (
      config.type === undefined ||
      [config.scenario, config.finding, config.kunit].every((one) => one === undefined)
    ) {
      const active = window.activeTextEditor?.document.uri;
      const address = active && readAddress(active);
      if (address?.kind === 'proof') full = { ...config, ...proofConfig(address.patch, address.finding) };
      else if (active && /\.c$/.test(active.path) && !address) full = { ...config, ...scenarioConfig(active) };
      else {
        const review = await reviewFor(this.#reviews, undefined);
        const finding = review && (await pickFinding(review));
        if (!review || !finding) return undefined;
        full = { ...config, ...proofConfig(review.patch, finding) };
      }
    }
    if (full.world !== 'both') return full;
    const common = { ...full, stopAtDifference: true, pair: `pair ${++this.#pairs}` };
    await debug.startDebugging(folder, { ...common, world: 'before', name: l10n.t('{0} (before)', full.name) });
    return { ...common, world: 'after', name: l10n.t('{0} (after)', full.name) };
  }

  async #stopped(session: DebugSession, threadId: number): Promise<void> {
    const adapter = this.#adapters.get(session.id);
    const { pair, world } = session.configuration as Config;
    try {
      if (pair !== undefined) await this.#showBeside(session, threadId, world === 'before');
      const shown = adapter?.prepared?.shown;
      if (!shown || !this.watched()) return;
      const standing = (await session.customRequest('iomemStanding')) as Standing;
      // As the report writes the proof's schedule, until the person makes another one.
      const first = this.#schedules.get(session.id) ?? standing.schedule;
      this.#schedules.set(session.id, first);
      const schedule = standing.schedule === first ? shown.schedule : standing.schedule;
      this.#stood.fire({ shown, world: standing.world, steps: standing.steps, schedule });
    } catch {
      // The session has ended meanwhile.
    }
  }

  /** Of two sessions, the one before the patch has the left half of the window and the one after it the right. */
  async #showBeside(session: DebugSession, threadId: number, left: boolean): Promise<void> {
    const { stackFrames } = await session.customRequest('stackTrace', { threadId, levels: 1 });
    const [frame] = stackFrames as { readonly source?: { readonly path?: string }; readonly line: number }[];
    if (frame?.source?.path === undefined) return;
    const line = Math.max(0, frame.line - 1);
    await window.showTextDocument(uriOf(frame.source.path), {
      viewColumn: left ? ViewColumn.One : ViewColumn.Two,
      preserveFocus: true,
      selection: new Range(line, 0, line, 0),
    });
  }

  /** Brings the session in which a world of an execution stands to one of its steps. */
  seek(patch: Uri, world: World, step: number): boolean {
    for (const adapter of this.#adapters.values()) {
      const { shown, request } = adapter.prepared ?? {};
      if (shown?.patch.toString() !== patch.toString() || request?.world !== world) continue;
      adapter.ask('iomemSeek', { step });
      return true;
    }
    return false;
  }

  /**
   * Debugs one case of a KUnit suite, and settles when that session is over. `signal`: what a person who stops such a session
   * ends first is the run of tests, and the session is left to us.
   */
  async debugCase(
    folder: WorkspaceFolder | undefined,
    what: { readonly kunit: string; readonly case: string; readonly patch?: Uri; readonly world: World },
    testRun: TestRun,
    signal: AbortSignal,
  ): Promise<void> {
    const config: Config = {
      type,
      request: 'launch',
      name: what.case,
      kunit: what.kunit,
      case: what.case,
      world: what.world,
      ...(what.patch ? { patch: what.patch.toString() } : {}),
      mark: `case ${++this.#pairs}`,
    };
    const isOurs = (session: DebugSession): boolean => session.configuration.mark === config.mark;
    let ours: DebugSession | undefined;
    const end = (): void => {
      if (ours) void debug.stopDebugging(ours);
    };
    const begun = debug.onDidStartDebugSession((session) => {
      if (!isOurs(session)) return;
      ours = session;
      if (signal.aborted) end();
    });
    signal.addEventListener('abort', end);
    let listener: { dispose(): unknown } | undefined;
    const over = new Promise<void>((settle) => {
      listener = debug.onDidTerminateDebugSession((session) => {
        if (isOurs(session)) settle();
      });
    });
    try {
      if (await debug.startDebugging(folder, config, { testRun })) await over;
    } finally {
      signal.removeEventListener('abort', end);
      begun.dispose();
      listener?.dispose();
    }
  }

  /** What is open: each proof of the reviews, and the scenario in the active editor. */
  #dynamic(): DebugConfiguration[] {
    const configs: DebugConfiguration[] = [];
    const active = window.activeTextEditor?.document.uri;
    if (active && /\.c$/.test(active.path) && !readAddress(active)) configs.push(scenarioConfig(active));
    for (const review of this.#reviews.all()) {
      for (const report of review.result?.report.patches ?? [])
        for (const finding of report.findings.slice(0, 20))
          configs.push({
            ...proofConfig(review.patch, finding.id),
            name: `${finding.rule}: ${finding.message}`.slice(0, 100),
          });
    }
    return configs;
  }

  /** `what`: a finding by its id, or `patch` is its node in the view of reviews. */
  async #debugProof(patch: unknown, what: unknown, world?: 'both'): Promise<boolean> {
    const node = patch as DeskNode | undefined;
    const review = node?.kind === 'finding' ? node.review : await reviewFor(this.#reviews, patch);
    const active = window.activeTextEditor && readAddress(window.activeTextEditor.document.uri);
    const open = what === undefined && active?.kind === 'proof' ? active.finding : undefined;
    const known = node?.kind === 'finding' ? node.finding.id : typeof what === 'string' ? what : open;
    const finding = review && (known ?? (await pickFinding(review)));
    if (!review || finding === undefined) return false;
    const config = { ...proofConfig(review.patch, finding), ...(world ? { world } : {}) };
    return debug.startDebugging(workspace.getWorkspaceFolder(review.patch), config);
  }

  async #debugScenario(uri: unknown): Promise<boolean> {
    const target = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
    if (!target) return false;
    return debug.startDebugging(workspace.getWorkspaceFolder(target), scenarioConfig(target));
  }

  /** The schedule of the running session, also one that a person made by stepping. */
  async #copySchedule(): Promise<string | undefined> {
    const session = debug.activeDebugSession;
    if (session?.type !== type) return undefined;
    const { schedule } = (await session.customRequest('iomemSchedule')) as { schedule: string };
    if (schedule === '') window.showInformationMessage(l10n.t('There is one thread only: no schedule is needed.'));
    else {
      await env.clipboard.writeText(schedule);
      window.showInformationMessage(l10n.t('Copied: {0}', schedule));
    }
    return schedule;
  }
}

const proofConfig = (patch: Uri, finding: string): DebugConfiguration => ({
  type,
  request: 'launch',
  name: l10n.t('Proof: {0}', finding),
  patch: patch.toString(),
  finding,
});
const scenarioConfig = (scenario: Uri): DebugConfiguration => ({
  type,
  request: 'launch',
  name: l10n.t('Scenario: {0}', scenario.path.replace(/^.*\//, '')),
  scenario: scenario.toString(),
});

async function pickFinding(review: Review): Promise<string | undefined> {
  const items = (review.result?.report.patches ?? []).flatMap((report) =>
    report.findings.map((finding) => ({
      label: finding.message,
      description: finding.rule,
      detail: `${finding.at.file}:${finding.at.line}, ${finding.proof.scenario}`,
      id: finding.id,
    })),
  );
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Whose proof?'), matchOnDescription: true }))?.id;
}
