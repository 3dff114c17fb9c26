import {
  commands,
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
  type TreeView,
  type Uri,
  window,
} from 'vscode';
import { printable } from '../../review/printable.ts';
import type { FindingClass } from '../../review/report.ts';
import { seriesLines } from '../../review/series.ts';
import { sideAddress } from '../addresses.ts';
import { className } from '../diagnostics.ts';
import { Owner } from '../disposable.ts';
import { patchLineOf } from '../places.ts';
import type { Review, Reviews } from '../reviews.ts';
import { childrenOf, countsOf, type DeskNode, findingsOf, leavesOf, progressOf, reviewNode, stateOf } from './nodes.ts';
import type { DeskStore } from './store.ts';
import { storyOf } from './story.ts';

type FindingNode = Extract<DeskNode, { readonly kind: 'finding' }>;

/** Lines of a series' story that a tooltip has room for. */
const STORY = 12;
const classes: readonly FindingClass[] = ['introduced', 'change', 'fixed', 'existing'];

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
    const item = new TreeItem(printable(this.#label(node)), TreeItemCollapsibleState.None);
    item.id = node.id;
    item.contextValue = node.kind;
    if (node.kind === 'finding') return findingItem(item, node, this.#store);
    const { result, state } = node.review;
    if (childrenOf(node, this.#store).length > 0)
      item.collapsibleState =
        node.kind === 'review' || (result?.report.patches.length ?? 0) <= 5
          ? TreeItemCollapsibleState.Expanded
          : TreeItemCollapsibleState.Collapsed;
    if (node.kind === 'review' && !result) {
      item.iconPath = new ThemeIcon(state === 'running' ? 'sync~spin' : 'error');
      item.description = stateText(node.review);
      return item;
    }
    const seen = stateOf(node, this.#store);
    const leaves = leavesOf(node).length > 0;
    if (leaves)
      item.checkboxState = {
        state: seen === 'reviewed' ? TreeItemCheckboxState.Checked : TreeItemCheckboxState.Unchecked,
        tooltip: l10n.t('Reviewed'),
        accessibilityInformation: { label: l10n.t('{0}: reviewed', String(item.label)), role: 'checkbox' },
      };
    const parts = [countsText(countsOf(node, this.#store)) || verdictOf(node)];
    if (node.kind === 'patch' || node.kind === 'review') {
      const { done, of } = progressOf(node, this.#store);
      if (of > 0) parts.unshift(`${done}/${of}`);
    }
    if (seen === 'changed') parts.unshift(l10n.t('changed since last reviewed'));
    if (node.kind === 'review' && state !== 'done') parts.unshift(stateText(node.review));
    item.description = parts.filter((part) => part !== '').join(' · ');
    item.iconPath = iconOf(node, this.#store);
    item.tooltip = tooltipOf(node);
    if (node.kind !== 'review')
      item.command = { command: 'iomemReview.openPatchLine', title: l10n.t('Open'), arguments: [node] };
    const said =
      seen === 'reviewed' ? l10n.t('reviewed') : seen === 'changed' ? l10n.t('changed') : l10n.t('not yet reviewed');
    item.accessibilityInformation = { label: `${String(item.label)}, ${said}, ${item.description}` };
    return item;
  }

  #label(node: DeskNode): string {
    switch (node.kind) {
      case 'review':
        return node.review.name;
      case 'patch': {
        const report = node.review.result?.report.patches[node.patch];
        const at = report?.series && report.series.of > 1 ? `${report.series.number}/${report.series.of} ` : '';
        return `${at}${report?.subject || report?.input || ''}`;
      }
      case 'file':
        return node.path;
      case 'function':
        return `${node.name}()`;
      case 'finding':
        return `${node.finding.rule}: ${node.finding.message.split('\n')[0] ?? ''}`;
    }
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
    const shown = this.#store.filter.classes.map(className).join(', ') || l10n.t('none');
    // Without reviews the welcome text stands there.
    const view = this.#view as { message: string | undefined };
    view.message =
      roots.length === 0 ? undefined : l10n.t('{0} of {1} reviewed · findings shown: {2}', done, of, shown);
  }

  async #openChanges(node: DeskNode | undefined): Promise<void> {
    const target = node ?? this.#view.selection[0] ?? this.getChildren()[0];
    if (!target?.review.result) return;
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
    if (changes.length > 0) await commands.executeCommand('vscode.changes', this.#label(target), changes);
  }

  async #openPatchLine(node: DeskNode): Promise<void> {
    const { review } = node;
    if (node.kind === 'review') return;
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
  if (node.kind === 'review' || node.kind === 'patch') return undefined;
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

function stateText(review: Review): string {
  if (review.state === 'failed')
    return review.error instanceof Error ? (review.error.message.split('\n')[0] ?? '') : String(review.error);
  const last = review.through?.at(-1);
  return last ? l10n.t('reviewing, {0} of {1} done', review.through?.length ?? 0, last.total) : l10n.t('reviewing…');
}

/** In short, what a patch came to that changes nothing. */
const verdictOf = (node: DeskNode): string =>
  node.kind === 'patch' ? (node.review.result?.report.patches[node.patch]?.verdict.split(/[;:]/)[0] ?? '') : '';

const countsText = (counts: Record<FindingClass, number>): string =>
  classes
    .filter((name) => counts[name] > 0 && name !== 'existing')
    .map((name) => `${counts[name]} ${className(name).toLocaleLowerCase()}`)
    .join(', ');

function iconOf(node: DeskNode, store: DeskStore): ThemeIcon {
  const found = findingsOf(node, store).filter((finding) => finding.class === 'introduced');
  const worst = found.some((finding) => finding.severity === 'error')
    ? new ThemeColor('list.errorForeground')
    : found.length > 0
      ? new ThemeColor('list.warningForeground')
      : undefined;
  const icons = { review: 'mail', patch: 'git-commit', file: 'file-code', function: 'symbol-function', finding: 'bug' };
  return new ThemeIcon(icons[node.kind], worst);
}

function tooltipOf(node: DeskNode): MarkdownString | undefined {
  if (node.kind !== 'patch' && node.kind !== 'review') return undefined;
  const text = new MarkdownString();
  // Verdicts hold words of ours, subjects those of strangers: both are text.
  for (const patch of node.kind === 'patch'
    ? [node.review.result?.report.patches[node.patch]]
    : (node.review.result?.report.patches ?? [])) {
    if (!patch) continue;
    text.appendText(printable(patch.subject || patch.input));
    text.appendMarkdown('  \n');
    text.appendText(printable(patch.verdict));
    text.appendMarkdown('\n\n');
  }
  const { result } = node.review;
  if (node.kind === 'review' && result?.report.series)
    text.appendText(printable(seriesLines(result.report.series, result.report.patches).slice(0, STORY).join('\n')));
  return text;
}

function findingItem(item: TreeItem, node: FindingNode, store: DeskStore): TreeItem {
  const { finding, review } = node;
  const dismissed = store.dismissal(finding);
  const icon =
    finding.class === 'fixed'
      ? 'pass'
      : finding.class === 'existing'
        ? 'history'
        : finding.class === 'change'
          ? 'arrow-swap'
          : finding.severity;
  const colours = { error: 'list.errorForeground', warning: 'list.warningForeground', info: 'foreground' };
  item.iconPath = new ThemeIcon(
    dismissed ? 'circle-slash' : icon,
    finding.class === 'introduced' && !dismissed ? new ThemeColor(colours[finding.severity]) : undefined,
  );
  item.contextValue = dismissed ? 'finding.dismissed' : 'finding';
  item.description = `${dismissed ? l10n.t('dismissed: {0}', dismissed.reason) : className(finding.class)} · ${finding.proof.scenario}`;
  const text = new MarkdownString();
  text.appendText(printable(finding.message));
  const report = review.result?.report;
  const patch = report?.patches[node.patch];
  const story = patch && storyOf(report, patch, finding);
  if (story !== undefined) {
    item.description = `${story} · ${item.description}`;
    text.appendMarkdown('\n\n');
    text.appendText(story);
  }
  item.tooltip = text;
  item.command = { command: 'iomemReview.openPatchLine', title: l10n.t('Open'), arguments: [node] };
  item.accessibilityInformation = {
    label: `${className(finding.class)}, ${finding.severity}, ${String(item.label)}, ${review.name}`,
  };
  return item;
}
