import { EventEmitter, type Memento } from 'vscode';
import type { Finding, FindingClass } from '../../review/report.ts';
import { Owner } from '../disposable.ts';

/** What a person has looked at, by its contents; the name tells what it was, should the contents change. */
type Marks = Record<string, string>;
export interface Dismissal {
  readonly reason: string;
}
/** A remark on a line of a patch. The line is kept by its text, so that it is found again in another revision. */
export interface StoredComment {
  readonly id: string;
  /** Identity of the file's diff where it was written, its path, and the mail's subject. */
  readonly file: string;
  readonly path: string;
  readonly subject: string;
  /** Text of the line of the diff, and the how manieth of its kind in the diff of this file (from 0). */
  readonly line: string;
  readonly nth: number;
  readonly body: string;
  /** The finding that it was made from. */
  readonly finding?: string;
}
export interface Filter {
  readonly classes: readonly FindingClass[];
  readonly dismissed: boolean;
  readonly reviewed: boolean;
}

const everything: Filter = { classes: ['introduced'], dismissed: false, reviewed: true };
/** Marks of one workspace: the oldest make room. */
const MOST = 5000;

/** The reviewer's own book: what was looked at, dismissed, remarked. Kept in the workspace's state, never in its files. */
export class DeskStore extends Owner {
  readonly #state: Memento;
  readonly #changed = this.own(new EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #marks: Map<string, string>;
  /** Names of what was looked at in any revision. */
  #names: Set<string>;
  #dismissals: Map<string, Dismissal>;
  #comments: readonly StoredComment[];
  #filter: Filter;

  constructor(state: Memento) {
    super();
    this.#state = state;
    this.#marks = new Map(Object.entries(state.get<Marks>('desk.marks', {})));
    this.#names = new Set(this.#marks.values());
    this.#dismissals = new Map(Object.entries(state.get<Record<string, Dismissal>>('desk.dismissals', {})));
    this.#comments = state.get<readonly StoredComment[]>('desk.comments', []);
    this.#filter = { ...everything, ...state.get<Partial<Filter>>('desk.filter', {}) };
  }

  isReviewed(key: string): boolean {
    return this.#marks.has(key);
  }

  /** Something of this name was looked at, whatever it held then. */
  wasReviewed(name: string): boolean {
    return this.#names.has(name);
  }

  mark(leaves: readonly { readonly key: string; readonly name: string }[], reviewed: boolean): void {
    for (const { key, name } of leaves) {
      this.#marks.delete(key);
      if (reviewed) this.#marks.set(key, name);
    }
    for (const key of [...this.#marks.keys()].slice(0, Math.max(0, this.#marks.size - MOST))) this.#marks.delete(key);
    this.#names = new Set(this.#marks.values());
    this.#save('marks', Object.fromEntries(this.#marks));
  }

  dismissal(finding: Finding): Dismissal | undefined {
    return this.#dismissals.get(findingKey(finding));
  }

  dismiss(finding: Finding, reason: string | undefined): void {
    const key = findingKey(finding);
    if (reason === undefined) this.#dismissals.delete(key);
    else this.#dismissals.set(key, { reason });
    for (const old of [...this.#dismissals.keys()].slice(0, Math.max(0, this.#dismissals.size - MOST)))
      this.#dismissals.delete(old);
    this.#save('dismissals', Object.fromEntries(this.#dismissals));
  }

  get comments(): readonly StoredComment[] {
    return this.#comments;
  }

  setComments(comments: readonly StoredComment[]): void {
    this.#comments = comments.slice(-MOST);
    this.#save('comments', this.#comments);
  }

  get filter(): Filter {
    return this.#filter;
  }

  setFilter(filter: Filter): void {
    this.#filter = filter;
    this.#save('filter', filter);
  }

  #save(name: string, value: unknown): void {
    void this.#state.update(`desk.${name}`, value);
    this.#changed.fire();
  }
}

/**
 * By what a finding is known again in another revision: rule, file, and the statement that it was proved at. Lines and values
 * do not count.
 */
export function findingKey(finding: Finding): string {
  const step = finding.proof.steps.at(-1);
  return [finding.class, finding.rule, finding.at.file, step?.function ?? '', step?.text.trim() ?? ''].join('\0');
}
