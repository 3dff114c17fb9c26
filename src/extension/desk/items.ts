import {
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
} from 'vscode';
import { printable } from '../../review/printable.ts';
import type { FindingClass } from '../../review/report.ts';
import { patchName, seriesLines } from '../../review/series.ts';
import { className } from '../diagnostics.ts';
import { appendPlain } from '../plain-text.ts';
import type { Review } from '../reviews.ts';
import { JobFailure } from '../worker-client.ts';
import { foundOf } from './actions.ts';
import { childrenOf, countsOf, type DeskNode, findingsOf, leavesOf, progressOf, stateOf } from './nodes.ts';
import type { DeskStore } from './store.ts';
import { fixedLater, storyOf } from './story.ts';

type FindingNode = Extract<DeskNode, { readonly kind: 'finding' }>;
type ReviewNode = Extract<DeskNode, { readonly kind: 'review' }>;

/** Lines of a series' story that a tooltip has room for. */
const STORY = 12;
/** Patches whose nodes are open from the beginning. */
const OPEN = 5;

export const classes: readonly FindingClass[] = ['introduced', 'change', 'fixed', 'existing'];

/** How a node is shown, and said. */
export function itemOf(node: DeskNode, store: DeskStore): TreeItem {
  const item = new TreeItem(printable(labelOf(node)), TreeItemCollapsibleState.None);
  item.id = node.id;
  item.contextValue = node.kind;
  if (node.kind === 'finding') return findingItem(item, node, store);
  if (node.kind === 'pending') {
    item.iconPath = new ThemeIcon('git-commit');
    item.description = printable(node.done.verdict);
    item.tooltip = appendPlain(new MarkdownString(), printable(`${node.done.subject}\n${node.done.verdict}`));
    return item;
  }
  const { result } = node.review;
  const children = childrenOf(node, store).length > 0;
  if (children)
    item.collapsibleState =
      node.kind === 'review' || (result?.report.patches.length ?? 0) <= OPEN
        ? TreeItemCollapsibleState.Expanded
        : TreeItemCollapsibleState.Collapsed;
  if (node.kind === 'review' && !result) return unfinishedItem(item, node, children);
  item.description = describe(node, store);
  item.iconPath = iconOf(node, store);
  const tooltip = tooltipOf(node);
  if (tooltip) item.tooltip = tooltip;
  if (node.kind !== 'review')
    item.command = { command: 'iomemReview.openPatchLine', title: l10n.t('Open'), arguments: [node] };
  const seen = stateOf(node, store);
  if (leavesOf(node).length > 0)
    item.checkboxState = {
      state: seen === 'reviewed' ? TreeItemCheckboxState.Checked : TreeItemCheckboxState.Unchecked,
      tooltip: l10n.t('Reviewed'),
      accessibilityInformation: { label: l10n.t('{0}: reviewed', String(item.label)), role: 'checkbox' },
    };
  const said =
    seen === 'reviewed' ? l10n.t('reviewed') : seen === 'changed' ? l10n.t('changed') : l10n.t('not yet reviewed');
  const parts = [String(item.label), said, item.description];
  item.accessibilityInformation = { label: parts.filter((part) => part !== '').join(', ') };
  return item;
}

export function labelOf(node: DeskNode): string {
  switch (node.kind) {
    case 'review':
      return node.review.name;
    case 'pending':
      return `${node.done.index + 1}/${node.done.total} ${node.done.subject}`;
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

/** A review that runs for the first time, or came to nothing. */
function unfinishedItem(item: TreeItem, { review }: ReviewNode, children: boolean): TreeItem {
  // One that is open or shut has another identity: the editor keeps closed what it knew without children.
  item.id = `${item.id} ${review.state}${children ? ' patches' : ''}`;
  item.description = printable(stateText(review));
  item.iconPath = new ThemeIcon(review.state === 'running' ? 'sync~spin' : 'error');
  if (review.state === 'running') return item;
  item.contextValue = 'failed';
  const failure = review.error instanceof JobFailure ? review.error.failure : undefined;
  item.tooltip = appendPlain(
    new MarkdownString(),
    printable([stateText(review), ...(failure?.hint === undefined ? [] : ['', failure.hint])].join('\n')),
  );
  const line = Math.max(0, (failure?.line ?? 1) - 1);
  const selection = { start: { line, character: 0 }, end: { line, character: 0 } };
  item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [review.patch, { selection }] };
  return item;
}

/** What was looked at and found, in a few words. */
function describe(node: Exclude<DeskNode, { readonly kind: 'finding' | 'pending' }>, store: DeskStore): string {
  const { result, state } = node.review;
  const parts: string[] = [];
  if (node.kind === 'review' && state !== 'done') parts.push(stateText(node.review));
  if (stateOf(node, store) === 'changed') parts.push(l10n.t('changed since last reviewed'));
  if (node.kind === 'patch' || node.kind === 'review') {
    const { done, of } = progressOf(node, store);
    if (done > 0) parts.push(`✓\u00a0${done}/${of}`);
  }
  const counts = countsOf(node, store);
  const later = node.kind === 'review' && result ? fixedLater(result.report) : 0;
  const texts = classes
    .filter((name) => counts[name] > 0 && name !== 'existing')
    .map((name) =>
      name === 'introduced' && later > 0
        ? l10n.t('{0} introduced ({1} fixed later)', counts.introduced, later)
        : `${counts[name]} ${className(name).toLocaleLowerCase()}`,
    );
  const only = node.kind === 'patch' ? node.patch : result?.report.patches.length === 1 ? 0 : undefined;
  // In short, what a patch came to that changes nothing.
  const verdict = () =>
    (node.kind === 'patch' || node.kind === 'review') && only !== undefined
      ? (result?.report.patches[only]?.verdict.split(/[;:]/)[0] ?? '')
      : '';
  parts.push(texts.join(', ') || verdict());
  return parts.filter((part) => part !== '').join(' · ');
}

function stateText(review: Review): string {
  if (review.state === 'failed')
    return review.error instanceof Error ? (review.error.message.split('\n')[0] ?? '') : String(review.error);
  const last = review.through?.at(-1);
  return last ? l10n.t('reviewing, {0} of {1} done', review.through?.length ?? 0, last.total) : l10n.t('reviewing…');
}

function iconOf(node: Exclude<DeskNode, { readonly kind: 'pending' }>, store: DeskStore): ThemeIcon {
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
  const report = node.review.result?.report;
  if (!report || (node.kind !== 'patch' && node.kind !== 'review')) return undefined;
  const text = new MarkdownString();
  // Verdicts hold words of ours, subjects those of strangers: both are text.
  const all = [...report.patches.entries()];
  for (const [index, patch] of node.kind === 'patch' ? all.filter(([at]) => at === node.patch) : all.slice(0, STORY)) {
    const name = report.patches.length > 1 ? patchName(report.patches, index) : patch.subject || patch.input;
    appendPlain(text, printable(`${name}\n${patch.verdict}`));
    text.appendMarkdown('\n\n');
  }
  if (node.kind !== 'review') return text;
  const left = report.patches.length - STORY;
  if (left > 0) text.appendMarkdown(`${l10n.t('… and {0} more', left)}\n\n`);
  if (report.series)
    for (const line of seriesLines(report.series, report.patches).slice(0, STORY)) {
      appendPlain(text, printable(line.replace(/^series: /, '')));
      text.appendMarkdown('\n\n');
    }
  return text;
}

function findingItem(item: TreeItem, node: FindingNode, store: DeskStore): TreeItem {
  const { finding, review } = node;
  const report = review.result?.report;
  const patch = report?.patches[node.patch];
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
  const found = patch && foundOf(patch, finding);
  item.contextValue = [
    'finding',
    ...(dismissed ? ['dismissed'] : []),
    ...(finding.proof.schedule === undefined ? [] : ['threads']),
    ...(found?.kunit === undefined ? [] : ['kunit']),
    ...(found?.litmus === undefined ? [] : ['litmus']),
  ].join('.');
  const story = patch && storyOf(report, patch, finding);
  const verdict = dismissed ? l10n.t('dismissed: {0}', dismissed.reason) : className(finding.class);
  item.description = [...(story === undefined ? [] : [story]), verdict, finding.proof.scenario]
    .filter((part) => part !== '')
    .join(' · ');
  const text = appendPlain(new MarkdownString(), printable(`${verdict}: ${finding.message}`));
  if (story !== undefined) appendPlain(text.appendMarkdown('\n\n'), story);
  item.tooltip = text;
  item.command = { command: 'iomemReview.openPatchLine', title: l10n.t('Open'), arguments: [node] };
  const said = [verdict, finding.severity, String(item.label), ...(story === undefined ? [] : [story]), review.name];
  item.accessibilityInformation = { label: said.join(', ') };
  return item;
}
