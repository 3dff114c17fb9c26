import {
  type CancellationToken,
  DocumentLink,
  type DocumentLinkProvider,
  EventEmitter,
  l10n,
  languages,
  Range,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  workspace,
} from 'vscode';
import type { Finding, PatchReport } from '../review/report.ts';
import { rulePage } from '../review/rule-page.ts';
import { type Address, readAddress, scheme } from './addresses.ts';
import { Owner } from './disposable.ts';
import type { Git } from './git.ts';
import { locate, textsOf } from './places.ts';
import { type LinkedText, proofText } from './proof-text.ts';
import type { Review, Reviews } from './reviews.ts';

type SideAddress = Extract<Address, { readonly kind: 'before' | 'after' }>;

/** Our read-only documents: patches of commits, files before and after, proofs, scenarios. */
export class Documents extends Owner implements TextDocumentContentProvider, DocumentLinkProvider {
  readonly #changed = this.own(new EventEmitter<Uri>());
  readonly #reviews: Reviews;
  readonly #git: Git;
  readonly #extensionUri: Uri;
  #models: Thenable<ReadonlyMap<string, string>> | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(reviews: Reviews, git: Git, extensionUri: Uri) {
    super();
    this.#reviews = reviews;
    this.#git = git;
    this.#extensionUri = extensionUri;
    this.own(workspace.registerTextDocumentContentProvider(scheme, this));
    this.own(languages.registerDocumentLinkProvider({ scheme }, this));
    this.own(
      reviews.onDidChange((review) => {
        if (review.state === 'done') this.#refresh(review.patch);
      }),
    );
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const address = readAddress(uri);
    switch (address?.kind) {
      case 'commit':
        return this.#git.commitPatch(address.root, address.revision);
      case 'range':
        return this.#git.rangePatch(address.root, address.from, address.to);
      case 'worktree':
        return this.#git.worktreePatch(address.root);
      case 'before':
      case 'after':
        return this.#side(address);
      case 'proof':
        return this.#proof(address.patch, address.finding)?.text ?? gone();
      case 'scenario': {
        const found = this.#reviews.get(address.patch)?.result?.report.patches.flatMap((patch) => patch.scenarios);
        return found?.find((scenario) => scenario.name === address.scenario)?.source ?? gone();
      }
      case 'rule':
        return ruleText(address.rule);
      case 'model':
        return this.#model(address.path);
      default:
        return gone();
    }
  }

  provideDocumentLinks(document: TextDocument, _token: CancellationToken): DocumentLink[] {
    const address = readAddress(document.uri);
    if (address?.kind !== 'proof') return [];
    const found = findFinding(this.#reviews.get(address.patch), address.finding);
    const proof = this.#proof(address.patch, address.finding);
    if (!found || !proof) return [];
    return proof.links.flatMap(({ line, start, end, place }) => {
      const location = locate(found.review, found.report, place);
      if (!location) return [];
      const { uri, range } = location;
      return new DocumentLink(new Range(line, start, line, end), uri.with({ fragment: `L${range.start.line + 1}` }));
    });
  }

  /** Reads the changes of a working tree again. */
  reload(uri: Uri): void {
    this.#changed.fire(uri);
  }

  async #side({ patch, index, kind, path }: SideAddress): Promise<string> {
    const review = this.#reviews.get(patch);
    if (!review) return gone();
    const texts = textsOf(review, index, path);
    if (texts) return texts[kind] ?? '';
    // A file of a commit's tree that the patch leaves alone.
    const [file] = (await review.tree?.readFiles([path])) ?? [];
    return file?.text ?? '';
  }

  /** The files of the model are read when somebody first looks at one. */
  async #model(path: string): Promise<string> {
    this.#models ??= workspace.fs
      .readFile(Uri.joinPath(this.#extensionUri, 'dist/model.json'))
      .then((bytes) => new Map<string, string>(JSON.parse(new TextDecoder().decode(bytes))));
    return (await this.#models).get(path) ?? l10n.t('There is no such file in the model: {0}', path);
  }

  #proof(patch: Uri, id: string): LinkedText | undefined {
    const found = findFinding(this.#reviews.get(patch), id);
    return found && proofText(found.report, found.finding);
  }

  /** Documents that are open show the newest review. */
  #refresh(patch: Uri): void {
    for (const { uri } of workspace.textDocuments) {
      const address = readAddress(uri);
      if (address && 'patch' in address && address.patch.toString() === patch.toString()) this.#changed.fire(uri);
    }
  }
}

/** A finding and where it belongs. */
export interface FoundFinding {
  readonly review: Review;
  readonly report: PatchReport;
  readonly finding: Finding;
}

export function findFinding(review: Review | undefined, id: string): FoundFinding | undefined {
  for (const report of review?.result?.report.patches ?? []) {
    const finding = report.findings.find((one) => one.id === id);
    if (review && finding) return { review, report, finding };
  }
  return undefined;
}

/** The page that the code of a diagnostic leads to. */
const ruleText = (name: string): string => rulePage(name) ?? l10n.t('There is no rule “{0}”.', name);

const gone = (): string => l10n.t('The review that this shows is not there any more: review the patch again.');
