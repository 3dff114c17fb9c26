import { type DebugConfiguration, l10n, Uri, type WorkspaceFolder, workspace } from 'vscode';
import type { DebugRequest, TreeFile } from '../../protocol.ts';
import type { PatchReport, World } from '../../review/report.ts';
import { modelAddress, readAddress, scenarioAddress, sideAddress } from '../addresses.ts';
import { budgetsOf } from '../budgets.ts';
import { findFinding } from '../documents.ts';
import type { Git } from '../git.ts';
import { machineTextOf } from '../import-machine.ts';
import { onePatch, scenarioOf } from '../one-patch.ts';
import { locate, textsOf } from '../places.ts';
import type { Platform } from '../platform.ts';
import type { Review, Reviews } from '../reviews.ts';
import { findTree, folderTree, isKernelTree, pathBelow, type Tree, unsavedFiles } from '../tree.ts';
import type { Prepared } from './session.ts';

/** A launch configuration of ours, with what our commands put in besides. */
export interface Config extends DebugConfiguration {
  readonly scenario?: string;
  /** A KUnit suite by its path in the tree, and one of its cases. */
  readonly kunit?: string;
  readonly case?: string;
  readonly patch?: string;
  readonly finding?: string;
  readonly machine?: string;
  readonly schedule?: string;
  readonly world?: World | 'both';
  /** One of two sessions that go on together, by a name that both have. */
  readonly pair?: string;
}

/** What launch configurations mean: the execution, and the documents that its places stand in. */
export class DebugPreparation {
  readonly #reviews: Reviews;
  readonly #platform: Platform;
  readonly #git: Git;

  constructor(reviews: Reviews, platform: Platform, git: Git) {
    this.#reviews = reviews;
    this.#platform = platform;
    this.#git = git;
  }

  /** Throws what a person should read. */
  async prepare(config: Config, folder: WorkspaceFolder | undefined): Promise<Prepared> {
    const base = folder?.uri ?? workspace.workspaceFolders?.[0]?.uri;
    const patch = config.patch === undefined ? undefined : resolveUri(config.patch, base);
    if (config.finding !== undefined) {
      const found = patch && findFinding(this.#reviews.get(patch), config.finding);
      if (!found) throw new Error(l10n.t('Review the patch first: there is no such finding.'));
      return this.#proof(found.review, found.report, config.finding, config);
    }
    const sideOf = (file: string) => patch && this.#sideOf(patch, worldOf(config), file);
    if (config.kunit !== undefined) {
      if (config.case === undefined) throw new Error(l10n.t('The configuration names no case of the KUnit suite.'));
      const tree = await this.#treeFor(patch ?? base, base);
      const subject = { kind: 'kunit', path: config.kunit, case: config.case } as const;
      return this.#prepared(tree, undefined, { subject, ...(await common(tree, config, patch, base)) }, sideOf);
    }
    if (config.scenario === undefined)
      throw new Error(l10n.t('The configuration names neither a scenario nor a finding.'));
    const scenario = resolveUri(config.scenario, base);
    const tree = await this.#treeFor(patch ?? scenario, base);
    const text = (await workspace.openTextDocument(scenario)).getText();
    const subject = { kind: 'scenario', name: workspace.asRelativePath(scenario, false), text } as const;
    return this.#prepared(tree, scenario, { subject, ...(await common(tree, config, patch, base)) }, sideOf);
  }

  /** Of a patch that was reviewed, the texts of both sides are known. */
  #sideOf(patch: Uri, world: World, file: string): Uri | undefined {
    const review = this.#reviews.get(patch);
    const touching = (review?.result?.report.patches ?? []).flatMap((_, index) => textsOf(review!, index, file) ?? []);
    // All patches of a series are executed together.
    const texts = world === 'before' ? touching[0] : touching.at(-1);
    return texts && sideAddress(patch, texts.patch, world, texts.path);
  }

  async #treeFor(uri: Uri | undefined, base: Uri | undefined): Promise<Tree> {
    if (base && (await isKernelTree(base))) return folderTree(base, this.#platform);
    if (!uri) throw new Error(l10n.t('There is no kernel tree in this window.'));
    return findTree(uri, this.#platform, this.#git);
  }

  async #proof(review: Review, report: PatchReport, id: string, config: Config): Promise<Prepared> {
    const { proof } = report.findings.find((one) => one.id === id)!;
    const shown =
      report.scenarios.find((s) => s.name === proof.scenario && s.machine === proof.machine) ??
      report.scenarios.find((s) => s.name === proof.scenario);
    const index = review.result?.report.patches.indexOf(report) ?? 0;
    const one = await onePatch(review, index);
    if (!one || (!shown && proof.kunit === undefined))
      throw new Error(l10n.t('The proof of this finding is no scenario that can be stepped through.'));
    const { tree } = one;
    const world = config.world === 'before' || config.world === 'after' ? config.world : proof.world;
    const subject: DebugRequest['subject'] = shown
      ? { kind: 'scenario', ...scenarioOf(shown) }
      : { kind: 'kunit', path: proof.scenario, case: proof.kunit ?? '' };
    const machine = shown?.machine ?? proof.machine;
    const prepared = this.#prepared(
      tree,
      shown && scenarioAddress(review.patch, shown.name),
      {
        tree: tree.source,
        overlay: one.overlay,
        onDisk: firstTexts(one.earlier),
        subject,
        world,
        machine,
        ...(await machineTextOf(machine, review.patch)),
        patch: { text: one.text, name: review.name, ...(one.index === undefined ? {} : { index: one.index }) },
        ...(proof.schedule === undefined ? {} : { schedule: proof.schedule }),
        ...budgetsOf(review.patch),
      },
      (file) => locate(review, report, { file, line: 1, world })?.uri,
    );
    if (!shown) return prepared;
    const scenario = report.scenarios.indexOf(shown);
    return { ...prepared, shown: { patch: review.patch, index, scenario, schedule: proof.schedule ?? '' } };
  }

  #prepared(
    tree: Tree,
    scenario: Uri | undefined,
    request: DebugRequest,
    sideOf: (file: string) => Uri | undefined,
  ): Prepared {
    const settings = workspace.getConfiguration('iomemReview', scenario ?? tree.root ?? null);
    const { subject, world } = request;
    const name = subject.kind === 'scenario' ? subject.name : undefined;
    /** What a document was told to be. */
    const told = new Map<string, string>();
    return {
      request,
      timeout: settings.get<number>('budget.seconds', 120) * 1000,
      readFiles: (paths) => tree.readFiles(paths),
      documentOf: (which, file) => {
        const uri =
          file === name
            ? scenario
            : file.startsWith('<model>/')
              ? modelAddress(file.slice('<model>/'.length))
              : (sideOf(file) ?? (tree.root && Uri.joinPath(tree.root, file)));
        if (!uri || file.startsWith('<built')) return undefined;
        const path = pathOf(uri);
        told.set(path, `${which}:${file}`);
        return path;
      },
      fileOf: (path) => {
        const uri = uriOf(path);
        const address = readAddress(uri);
        if (address?.kind === 'before' || address?.kind === 'after') return `${address.kind}:${address.path}`;
        if (address?.kind === 'model') return `${world}:<model>/${address.path}`;
        if (name !== undefined && (address?.kind === 'scenario' || uri.toString() === scenario?.toString()))
          return `${world}:${name}`;
        // What stands on the disk need not be what is executed.
        const below = tree.root && pathBelow(tree.root, uri);
        return below === undefined ? told.get(path) : `disk:${below}`;
      },
    };
  }
}

const worldOf = (config: Config): World => (config.world === 'before' ? 'before' : 'after');

/** What a configuration says of scenarios and cases alike. */
async function common(
  tree: Tree,
  config: Config,
  patch: Uri | undefined,
  base: Uri | undefined,
): Promise<Omit<DebugRequest, 'subject'>> {
  const { machine, schedule } = config;
  const textOf = async (uri: Uri) => (await workspace.openTextDocument(uri)).getText();
  return {
    tree: tree.source,
    overlay: unsavedFiles(tree.root),
    onDisk: [],
    world: worldOf(config),
    ...(patch ? { patch: { text: await textOf(patch), name: workspace.asRelativePath(patch, false) } } : {}),
    ...(machine === undefined ? {} : { machine }),
    ...(machine?.includes('/') ? { machineText: await textOf(resolveUri(machine, base)) } : {}),
    ...(schedule === undefined ? {} : { schedule }),
    ...budgetsOf(patch ?? base),
  };
}

/** What files were before the first of some patches that touch them. */
function firstTexts(files: readonly { readonly path: string; readonly before: string | undefined }[]): TreeFile[] {
  const first = new Map<string, string | null>();
  for (const { path, before } of files) if (!first.has(path)) first.set(path, before ?? null);
  return [...first].map(([path, text]) => ({ path, text }));
}

/** The debugger knows files by their paths, everything else by its address. */
const pathOf = (uri: Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.toString());
export const uriOf = (path: string): Uri =>
  /^[a-z][\w+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path) ? Uri.parse(path) : Uri.file(path);

function resolveUri(text: string, base: Uri | undefined): Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(text)) return Uri.parse(text);
  if (text.startsWith('/') || base === undefined)
    return base && base.scheme !== 'file' ? base.with({ path: text }) : Uri.file(text);
  return Uri.joinPath(base, text);
}
