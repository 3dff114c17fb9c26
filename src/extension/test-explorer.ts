import {
  type CancellationToken,
  FileCoverage,
  Location,
  l10n,
  Position,
  Range,
  RelativePattern,
  StatementCoverage,
  type TestController,
  type TestItem,
  TestMessage,
  type TestRun,
  type TestRunProfile,
  TestRunProfileKind,
  type TestRunRequest,
  TestTag,
  tests,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { KunitRequest } from '../protocol.ts';
import type { FileCoverage as CoveredFile, KunitCaseResult, KunitResult } from '../review/kunit.ts';
import type { SourcePlace, World } from '../review/report.ts';
import { sideAddress } from './addresses.ts';
import { budgetsOf } from './budgets.ts';
import type { Debugging } from './debug/debug.ts';
import { Owner } from './disposable.ts';
import type { Git } from './git.ts';
import { machineTextOf } from './import-machine.ts';
import { findKunitCases } from './kunit-cases.ts';
import { textsOf } from './places.ts';
import type { Platform } from './platform.ts';
import { reviewFailureText } from './review-commands.ts';
import type { Review, Reviews } from './reviews.ts';
import { findTree, folderTree, isKernelTree, pathBelow, type Tree, unsavedFiles } from './tree.ts';
import { CancelledError, JobFailure, type WorkerClient } from './worker-client.ts';

/** Where suites for what we model stand in a kernel tree. */
const suites = '{kernel,mm,lib,drivers/base,drivers/cxl,drivers/dax,drivers/gpu,drivers/nvdimm}/**/*{kunit,test}*.c';
const mostFiles = 2000;
/** A file that is longer holds no suite that a person wrote. */
const mostBytes = 4 * 1024 * 1024;
/** Cases that our machine can run. */
const runnable = new TestTag('iomem-review');

/** What one profile runs: the tree as it stands, or one side of the patch that is being reviewed. */
type Side = World | 'tree';

/** The kernel's own KUnit suites in the editor's Test Explorer: executed in our machine, before and after a patch. */
export class TestExplorer extends Owner {
  readonly #controller: TestController;
  readonly #worker: WorkerClient;
  readonly #platform: Platform;
  readonly #reviews: Reviews;
  readonly #debugging: Debugging;
  /** Patch that was reviewed last: what the profiles before and after are about. */
  #patch: Uri | undefined;
  /** What a coverage entry consists of, until the editor asks for it. */
  readonly #details = new WeakMap<FileCoverage, CoveredFile>();

  constructor(reviews: Reviews, worker: WorkerClient, platform: Platform, git: Git, debugging: Debugging) {
    super();
    this.#debugging = debugging;
    this.#worker = worker;
    this.#platform = platform;
    this.#reviews = reviews;
    this.#controller = this.own(tests.createTestController('iomemReview.kunit', l10n.t('KUnit (Iomem Review)')));
    this.#controller.resolveHandler = (item) => (item ? this.#resolveFile(item) : this.#discover());
    this.#controller.refreshHandler = () => this.#discover();
    const profile = (label: string, kind: TestRunProfileKind, side: Side, isDefault: boolean): TestRunProfile => {
      const run = (request: TestRunRequest, token: CancellationToken) => this.#run(request, token, side, kind, git);
      return this.own(this.#controller.createRunProfile(label, kind, run, isDefault, runnable));
    };
    for (const kind of [TestRunProfileKind.Run, TestRunProfileKind.Coverage, TestRunProfileKind.Debug]) {
      const profiles = [
        profile(l10n.t('The tree as it is'), kind, 'tree', true),
        profile(l10n.t('Before the patch'), kind, 'before', false),
        profile(l10n.t('After the patch'), kind, 'after', false),
      ];
      if (kind === TestRunProfileKind.Coverage)
        for (const one of profiles)
          one.loadDetailedCoverage = async (_run, coverage) => details(this.#details.get(coverage));
    }
    this.own(
      reviews.onDidChange((review) => {
        if (review.state === 'done') this.#patch = review.patch;
      }),
    );
    this.own(
      workspace.onDidChangeTextDocument(({ document }) => {
        const item = this.#controller.items.get(document.uri.toString());
        if (item) this.#fill(item, document.getText());
      }),
    );
    this.own(workspace.onDidChangeWorkspaceFolders(() => this.#discover()));
  }

  /** Every file of the workspace's kernel trees that registers a suite. */
  async #discover(): Promise<void> {
    const found: TestItem[] = [];
    for (const folder of workspace.workspaceFolders ?? []) {
      if (!(await isKernelTree(folder.uri))) continue;
      const files = await workspace.findFiles(new RelativePattern(folder, suites), null, mostFiles);
      for (const uri of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
        const item = await this.#itemOf(folder.uri, uri);
        if (item) found.push(item);
      }
    }
    this.#controller.items.replace(found);
  }

  async #itemOf(root: Uri, uri: Uri): Promise<TestItem | undefined> {
    const { size } = await workspace.fs.stat(uri);
    if (size > mostBytes) return undefined;
    const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
    if (findKunitCases(text).length === 0) return undefined;
    const item = this.#controller.createTestItem(uri.toString(), pathBelow(root, uri) ?? uri.path, uri);
    item.tags = [runnable];
    this.#fill(item, text);
    return item;
  }

  async #resolveFile(item: TestItem): Promise<void> {
    if (item.uri) this.#fill(item, (await workspace.openTextDocument(item.uri)).getText());
  }

  #fill(item: TestItem, text: string): void {
    item.children.replace(
      findKunitCases(text).map(({ name, line }) => {
        const child = this.#controller.createTestItem(`${item.id}#${name}`, name, item.uri);
        child.range = new Range(line, 0, line, 0);
        child.tags = [runnable];
        return child;
      }),
    );
  }

  async #run(
    request: TestRunRequest,
    token: CancellationToken,
    side: Side,
    kind: TestRunProfileKind,
    git: Git,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const files = asked(this.#controller, request);
    for (const cases of files.values()) for (const item of cases) run.enqueued(item);
    try {
      for (const [file, cases] of files) {
        if (token.isCancellationRequested) break;
        for (const item of cases) run.started(item);
        const stop = anyOf(token, run.token);
        await this.#runFile(run, file, cases, { side, kind, git, token: stop });
        if (kind === TestRunProfileKind.Debug) await this.#debugCases(run, file, cases, side, stop);
      }
    } finally {
      run.end();
    }
  }

  async #runFile(
    run: TestRun,
    file: TestItem,
    cases: readonly TestItem[],
    how: {
      readonly side: Side;
      readonly kind: TestRunProfileKind;
      readonly git: Git;
      readonly token: AbortSignal;
    },
  ): Promise<void> {
    const failed = (text: string): void => {
      for (const item of cases) run.errored(item, new TestMessage(text));
    };
    const root = file.uri && rootOf(file.uri);
    if (!file.uri || !root) return failed(l10n.t('The file is in no folder of the workspace any more.'));
    const path = pathBelow(root, file.uri) ?? '';
    try {
      const review = how.side === 'tree' ? undefined : this.#reviewed();
      if (how.side !== 'tree' && !review) return failed(l10n.t('Review a patch first: there is no before and after.'));
      const tree = review ? await findTree(review.patch, this.#platform, how.git) : folderTree(root, this.#platform);
      const seconds = workspace.getConfiguration('iomemReview', file.uri).get<number>('budget.seconds', 120);
      const result = await this.#worker.perform('kunit', await makeRequest(path, tree, review), {
        signal: how.token,
        timeout: seconds * 1000,
        progress: () => {},
        readFiles: (paths) => tree.readFiles(paths),
      });
      const shown = how.side === 'before' ? (result.before ?? result.after) : result.after;
      run.appendOutput(shown.ktap.replaceAll('\n', '\r\n'));
      const locate = (place: SourcePlace) => placeIn(place, root, review, shown.world);
      for (const item of cases) tell(run, item, find(shown.cases, item), locate, other(result, how.side, item));
      if (how.kind === TestRunProfileKind.Coverage) this.#cover(run, shown.coverage, locate, shown.world);
    } catch (error) {
      if (error instanceof CancelledError) for (const item of cases) run.skipped(item);
      else failed(error instanceof JobFailure ? reviewFailureText(error) : String(error));
    }
  }

  /** One session after the other: to end one is to go on to the next. */
  async #debugCases(
    run: TestRun,
    file: TestItem,
    cases: readonly TestItem[],
    side: Side,
    token: AbortSignal,
  ): Promise<void> {
    const root = file.uri && rootOf(file.uri);
    const kunit = root && pathBelow(root, file.uri!);
    if (!kunit) return;
    const patch = side === 'tree' ? undefined : this.#reviewed()?.patch;
    for (const item of cases) {
      if (token.aborted) return;
      const world: World = side === 'before' ? 'before' : 'after';
      const what = { kunit, case: item.label, world, ...(patch ? { patch } : {}) };
      await this.#debugging.debugCase(workspace.getWorkspaceFolder(file.uri!), what, run, token);
    }
  }

  #cover(
    run: TestRun,
    files: readonly CoveredFile[],
    locate: (place: SourcePlace) => Location | undefined,
    world: World,
  ): void {
    for (const file of files) {
      const uri = locate({ file: file.path, line: 1, world })?.uri;
      if (!uri) continue;
      const coverage = FileCoverage.fromDetails(uri, details(file));
      this.#details.set(coverage, file);
      run.addCoverage(coverage);
    }
  }

  /** The review that the person looks at, else the last one. */
  #reviewed(): Review | undefined {
    const active = window.activeTextEditor?.document.uri;
    for (const uri of [active, this.#patch]) {
      const review = uri && this.#reviews.get(uri);
      if (review?.result) return review;
    }
    return undefined;
  }
}

/** The cases that a request asks for, by their file. */
function asked(controller: TestController, request: TestRunRequest): ReadonlyMap<TestItem, readonly TestItem[]> {
  const excluded = new Set(request.exclude?.map(({ id }) => id));
  const files = new Map<TestItem, TestItem[]>();
  const add = (item: TestItem): void => {
    if (excluded.has(item.id)) return;
    if (item.parent) {
      const known = files.get(item.parent) ?? [];
      if (!known.includes(item)) files.set(item.parent, [...known, item]);
    } else for (const [, child] of item.children) add(child);
  };
  if (request.include) for (const item of request.include) add(item);
  else for (const [, item] of controller.items) add(item);
  return files;
}

async function makeRequest(path: string, tree: Tree, review: Review | undefined): Promise<KunitRequest> {
  const settings = workspace.getConfiguration('iomemReview', review?.patch ?? null);
  const machine = settings.get<string>('machine', '').trim();
  return {
    path,
    tree: tree.source,
    overlay: unsavedFiles(tree.root),
    ...(review
      ? { patch: { text: (await workspace.openTextDocument(review.patch)).getText(), name: review.name } }
      : {}),
    ...(machine === '' ? {} : { machine, ...(await machineTextOf(machine, review?.patch)) }),
    ...budgetsOf(review?.patch),
  };
}

const find = (cases: readonly KunitCaseResult[], item: TestItem): KunitCaseResult | undefined =>
  cases.find(({ name }) => name === item.label);

/** How the case ends in the other world; undefined where there is none. */
function other(result: KunitResult, side: Side, item: TestItem): string | undefined {
  if (side === 'tree' || !result.before) return undefined;
  const status = find((side === 'before' ? result.after : result.before).cases, item)?.status;
  if (status === undefined) return undefined;
  return side === 'before' ? l10n.t('After the patch: {0}.', status) : l10n.t('Before the patch: {0}.', status);
}

function tell(
  run: TestRun,
  item: TestItem,
  it: KunitCaseResult | undefined,
  locate: (place: SourcePlace) => Location | undefined,
  elsewhere: string | undefined,
): void {
  if (!it) {
    run.errored(item, new TestMessage(l10n.t('No suite of this file ran a case of this name.')));
    return;
  }
  for (const line of it.log) run.appendOutput(`${line.replaceAll('\n', '\r\n')}\r\n`, undefined, item);
  if (it.status === 'skipped') run.skipped(item);
  else if (it.status === 'ok') run.passed(item);
  else
    run.failed(
      item,
      it.failures.map(({ message, at }) => {
        const one = new TestMessage(elsewhere === undefined ? message : `${message}\n${elsewhere}`);
        const location = locate(at);
        if (location) one.location = location;
        return one;
      }),
    );
}

/** The document of a place: that of its side of the patch where the patch touches the file, else the file of the tree. */
function placeIn(place: SourcePlace, root: Uri, review: Review | undefined, world: World): Location | undefined {
  if (place.file.startsWith('<')) return undefined;
  const position = new Position(Math.max(0, place.line - 1), Math.max(0, (place.column ?? 1) - 1));
  const patches = review?.result?.report.patches ?? [];
  const touching = patches.flatMap((_, index) => textsOf(review!, index, place.file) ?? []);
  // The suite ran around all patches of a series together.
  const texts = world === 'before' ? touching[0] : touching.at(-1);
  if (review && texts) return new Location(sideAddress(review.patch, texts.patch, world, texts.path), position);
  return new Location(Uri.joinPath(root, place.file), position);
}

const details = (file: CoveredFile | undefined): StatementCoverage[] =>
  (file?.lines ?? []).map(({ line, count }) => new StatementCoverage(count, new Range(line - 1, 0, line - 1, 1000)));

const rootOf = (uri: Uri): Uri | undefined => workspace.getWorkspaceFolder(uri)?.uri;

function anyOf(...tokens: readonly CancellationToken[]): AbortSignal {
  const controller = new AbortController();
  for (const token of tokens) {
    if (token.isCancellationRequested) controller.abort();
    token.onCancellationRequested(() => controller.abort());
  }
  return controller.signal;
}
