import {
  commands,
  EventEmitter,
  l10n,
  type TreeDataProvider,
  type TreeItem,
  TreeItemCheckboxState,
  type TreeView,
  type Uri,
  window,
} from 'vscode';
import { sideAddress } from '../addresses.ts';
import { className } from '../diagnostics.ts';
import { Owner } from '../disposable.ts';
import { patchLineOf } from '../places.ts';
import type { Reviews } from '../reviews.ts';
import { classes, itemOf, labelOf } from './items.ts';
import { childrenOf, countsOf, type DeskNode, leavesOf, progressOf, reviewNode, stateOf } from './nodes.ts';
import type { DeskStore } from './store.ts';

/** The view of all reviews in the activity bar: series, patches, files, functions, findings; what of it was looked at. */
export class DeskView extends Owner implements TreeDataProvider<DeskNode> {
  readonly #changed = this.own(new EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #reviews: Reviews;
  readonly #store: DeskStore;
  readonly #view: TreeView<DeskNode>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(reviews: Reviews, store: DeskStore) {
    super();
    this.#reviews = reviews;
    this.#store = store;
    this.#view = this.own(
      window.createTreeView('iomemReview.desk', {
        treeDataProvider: this,
        showCollapseAll: true,
        manageCheckboxStateManually: true,
      }),
    );
    const later = () => this.#refresh();
    for (const event of [reviews.onDidChange, reviews.onDidRemove, reviews.onDidProgress, store.onDidChange])
      this.own(event(later));
    this.own(
      this.#view.onDidChangeCheckboxState(({ items }) => {
        for (const [node, state] of items) store.mark(leavesOf(node), state === TreeItemCheckboxState.Checked);
      }),
    );
    const register = (name: string, run: (node?: DeskNode) => unknown) =>
      this.own(commands.registerCommand(`iomemReview.${name}`, run));
    register('openChanges', (node) => this.#openChanges(node));
    register('openPatchLine', (node) => node && this.#openPatchLine(node));
    register('filterFindings', () => this.#chooseFilter());
    register('toggleReviewed', (node) => this.#toggleReviewed(node));
    register('reviewAgain', (node) => node && commands.executeCommand('iomemReview.reviewPatch', node.review.patch));
    register('forgetReview', (node) => node && reviews.remove(node.review.patch));
    register('nextFinding', () => this.#step(1));
    register('previousFinding', () => this.#step(-1));
    this.#update();
  }

  override dispose(): void {
    clearTimeout(this.#timer);
    super.dispose();
  }

  getChildren(node?: DeskNode): DeskNode[] {
    if (node) return [...childrenOf(node, this.#store)];
    return this.#reviews.all().map(reviewNode);
  }

  getParent(node: DeskNode): DeskNode | undefined {
    for (const root of this.getChildren()) {
      const found = parentOf(root, node.id, this.#store);
      if (found) return found;
    }
    return undefined;
  }

  getTreeItem(node: DeskNode): TreeItem {
    return itemOf(node, this.#store);
  }

  #refresh(): void {
    // Many patches of a series come through one after the other: one picture of them all.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
      this.#update();
    }, 60);
  }

  /** Progress and filter above the tree, and the number of introduced findings on the icon. */
  #update(): void {
    if (this.isDisposed) return;
    const roots = this.getChildren();
    let [done, of, introduced] = [0, 0, 0];
    for (const root of roots) {
      const progress = progressOf(root, this.#store);
      done += progress.done;
      of += progress.of;
      introduced += countsOf(root, this.#store).introduced;
    }
    this.#view.badge =
      introduced > 0
        ? { value: introduced, tooltip: l10n.t('{0} findings that patches introduce', introduced) }
        : undefined;
    const shown = this.#store.filter.classes.map((name) => className(name).toLocaleLowerCase()).join(', ');
    // Without reviews the welcome text stands there.
    const view = this.#view as { message: string | undefined };
    view.message = of === 0 ? undefined : l10n.t('{0} of {1} reviewed · shown: {2}', done, of, shown || l10n.t('none'));
  }

  async #openChanges(node: DeskNode | undefined): Promise<void> {
    const target = node ?? this.#view.selection[0] ?? this.getChildren()[0];
    if (!target?.review.result || target.kind === 'pending') return;
    const { review } = target;
    const wanted = (review.result?.files ?? []).filter(
      (file) =>
        target.kind === 'review' ||
        (file.patch === target.patch && (target.kind === 'patch' || !('path' in target) || target.path === file.path)),
    );
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (const { patch, path } of wanted) {
      if (!first.has(path)) first.set(path, patch);
      last.set(path, patch);
    }
    // A series: each file from before its first patch to after its last.
    const changes = [...first].map(([path, patch]): [Uri, Uri, Uri] => {
      const after = sideAddress(review.patch, last.get(path) ?? patch, 'after', path);
      return [after, sideAddress(review.patch, patch, 'before', path), after];
    });
    if (changes.length > 0) await commands.executeCommand('vscode.changes', labelOf(target), changes);
  }

  async #openPatchLine(node: DeskNode): Promise<void> {
    const { review } = node;
    if (node.kind === 'review' || node.kind === 'pending') return;
    const report = review.result?.report.patches[node.patch];
    if (!report) return;
    const line = lineOf(node) ?? (review.result?.mails[node.patch]?.patchLine ?? 1) - 1;
    const selection = { start: { line, character: 0 }, end: { line, character: 0 } };
    await commands.executeCommand('vscode.open', review.patch, { selection, preserveFocus: true });
  }

  async #chooseFilter(): Promise<void> {
    const { filter } = this.#store;
    const items = [
      ...classes.map((name) => ({
        label: className(name),
        picked: filter.classes.includes(name),
        name: name as string,
      })),
      { label: l10n.t('Dismissed findings'), picked: filter.dismissed, name: 'dismissed' },
      { label: l10n.t('What was reviewed'), picked: filter.reviewed, name: 'reviewed' },
    ];
    const placeHolder = l10n.t('What to show in the view of reviews');
    const chosen = await window.showQuickPick(items, { canPickMany: true, placeHolder });
    if (!chosen) return;
    const has = (name: string) => chosen.some((item) => item.name === name);
    this.#store.setFilter({ classes: classes.filter(has), dismissed: has('dismissed'), reviewed: has('reviewed') });
  }

  #toggleReviewed(node: DeskNode | undefined): void {
    const target = node ?? this.#view.selection[0];
    if (target) this.#store.mark(leavesOf(target), stateOf(target, this.#store) !== 'reviewed');
  }

  /** To the next finding that the filter shows, from the one that is selected, around at the end. */
  async #step(by: 1 | -1): Promise<void> {
    const all = this.getChildren().flatMap((root) => findingsBelow(root, this.#store));
    if (all.length === 0) {
      window.showInformationMessage(l10n.t('Nothing was found.'));
      return;
    }
    const selected = this.#view.selection[0]?.id;
    const at = all.findIndex(({ id }) => id === selected);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]!;
    await this.#view.reveal(next, { select: true, focus: false, expand: true });
    await this.#openPatchLine(next);
  }
}

function findingsBelow(node: DeskNode, store: DeskStore): readonly DeskNode[] {
  return node.kind === 'finding' ? [node] : childrenOf(node, store).flatMap((one) => findingsBelow(one, store));
}

function parentOf(node: DeskNode, id: string, store: DeskStore): DeskNode | undefined {
  const children = childrenOf(node, store);
  if (children.some((one) => one.id === id)) return node;
  for (const one of children) {
    const found = parentOf(one, id, store);
    if (found) return found;
  }
  return undefined;
}

/** 0-based line of the patch's text that shows a node; undefined where the mail's beginning does. */
function lineOf(node: DeskNode): number | undefined {
  if (node.kind === 'review' || node.kind === 'patch' || node.kind === 'pending') return undefined;
  const report = node.review.result?.report.patches[node.patch];
  if (!report) return undefined;
  if (node.kind === 'finding') return patchLineOf(report, node.finding);
  const hunks = report.files.find((file) => file.path === node.path)?.hunks ?? [];
  const fn =
    node.kind === 'function' && report.functions.find((one) => one.name === node.name && one.file === node.path);
  const start = fn ? fn.line : 0;
  // The first hunk that ends behind the function's first line.
  const hunk = hunks.find((one) => one.newStart + one.offset + one.newLines > start) ?? hunks[0];
  return hunk && hunk.patchLine - 1;
}
