import { commands, l10n, type QuickPickItem, Uri, window } from 'vscode';
import type { FileTexts } from '../protocol.ts';
import { printable } from '../review/printable.ts';
import type { Finding, FindingClass } from '../review/report.ts';
import { patchName } from '../review/series.ts';
import { proofAddress, readAddress, sideAddress } from './addresses.ts';
import { className } from './diagnostics.ts';
import { Owner } from './disposable.ts';
import { findFinding } from './documents.ts';
import { patchLineOf } from './places.ts';
import type { Review, Reviews } from './reviews.ts';

/** Which findings: of one patch of the document, of the lines of a hunk (1-based, inclusive), or all. */
interface Which {
  readonly index?: number;
  readonly first?: number;
  readonly last?: number;
}
/** Which file, by patch and path, and the 1-based line to show. */
interface View {
  readonly index?: number;
  readonly path?: string;
  readonly line?: number;
}

/** The commands that show something of a review: a proof, a file before and after. */
export class ViewCommands extends Owner {
  readonly #reviews: Reviews;

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(commands.registerCommand('iomemReview.showProof', (patch, what) => this.#showProof(patch, what)));
    this.own(
      commands.registerCommand('iomemReview.openBeforeAfter', (patch, view) => this.#openBeforeAfter(patch, view)),
    );
  }

  /** `what`: the id of a finding, or {@link Which} ones to choose from. */
  async #showProof(patch: unknown, what: unknown): Promise<void> {
    const review = await reviewFor(this.#reviews, patch);
    if (!review?.result) return;
    const id = findingOf(patch, what);
    const finding =
      id === undefined ? await pickFinding(review, asObject<Which>(what)) : findFinding(review, id)?.finding;
    if (!finding) return;
    await window.showTextDocument(proofAddress(review.patch, finding), { preview: true });
  }

  async #openBeforeAfter(patch: unknown, view: unknown): Promise<void> {
    const review = await reviewFor(this.#reviews, patch);
    if (!review?.result) return;
    const wish = asObject<View>(view);
    const file = await pickFile(review, wish);
    if (!file) return;
    const { patch: index, path } = file;
    const line = wish.line;
    const title = l10n.t('{0} (before ↔ after {1})', path.replace(/^.*\//, ''), review.name);
    const [before, after] = [
      sideAddress(review.patch, index, 'before', path),
      sideAddress(review.patch, index, 'after', path),
    ];
    await commands.executeCommand('vscode.diff', before, after, title, {
      preview: true,
      ...(line ? { selection: lineRange(line) } : {}),
    });
  }
}

/** The review that a command is about: named by its argument, of the active document, the only one, or picked. */
export async function reviewFor(reviews: Reviews, argument: unknown): Promise<Review | undefined> {
  const named = asUri(argument);
  const active = window.activeTextEditor?.document.uri;
  const address = active && readAddress(active);
  const patch = named ?? (address && 'patch' in address ? address.patch : active);
  const found = patch && reviews.get(patch);
  if (found) return found;
  const all = reviews.all().filter((review) => review.result !== undefined);
  if (all.length === 0) {
    window.showInformationMessage(l10n.t('Review a patch first: the command “Iomem Review: Review Patch”.'));
    return undefined;
  }
  if (all.length === 1) return all[0];
  const items = all.map((review) => ({ label: review.name, review }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which review?') }))?.review;
}

/** What a patch does comes before what was there, and lines that nothing executed last: they have no proof. */
const order: readonly FindingClass[] = ['introduced', 'change', 'fixed', 'existing'];
const rank = ({ class: name, rule }: Finding): number =>
  rule === 'unexercised-change' ? order.length : order.indexOf(name);

async function pickFinding(review: Review, { index, first = 1, last = Infinity }: Which): Promise<Finding | undefined> {
  type Item = QuickPickItem & { readonly finding: Finding };
  const reports = review.result?.report.patches ?? [];
  const chosen = reports.flatMap((report, at) =>
    (index === undefined || index === at ? report.findings : [])
      .filter((finding) => {
        const line = patchLineOf(report, finding) + 1;
        return line >= first && line <= last;
      })
      .map((finding) => ({ at, finding })),
  );
  const items: Item[] = chosen
    .sort((a, b) => rank(a.finding) - rank(b.finding))
    .map(({ at, finding }) => {
      const place = `${finding.at.file}:${finding.at.line}`;
      const from = reports.length > 1 ? [patchName(reports, at)] : [];
      return {
        label: printable(`${className(finding.class)}: ${finding.message}`),
        description: finding.rule,
        detail: printable([...from, place, finding.proof.scenario].filter((part) => part !== '').join(', ')),
        finding,
      };
    });
  if (items.length === 0) {
    window.showInformationMessage(
      last < Infinity ? l10n.t('Nothing was found in this hunk.') : l10n.t('Nothing was found.'),
    );
    return undefined;
  }
  if (items.length === 1) return items[0]?.finding;
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Whose proof?'), matchOnDescription: true }))
    ?.finding;
}

async function pickFile(review: Review, { index, path }: View): Promise<FileTexts | undefined> {
  const files = (review.result?.files ?? []).filter(
    (file) => (index === undefined || file.patch === index) && (path === undefined || file.path === path),
  );
  if (files.length <= 1) return files[0];
  const subjects = review.result?.report.patches.map((report) => report.subject) ?? [];
  const items = files.map((file) => ({
    label: printable(file.path),
    description: printable(subjects[file.patch] ?? ''),
    file,
  }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which file?') }))?.file;
}

const lineRange = (line: number) => ({
  start: { line: line - 1, character: 0 },
  end: { line: line - 1, character: 0 },
});

// Arguments arrive from CodeLenses as they are, from command links as JSON, from keybindings as anything.

/** The id of the finding that a command is about: given, or that of an item of the view of reviews. */
export function findingOf(argument: unknown, id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  const { finding } = asObject<{ finding: { id?: unknown } }>(argument);
  return typeof finding?.id === 'string' ? finding.id : undefined;
}

export function asUri(value: unknown): Uri | undefined {
  if (value instanceof Uri) return value;
  // An item of the view of reviews.
  const { review } = asObject<{ review: Review }>(value);
  if (review?.patch instanceof Uri) return review.patch;
  if (typeof value !== 'object' || value === null || !('scheme' in value) || !('path' in value)) return undefined;
  return Uri.from(value as { scheme: string; path: string });
}
function asObject<T extends object>(value: unknown): Partial<T> {
  return typeof value === 'object' && value !== null ? value : {};
}
