import {
  commands,
  type DebugAdapterDescriptorFactory,
  DebugAdapterInlineImplementation,
  type DebugConfiguration,
  DebugConfigurationProviderTriggerKind,
  type DebugSession,
  debug,
  env,
  l10n,
  Uri,
  type WorkspaceFolder,
  window,
  workspace,
} from 'vscode';
import type { DebugRequest } from '../protocol.ts';
import type { PatchReport, World } from '../review/report.ts';
import { modelAddress, readAddress, scenarioAddress, sideAddress } from './addresses.ts';
import { type Prepared, ProofAdapter } from './debug-session.ts';
import { Owner } from './disposable.ts';
import { findFinding } from './documents.ts';
import type { Git } from './git.ts';
import { locate, textsOf } from './places.ts';
import type { Platform } from './platform.ts';
import type { Review, Reviews } from './reviews.ts';
import { findTree, folderTree, isKernelTree, pathBelow, type Tree, unsavedFiles } from './tree.ts';
import { reviewFor } from './view-commands.ts';
import { WorkerClient } from './worker-client.ts';

const type = 'iomem-review';

/** A launch configuration of ours, with what our commands put in besides. */
interface Config extends DebugConfiguration {
  readonly scenario?: string;
  readonly patch?: string;
  readonly finding?: string;
  readonly machine?: string;
  readonly schedule?: string;
  readonly world?: World | 'both';
}

/** Proofs and scenarios in the editor's own debugger. */
export class Debugging extends Owner implements DebugAdapterDescriptorFactory {
  readonly #reviews: Reviews;
  readonly #platform: Platform;
  readonly #git: Git;
  readonly #extensionUri: Uri;

  constructor(reviews: Reviews, platform: Platform, git: Git, extensionUri: Uri) {
    super();
    this.#reviews = reviews;
    this.#platform = platform;
    this.#git = git;
    this.#extensionUri = extensionUri;
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
    this.own(commands.registerCommand('iomemReview.debugProof', (patch, finding) => this.#debugProof(patch, finding)));
    this.own(commands.registerCommand('iomemReview.debugScenario', (uri) => this.#debugScenario(uri)));
    this.own(commands.registerCommand('iomemReview.copySchedule', () => this.#copySchedule()));
  }

  createDebugAdapterDescriptor(session: DebugSession): DebugAdapterInlineImplementation {
    const worker = new WorkerClient(this.#platform.startWorker(this.#extensionUri));
    const config = session.configuration as Config;
    return new DebugAdapterInlineImplementation(
      new ProofAdapter(worker, () => this.#prepare(config, session.workspaceFolder)),
    );
  }

  /** Fills in what a configuration leaves open; “both” becomes two sessions. */
  async #resolve(folder: WorkspaceFolder | undefined, config: Config): Promise<DebugConfiguration | undefined> {
    let full = config;
    if (config.type === undefined || (config.scenario === undefined && config.finding === undefined)) {
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
    const common = { ...full, stopAtDifference: true };
    await debug.startDebugging(folder, { ...common, world: 'before', name: l10n.t('{0} (before)', full.name) });
    return { ...common, world: 'after', name: l10n.t('{0} (after)', full.name) };
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

  async #debugProof(patch: unknown, what: unknown): Promise<boolean> {
    const review = await reviewFor(this.#reviews, patch);
    const finding = review && (typeof what === 'string' ? what : await pickFinding(review));
    if (!review || finding === undefined) return false;
    return debug.startDebugging(workspace.getWorkspaceFolder(review.patch), proofConfig(review.patch, finding));
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

  // --- what a configuration means ------------------------------------------------------------------------------------------

  async #prepare(config: Config, folder: WorkspaceFolder | undefined): Promise<Prepared> {
    const world: World = config.world === 'before' ? 'before' : 'after';
    const base = folder?.uri ?? workspace.workspaceFolders?.[0]?.uri;
    const patch = config.patch === undefined ? undefined : resolveUri(config.patch, base);
    if (config.finding !== undefined) {
      const found = patch && findFinding(this.#reviews.get(patch), config.finding);
      if (!found) throw new Error(l10n.t('Review the patch first: there is no such finding.'));
      return this.#proof(found.review, found.report, config.finding, config);
    }
    if (config.scenario === undefined)
      throw new Error(l10n.t('The configuration names neither a scenario nor a finding.'));
    const scenario = resolveUri(config.scenario, base);
    const text = (await workspace.openTextDocument(scenario)).getText();
    const tree = await this.#treeFor(patch ?? scenario, base);
    const name = workspace.asRelativePath(scenario, false);
    const machineFile = config.machine?.includes('/') ? resolveUri(config.machine, base) : undefined;
    return this.#prepared(
      tree,
      scenario,
      {
        tree: tree.source,
        overlay: unsavedFiles(tree.root),
        scenario: { name, text },
        world,
        ...(patch
          ? {
              patch: {
                text: (await workspace.openTextDocument(patch)).getText(),
                name: workspace.asRelativePath(patch, false),
              },
            }
          : {}),
        ...(config.machine === undefined ? {} : { machine: config.machine }),
        ...(machineFile ? { machineText: (await workspace.openTextDocument(machineFile)).getText() } : {}),
        ...(config.schedule === undefined ? {} : { schedule: config.schedule }),
        ...budgetOf(scenario),
      },
      (file) =>
        // With a patch, the review knows the texts of both sides.
        patch && this.#sideOf(patch, world, file),
    );
  }

  #sideOf(patch: Uri, world: World, file: string): Uri | undefined {
    const review = this.#reviews.get(patch);
    const texts = review && textsOf(review, 0, file);
    return texts && sideAddress(patch, texts.patch, world, texts.path);
  }

  async #treeFor(uri: Uri, base: Uri | undefined): Promise<Tree> {
    if (base && (await isKernelTree(base))) return folderTree(base, this.#platform);
    return findTree(uri, this.#platform, this.#git);
  }

  async #proof(review: Review, report: PatchReport, id: string, config: Config): Promise<Prepared> {
    const finding = report.findings.find((one) => one.id === id)!;
    const { proof } = finding;
    const shown =
      report.scenarios.find((s) => s.name === proof.scenario && s.machine === proof.machine) ??
      report.scenarios.find((s) => s.name === proof.scenario);
    const { tree, result } = review;
    if (!shown || !tree || !result)
      throw new Error(l10n.t('The proof of this finding is no scenario that can be stepped through.'));
    const index = result.report.patches.indexOf(report);
    const world = config.world === 'before' || config.world === 'after' ? config.world : proof.world;
    const document = await workspace.openTextDocument(review.patch);
    // Earlier patches of a series have done their work when this one comes.
    const earlier = result.files.filter((file) => file.patch < index);
    const name = shown.name.endsWith('.c') ? shown.name : `scenarios/${shown.name}.c`;
    const lines = document.getText().split('\n');
    const [from, next] = [result.mails[index]?.patchLine ?? 1, result.mails[index + 1]?.patchLine];
    const part = lines.slice(from - 1, next === undefined ? undefined : next - 1).join('\n');
    return this.#prepared(
      tree,
      scenarioAddress(review.patch, shown.name),
      {
        tree: tree.source,
        overlay: [...unsavedFiles(tree.root), ...earlier.map(({ path, after }) => ({ path, text: after ?? null }))],
        scenario: { name, text: shown.source },
        world,
        machine: shown.machine,
        patch:
          tree.source.kind === 'none'
            ? { text: document.getText(), name: review.name, index }
            : { text: part, name: review.name },
        ...(proof.schedule === undefined ? {} : { schedule: proof.schedule }),
        ...budgetOf(review.patch),
      },
      (file) => locate(review, report, { file, line: 1, world })?.uri,
    );
  }

  #prepared(tree: Tree, scenario: Uri, request: DebugRequest, sideOf: (file: string) => Uri | undefined): Prepared {
    const seconds = workspace.getConfiguration('iomemReview', scenario).get<number>('budget.seconds', 120);
    /** What a document was told to be. */
    const told = new Map<string, string>();
    return {
      request,
      timeout: seconds * 1000,
      readFiles: (paths) => tree.readFiles(paths),
      documentOf: (_world, file) => {
        const uri =
          file === request.scenario.name
            ? scenario
            : file.startsWith('<model>/')
              ? modelAddress(file.slice('<model>/'.length))
              : (sideOf(file) ?? (tree.root && Uri.joinPath(tree.root, file)));
        if (!uri || file.startsWith('<built')) return undefined;
        const path = pathOf(uri);
        told.set(path, file);
        return path;
      },
      fileOf: (path) => {
        const known = told.get(path);
        if (known !== undefined) return known;
        const uri = uriOf(path);
        const address = readAddress(uri);
        if (address?.kind === 'before' || address?.kind === 'after') return address.path;
        if (address?.kind === 'scenario' || uri.toString() === scenario.toString()) return request.scenario.name;
        if (address?.kind === 'model') return `<model>/${address.path}`;
        return tree.root && pathBelow(tree.root, uri);
      },
    };
  }
}

/** The debugger knows files by their paths, everything else by its address. */
const pathOf = (uri: Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.toString());
const uriOf = (path: string): Uri =>
  /^[a-z][\w+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path) ? Uri.parse(path) : Uri.file(path);

function resolveUri(text: string, base: Uri | undefined): Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(text)) return Uri.parse(text);
  if (text.startsWith('/') || base === undefined)
    return base && base.scheme !== 'file' ? base.with({ path: text }) : Uri.file(text);
  return Uri.joinPath(base, text);
}

function budgetOf(scope: Uri): { readonly statements?: number } {
  const statements = workspace.getConfiguration('iomemReview', scope).get<number>('budget.statements', 0);
  return statements > 0 ? { statements } : {};
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
