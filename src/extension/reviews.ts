import { EventEmitter, type LogOutputChannel, l10n, RelativePattern, type Uri, workspace } from 'vscode';
import type { PatchDone, ReviewRequest, ReviewResult } from '../protocol.ts';
import { countsOf } from '../review/verdict.ts';
import { budgetsOf, searchWorkersOf } from './budgets.ts';
import { keptScenarios } from './desk/kept.ts';
import { Owner } from './disposable.ts';
import type { Git } from './git.ts';
import { machineTextOf } from './import-machine.ts';
import type { Platform } from './platform.ts';
import { findTree, type Tree, unsavedFiles } from './tree.ts';
import { CancelledError, type WorkerClient } from './worker-client.ts';

/** What is known about one patch. */
export interface Review {
  readonly patch: Uri;
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Of the last review that came to its end; stays while the next one runs. */
  readonly result?: ReviewResult;
  readonly tree?: Tree;
  readonly error?: unknown;
  /** Of a series that is being reviewed: its patches that are through. */
  readonly through?: readonly PatchDone[];
}
export interface RunOptions {
  readonly signal?: AbortSignal;
  progress?(done: number, total: number, what: string): void;
}

/** All reviews of this window, by the address of their patch: runs them, keeps their results, tells of changes. */
export class Reviews extends Owner {
  readonly #changed = this.own(new EventEmitter<Review>());
  readonly #progressed = this.own(new EventEmitter<Uri>());
  readonly #removed = this.own(new EventEmitter<Uri>());
  readonly #reviews = new Map<string, Review>();
  /** Ends the review of a patch that is still running. */
  readonly #running = new Map<string, AbortController>();
  /** A full review goes on beside the first one of another patch. */
  readonly #clients: { readonly first: WorkerClient; readonly full: WorkerClient };
  /** Ends the full review of a patch that goes on in the background. */
  readonly #deepening = new Map<string, AbortController>();
  readonly #platform: Platform;
  readonly #git: Git;
  readonly #log: LogOutputChannel;

  /** A series that is being reviewed has come one patch further. */
  readonly onDidProgress = this.#progressed.event;
  readonly onDidChange = this.#changed.event;
  readonly onDidRemove = this.#removed.event;

  constructor(
    platform: Platform,
    git: Git,
    clients: { readonly first: WorkerClient; readonly full: WorkerClient },
    log: LogOutputChannel,
  ) {
    super();
    this.#platform = platform;
    this.#git = git;
    this.#log = log;
    this.#clients = clients;
  }

  get(patch: Uri): Review | undefined {
    return this.#reviews.get(patch.toString());
  }

  all(): readonly Review[] {
    return [...this.#reviews.values()];
  }

  /** Forgets a patch, or all of them. */
  remove(patch?: Uri): void {
    for (const review of patch ? [this.get(patch)] : this.all()) {
      if (!review) continue;
      const key = review.patch.toString();
      this.#running.get(key)?.abort();
      this.#deepening.get(key)?.abort();
      this.#reviews.delete(key);
      this.#removed.fire(review.patch);
    }
  }

  /**
   * Reviews a patch as it stands in the editor now; a review of it that is still running is given up. Rejects with what
   * went wrong, and with {@link CancelledError}.
   */
  async run(patch: Uri, options: RunOptions = {}): Promise<Review> {
    const key = patch.toString();
    this.#running.get(key)?.abort();
    this.#deepening.get(key)?.abort();
    const controller = new AbortController();
    const cancel = () => controller.abort();
    options.signal?.addEventListener('abort', cancel, { once: true });
    this.#running.set(key, controller);
    const before = this.get(patch);
    const name = workspace.asRelativePath(patch, false).replace(/^.*\//, '');
    const began = Date.now();
    try {
      const { through: _, ...known } = before ?? { patch, name };
      this.#put({ ...known, patch, name, state: 'running' });
      const tree = await findTree(patch, this.#platform, this.#git);
      const request = await makeRequest(patch, name, tree);
      const seconds = workspace.getConfiguration('iomemReview', patch).get<number>('budget.seconds', 120);
      const result = await this.#clients.first.perform('review', request, {
        signal: controller.signal,
        timeout: seconds * 1000,
        progress: (done, total, what) => options.progress?.(done, total, what),
        patch: (done) => this.#through(patch, done),
        readFiles: (paths) => tree.readFiles(paths),
      });
      const review: Review = { patch, name, tree, result, state: 'done' };
      this.#log.info(`${name}: ${verdictOf(result)} (${Date.now() - began} ms)`);
      this.#put(review);
      if (result.left && wantsFull(patch)) void this.#deepen(review, tree, request);
      return review;
    } catch (error) {
      // A newer review of the same patch has taken over: its state stands.
      if (this.#running.get(key) !== controller) throw error;
      if (error instanceof CancelledError) this.#restore(patch, before);
      else {
        this.#log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        this.#put({ patch, name, state: 'failed', error });
      }
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      if (this.#running.get(key) === controller) this.#running.delete(key);
    }
  }

  /** The full review, in the background; its result takes the place of the first one. */
  async #deepen(first: Review, tree: Tree, request: ReviewRequest): Promise<void> {
    const { patch, name } = first;
    const key = patch.toString();
    const controller = new AbortController();
    this.#deepening.set(key, controller);
    const began = Date.now();
    try {
      const seconds = workspace.getConfiguration('iomemReview', patch).get<number>('budget.seconds', 120);
      const result = await this.#clients.full.perform(
        'review',
        { ...request, depth: 'full' },
        {
          signal: controller.signal,
          timeout: seconds * 1000,
          progress: () => {},
          readFiles: (paths) => tree.readFiles(paths),
        },
      );
      if (this.get(patch) !== first) return;
      this.#log.info(`${name}: full review: ${verdictOf(result)} (${Date.now() - began} ms)`);
      this.#put({ ...first, result });
    } catch (error) {
      // What the first review found stands; its report names what was left.
      if (!(error instanceof CancelledError))
        this.#log.warn(`${name}: full review: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      if (this.#deepening.get(key) === controller) this.#deepening.delete(key);
    }
  }

  #through(patch: Uri, done: PatchDone): void {
    const review = this.get(patch);
    if (review?.state !== 'running' || done.total < 2) return;
    // A served tree is read in rounds: what comes again replaces what was there.
    const through = [...(review.through ?? []).filter((one) => one.index !== done.index), done];
    this.#reviews.set(patch.toString(), { ...review, through });
    this.#progressed.fire(review.patch);
  }

  #put(review: Review): void {
    if (this.isDisposed) return;
    this.#reviews.set(review.patch.toString(), review);
    this.#changed.fire(review);
  }

  #restore(patch: Uri, before: Review | undefined): void {
    if (before && before.state !== 'running') this.#put(before);
    else if (before?.result) this.#put({ ...before, state: 'done' });
    else if (this.#reviews.delete(patch.toString())) this.#removed.fire(patch);
  }
}

const wantsFull = (patch: Uri): boolean =>
  workspace.getConfiguration('iomemReview', patch).get<boolean>('fullReview', true);

/** One line for the log and for messages. */
export function verdictOf(result: ReviewResult): string {
  const [only, ...more] = result.report.patches;
  if (only && more.length === 0) return only.verdict;
  const { introduced, change, fixed, existing } = countsOf(result.report.patches);
  return l10n.t('{0} introduced, {1} changed, {2} fixed, {3} existing', introduced, change, fixed, existing);
}

async function makeRequest(patch: Uri, name: string, tree: Tree): Promise<ReviewRequest> {
  const settings = workspace.getConfiguration('iomemReview', patch);
  const document = await workspace.openTextDocument(patch);
  const machine = settings.get<string>('machine', '').trim();
  return {
    patchText: document.getText(),
    patchName: name,
    tree: tree.source,
    overlay: unsavedFiles(tree.root),
    scenarios: await scenariosFor(patch, settings.get<readonly string[]>('scenarios', [])),
    direction: settings.get<ReviewRequest['direction']>('direction', 'auto'),
    depth: 'first',
    ...(machine === '' ? {} : { machine, ...(await machineTextOf(machine, patch)) }),
    searchWorkers: searchWorkersOf(patch),
    ...budgetsOf(patch),
  };
}

/** Those that were kept, then those that the setting names; none twice. */
async function scenariosFor(patch: Uri, patterns: readonly string[]): Promise<ReviewRequest['scenarios']> {
  const all = [...(await keptScenarios(patch)), ...(await ownScenarios(patch, patterns))];
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** The scenarios that the setting names, sorted by path, so that every run has the same order. */
async function ownScenarios(patch: Uri, patterns: readonly string[]): Promise<ReviewRequest['scenarios']> {
  const folder = workspace.getWorkspaceFolder(patch) ?? workspace.workspaceFolders?.[0];
  if (!folder || patterns.length === 0) return [];
  const found = await Promise.all(
    patterns.map((pattern) => workspace.findFiles(new RelativePattern(folder, pattern), undefined, 1000)),
  );
  const files = new Map(found.flat().map((uri) => [workspace.asRelativePath(uri, false), uri]));
  const names = [...files.keys()].sort();
  return Promise.all(
    names.map(async (name) => ({ name, text: (await workspace.openTextDocument(files.get(name)!)).getText() })),
  );
}
