import type { PatchDone } from '../../protocol.ts';
import type { Finding, FindingClass, PatchReport } from '../../review/report.ts';
import type { Review } from '../reviews.ts';
import type { Filter } from './store.ts';

/** Something that is looked at as a whole: a changed function, or a file without any. */
export interface Leaf {
  /** Changes with the contents. */
  readonly key: string;
  /** Stays from revision to revision. */
  readonly name: string;
}
export type DeskNode =
  | { readonly kind: 'review'; readonly id: string; readonly review: Review }
  /** A patch that is through while others of its series, which is reviewed for the first time, are not. */
  | { readonly kind: 'pending'; readonly id: string; readonly review: Review; readonly done: PatchDone }
  | { readonly kind: 'patch'; readonly id: string; readonly review: Review; readonly patch: number }
  | {
      readonly kind: 'file';
      readonly id: string;
      readonly review: Review;
      readonly patch: number;
      readonly path: string;
    }
  | {
      readonly kind: 'function';
      readonly id: string;
      readonly review: Review;
      readonly patch: number;
      readonly path: string;
      readonly name: string;
    }
  | {
      readonly kind: 'finding';
      readonly id: string;
      readonly review: Review;
      readonly patch: number;
      readonly finding: Finding;
    };
export type State = 'reviewed' | 'changed' | 'new';

/** What the nodes need to know of the reviewer's book. */
export interface Book {
  readonly filter: Filter;
  isReviewed(key: string): boolean;
  wasReviewed(name: string): boolean;
  dismissal(finding: Finding): { readonly reason: string } | undefined;
}

export const reviewNode = (review: Review): DeskNode => ({ kind: 'review', id: review.patch.toString(), review });

const reportOf = (node: DeskNode & { readonly patch: number }): PatchReport | undefined =>
  node.review.result?.report.patches[node.patch];

/** The nodes below one; computed when they are looked at. */
export function childrenOf(node: DeskNode, book: Book): readonly DeskNode[] {
  const { review } = node;
  switch (node.kind) {
    case 'review': {
      if (!review.result)
        return (review.through ?? [])
          .toSorted((a, b) => a.index - b.index)
          .map((done): DeskNode => ({ kind: 'pending', id: `${node.id} ${done.index} pending`, review, done }));
      const { patches } = review.result.report;
      const nodes = patches.map((_, patch): DeskNode => ({ kind: 'patch', id: `${node.id} ${patch}`, review, patch }));
      // A single patch is its document.
      return nodes.length === 1 ? childrenOf(nodes[0]!, book) : nodes;
    }
    case 'patch': {
      const report = reportOf(node);
      const files = (report?.files ?? []).map(
        ({ path }): DeskNode => ({ kind: 'file', id: `${node.id} ${path}`, review, patch: node.patch, path }),
      );
      return [...files, ...findingNodes(node, book, (place) => place.path === undefined)].filter((one) =>
        isShown(one, book),
      );
    }
    case 'file': {
      const report = reportOf(node);
      const functions = namesIn(report, node.path).map(
        (name): DeskNode => ({
          kind: 'function',
          id: `${node.id} ${name}`,
          review,
          patch: node.patch,
          path: node.path,
          name,
        }),
      );
      const here = findingNodes(node, book, (at) => at.path === node.path && at.name === undefined);
      return [...functions, ...here].filter((one) => isShown(one, book));
    }
    case 'function':
      return findingNodes(node, book, (at) => at.path === node.path && at.name === node.name);
    case 'finding':
    case 'pending':
      return [];
  }
}

function isShown(node: DeskNode, book: Book): boolean {
  if (book.filter.reviewed || node.kind === 'finding') return true;
  return stateOf(node, book) !== 'reviewed' || findingsOf(node, book).length > 0;
}

/** Changed functions of a file, each once. */
function namesIn(report: PatchReport | undefined, path: string): readonly string[] {
  const here = (report?.functions ?? []).filter((fn) => fn.file === path && fn.change !== 'layout');
  return [...new Set(here.map((fn) => fn.name))];
}

interface Home {
  readonly path: string | undefined;
  readonly name: string | undefined;
}

/** The file and the changed function of a patch that a finding is told at; outside of both where the patch has neither. */
function homeOf(report: PatchReport, finding: Finding): Home {
  const places = [
    ...finding.related.map(({ at }) => at).filter((at) => at.patchLine === finding.patchLine),
    finding.at,
  ];
  for (const { file, line } of places) {
    const path = report.files.find((one) => one.path === file || one.oldPath === file)?.path;
    if (path === undefined) continue;
    let name: string | undefined;
    let start = 0;
    for (const fn of report.functions) {
      if (fn.file !== path || fn.change === 'layout' || fn.line > line || fn.line < start) continue;
      name = fn.name;
      start = fn.line;
    }
    return { path, name };
  }
  return { path: undefined, name: undefined };
}

/** Homes of all findings of a patch, once computed. */
const homes = new WeakMap<PatchReport, readonly Home[]>();

function homesOf(report: PatchReport): readonly Home[] {
  let known = homes.get(report);
  if (!known) {
    known = report.findings.map((finding) => homeOf(report, finding));
    homes.set(report, known);
  }
  return known;
}

/** Executions (scenario and machine) in which something differs that is told at a changed function. */
export function differingCases(report: PatchReport, path: string, name: string): number {
  const at = homesOf(report);
  const cases = new Set<string>();
  for (const [index, finding] of report.findings.entries()) {
    const home = at[index]!;
    if (finding.class === 'existing' || finding.rule === 'unexercised-change') continue;
    if (home.path !== path || home.name !== name) continue;
    for (const { scenario, machine } of finding.cases) cases.add(`${scenario}\0${machine}`);
  }
  return cases.size;
}

function findingNodes(
  node: DeskNode & { readonly patch: number },
  book: Book,
  isHere: (home: Home) => boolean,
): readonly DeskNode[] {
  const report = reportOf(node);
  if (!report) return [];
  const at = homesOf(report);
  return report.findings.flatMap((finding, index): DeskNode[] => {
    if (!isWanted(finding, book) || !isHere(at[index]!)) return [];
    const { review, patch } = node;
    return [
      { kind: 'finding', id: `${review.patch.toString()} ${patch} ${finding.id} ${index}`, review, patch, finding },
    ];
  });
}

const isWanted = (finding: Finding, book: Pick<Book, 'filter' | 'dismissal'>): boolean =>
  book.filter.classes.includes(finding.class) && (book.filter.dismissed || !book.dismissal(finding));

/** The findings below a node that the filter lets through. Asked for each node of a long series: no walk over its items. */
export function findingsOf(node: DeskNode, book: Pick<Book, 'filter' | 'dismissal'>): readonly Finding[] {
  switch (node.kind) {
    case 'finding':
      return [node.finding];
    case 'pending':
      return [];
    case 'review':
      return (node.review.result?.report.patches ?? []).flatMap(({ findings }) =>
        findings.filter((finding) => isWanted(finding, book)),
      );
    default: {
      const report = reportOf(node);
      if (!report) return [];
      const at = homesOf(report);
      return report.findings.filter((finding, index) => {
        if (node.kind !== 'patch' && at[index]!.path !== node.path) return false;
        if (node.kind === 'function' && at[index]!.name !== node.name) return false;
        return isWanted(finding, book);
      });
    }
  }
}

/**
 * How many findings of each class a node's patches have, whatever the filter; without the dismissed ones. Lines that nothing
 * executed are no change of behaviour.
 */
export function countsOf(node: DeskNode, book: Book): Record<FindingClass, number> {
  const counts = { introduced: 0, change: 0, fixed: 0, existing: 0 };
  const all: Filter = { classes: ['introduced', 'change', 'fixed', 'existing'], dismissed: false, reviewed: true };
  for (const { class: name, rule } of findingsOf(node, {
    dismissal: (finding) => book.dismissal(finding),
    filter: all,
  }))
    if (rule !== 'unexercised-change') counts[name]++;
  return counts;
}

/** What a check mark on a node stands for. */
export function leavesOf(node: DeskNode): readonly Leaf[] {
  const { review } = node;
  if (node.kind === 'finding' || node.kind === 'pending') return [];
  if (node.kind === 'review')
    return (review.result?.report.patches ?? []).flatMap((_, patch) =>
      leavesOf({ kind: 'patch', id: '', review, patch }),
    );
  const report = reportOf(node);
  const mail = review.result?.mails[node.patch];
  if (!report || !mail) return [];
  if (node.kind === 'patch')
    return report.files.flatMap(({ path }) => leavesOf({ kind: 'file', id: '', review, patch: node.patch, path }));
  const file = mail.files.find((one) => one.path === node.path);
  // A leading component more or less: the report has the path in the tree.
  const id = file?.id ?? `${mail.id} ${node.path}`;
  const leaf = (name: string): Leaf => ({ key: `${id} ${name}`, name: [mail.subject, node.path, name].join('\0') });
  if (node.kind === 'function') return [leaf(node.name)];
  const names = namesIn(report, node.path);
  return names.length > 0 ? names.map(leaf) : [leaf('')];
}

export function stateOf(node: DeskNode, book: Pick<Book, 'isReviewed' | 'wasReviewed'>): State {
  const leaves = leavesOf(node);
  if (leaves.length > 0 && leaves.every(({ key }) => book.isReviewed(key))) return 'reviewed';
  return leaves.some(({ key, name }) => !book.isReviewed(key) && book.wasReviewed(name)) ? 'changed' : 'new';
}

export function progressOf(node: DeskNode, book: Pick<Book, 'isReviewed'>): { done: number; of: number } {
  const leaves = leavesOf(node);
  return { done: leaves.filter(({ key }) => book.isReviewed(key)).length, of: leaves.length };
}
