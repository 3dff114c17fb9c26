import { l10n, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { Owner } from './disposable.ts';

const scheme = 'iomem-review-note';

/** Texts to read that are no files: nobody is asked to save them. They are gone with their window. */
export class Notes extends Owner implements TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    super();
    this.own(workspace.registerTextDocumentContentProvider(scheme, this));
    this.own(workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())));
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? l10n.t('This text has gone with the window that showed it.');
  }

  /** Opens a text under a file's name. */
  async show(name: string, text: string): Promise<void> {
    const uri = Uri.from({ scheme, path: `/${++this.#count}/${name}` });
    this.#texts.set(uri.toString(), text);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }
}
