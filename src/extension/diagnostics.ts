import {
  type Diagnostic,
  type DiagnosticCollection,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  Location,
  l10n,
  languages,
  Position,
  Range,
  Diagnostic as TextDiagnostic,
  Uri,
  workspace,
} from 'vscode';
import { printable } from '../review/printable.ts';
import type { Finding, FindingClass, PatchReport, SourcePlace } from '../review/report.ts';
import { proofAddress, readAddress, ruleAddress, sideAddress } from './addresses.ts';
import type { DeskStore } from './desk/store.ts';
import { storyOf } from './desk/story.ts';
import { Owner } from './disposable.ts';
import { lineOnDisk, locate, patchLineOf } from './places.ts';
import type { Review, Reviews } from './reviews.ts';
import { JobFailure } from './worker-client.ts';

/** Findings as diagnostics: on the patch's own lines, on the files of the tree, and in the before and after documents. */
export class Diagnostics extends Owner {
  /** One collection for each patch, so that the findings of one can be taken back without the others'. */
  readonly #collections = new Map<string, DiagnosticCollection>();

  readonly #store: DeskStore;

  constructor(reviews: Reviews, store: DeskStore) {
    super();
    this.#store = store;
    this.own(
      store.onDidChange(() => {
        for (const review of reviews.all()) this.#show(review);
      }),
    );
    this.own(reviews.onDidChange((review) => this.#show(review)));
    this.own(reviews.onDidRemove((patch) => this.#collections.get(patch.toString())?.clear()));
    // The before and after documents have diagnostics while they are open, lest the Problems view shows everything twice.
    const showSide = (uri: Uri) => {
      const address = readAddress(uri);
      const review = address && 'patch' in address ? reviews.get(address.patch) : undefined;
      if (review) this.#show(review);
    };
    this.own(workspace.onDidOpenTextDocument(({ uri }) => showSide(uri)));
    this.own(workspace.onDidCloseTextDocument(({ uri }) => showSide(uri)));
    this.own(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('iomemReview.show')) for (const review of reviews.all()) this.#show(review);
      }),
    );
  }

  override dispose(): void {
    for (const collection of this.#collections.values()) collection.dispose();
    super.dispose();
  }

  #show(review: Review): void {
    if (review.state === 'running') return;
    const shown = new DiagnosticMap();
    if (review.error !== undefined) addFailure(shown, review);
    const classes = workspace.getConfiguration('iomemReview', review.patch).get<readonly FindingClass[]>('show', []);
    const open = new Set(workspace.textDocuments.map((document) => document.uri.toString()));
    for (const report of review.result?.report.patches ?? []) {
      for (const finding of report.findings) {
        if (classes.includes(finding.class) && !this.#store.dismissal(finding))
          this.#addFinding(shown, open, review, report, finding);
      }
    }
    const key = review.patch.toString();
    let collection = this.#collections.get(key);
    if (!collection) {
      collection = languages.createDiagnosticCollection('iomem-review');
      this.#collections.set(key, collection);
    }
    collection.clear();
    collection.set(shown.entries());
  }

  #addFinding(
    shown: DiagnosticMap,
    open: ReadonlySet<string>,
    review: Review,
    report: PatchReport,
    finding: Finding,
  ): void {
    const related = relatedInformation(review, report, finding);
    const diagnostic = (line: number, more: readonly DiagnosticRelatedInformation[]) => {
      const one = new TextDiagnostic(wholeLine(line), messageOf(review, report, finding), severityOf(finding));
      one.source = 'Iomem Review';
      one.code = { value: finding.rule, target: ruleAddress(finding.rule) };
      one.relatedInformation = [...more, ...related];
      return one;
    };
    const patchLine = patchLineOf(report, finding);
    shown.add(review.patch, diagnostic(patchLine, relatedTo(review, report, finding.at, l10n.t('the source line'))));

    const changed = new DiagnosticRelatedInformation(
      new Location(review.patch, new Position(patchLine, 0)),
      l10n.t('the line of the patch'),
    );
    const root = review.tree?.root;
    const line = root && lineOnDisk(review, report, finding.at);
    if (root && line !== undefined) shown.add(Uri.joinPath(root, finding.at.file), diagnostic(line, [changed]));
    const index = review.result?.report.patches.indexOf(report) ?? 0;
    const side = sideAddress(review.patch, index, finding.at.world, finding.at.file);
    if (open.has(side.toString())) shown.add(side, diagnostic(finding.at.line - 1, [changed]));
  }
}

/** Diagnostics by document. */
class DiagnosticMap {
  readonly #byUri = new Map<string, [Uri, Diagnostic[]]>();

  add(uri: Uri, diagnostic: Diagnostic): void {
    const entry = this.#byUri.get(uri.toString());
    if (entry) entry[1].push(diagnostic);
    else this.#byUri.set(uri.toString(), [uri, [diagnostic]]);
  }

  entries(): [Uri, Diagnostic[]][] {
    return [...this.#byUri.values()];
  }
}

/** A way to a place, where there is one. */
function relatedTo(
  review: Review,
  report: PatchReport,
  place: SourcePlace,
  message: string,
): readonly DiagnosticRelatedInformation[] {
  const location = locate(review, report, place);
  return location ? [new DiagnosticRelatedInformation(location, message)] : [];
}

function relatedInformation(
  review: Review,
  report: PatchReport,
  finding: Finding,
): readonly DiagnosticRelatedInformation[] {
  const causes = finding.related.flatMap(({ message, at }) => relatedTo(review, report, at, message));
  const proof = new DiagnosticRelatedInformation(
    new Location(proofAddress(review.patch, finding), new Position(0, 0)),
    l10n.t('the proof: scenario {0} on {1}', finding.proof.scenario, finding.proof.machine),
  );
  return [...causes, proof];
}

/** The message with its class, the two outcomes, and what it depends on. */
function messageOf({ result }: Review, report: PatchReport, finding: Finding): string {
  const lines = [`${className(finding.class)}: ${finding.message}`, ...outcomesOf(finding)];
  const story = storyOf(result?.report, report, finding);
  if (story !== undefined) lines.push(story);
  if (finding.dependsOn.length > 0) lines.push(l10n.t('depends on stubs: {0}', finding.dependsOn.join(', ')));
  if (finding.restsOn) lines.push(l10n.t('rests on the model of the kernel: there is no kernel tree'));
  return printable(lines.join('\n'));
}

/** The outcomes that differ, one a line; none where the message says them already. */
export function outcomesOf({ message, before, after }: Finding): readonly string[] {
  return [
    ...(before === undefined || message.includes(before) ? [] : [l10n.t('before: {0}', before)]),
    ...(after === undefined || message.includes(after) ? [] : [l10n.t('after: {0}', after)]),
  ];
}

export function className(name: FindingClass): string {
  switch (name) {
    case 'introduced':
      return l10n.t('Introduced');
    case 'fixed':
      return l10n.t('Fixed');
    case 'existing':
      return l10n.t('Already there');
    case 'change':
      return l10n.t('Changed');
  }
}

function severityOf(finding: Finding): DiagnosticSeverity {
  // What the patch repairs or leaves as it was is news, not a fault of the patch.
  if (finding.class === 'fixed' || finding.class === 'existing') return DiagnosticSeverity.Information;
  if (finding.severity === 'error') return DiagnosticSeverity.Error;
  return finding.severity === 'warning' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
}

/** A review that failed at a line of the patch is told there too. */
function addFailure(shown: DiagnosticMap, review: Review): void {
  if (!(review.error instanceof JobFailure)) return;
  const { failure } = review.error;
  if (failure.line === undefined) return;
  const text = failure.hint === undefined ? failure.message : `${failure.message}\n${failure.hint}`;
  const inTree = review.tree?.root !== undefined && failure.file !== review.name && failure.file !== '<patch>';
  const diagnostic = new TextDiagnostic(wholeLine(failure.line - 1), text, DiagnosticSeverity.Error);
  diagnostic.source = 'Iomem Review';
  if (failure.code !== undefined) diagnostic.code = failure.code;
  shown.add(
    inTree && review.tree?.root ? Uri.joinPath(review.tree.root, failure.file ?? '') : review.patch,
    diagnostic,
  );
}

/** The editor cuts the range at the end of the line. */
const wholeLine = (line: number): Range => new Range(Math.max(0, line), 0, Math.max(0, line), 1000);
