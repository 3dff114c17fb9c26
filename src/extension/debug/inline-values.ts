import {
  debug,
  type InlineValue,
  type InlineValueContext,
  InlineValueEvaluatableExpression,
  type InlineValuesProvider,
  languages,
  Range,
  type TextDocument,
} from 'vscode';
import { SourceExpressions } from '../../debug/source-expressions.ts';
import { scheme } from '../addresses.ts';
import { Owner } from '../disposable.ts';

/** Lines above the one where a session stands that are shown with values. */
const MOST_LINES = 200;

/** While a proof is debugged: behind the lines of the function, up to where it stands, what its variables hold. */
export class DebugInlineValues extends Owner implements InlineValuesProvider {
  #known: { readonly document: TextDocument; readonly version: number; readonly text: SourceExpressions } | undefined;

  constructor() {
    super();
    this.own(languages.registerInlineValuesProvider([{ language: 'c' }, { scheme, language: 'c' }], this));
  }

  provideInlineValues(document: TextDocument, viewPort: Range, { stoppedLocation }: InlineValueContext): InlineValue[] {
    // Other debuggers of C have their own.
    if (debug.activeDebugSession?.type !== 'iomem-review') return [];
    const text = this.#textOf(document);
    const last = stoppedLocation.end.line;
    let first = last;
    // In kernel style the brace of a function stands in the first column.
    while (first > 0 && last - first < MOST_LINES && !/^[{}]/.test(document.lineAt(first).text)) first--;
    const found: InlineValue[] = [];
    for (let line = Math.max(first, viewPort.start.line); line <= Math.min(last, viewPort.end.line); line++) {
      const seen = new Set<string>();
      for (const one of text.pathsOn(line + 1)) {
        // A constant tells its value itself; a function's name is none.
        if (seen.has(one.text) || !/[a-z]/.test(one.text) || one.endLine !== one.line) continue;
        seen.add(one.text);
        const range = new Range(line, one.column - 1, line, one.endColumn - 1);
        found.push(new InlineValueEvaluatableExpression(range, one.text));
      }
    }
    return found;
  }

  #textOf(document: TextDocument): SourceExpressions {
    const { version } = document;
    if (this.#known?.document !== document || this.#known.version !== version)
      this.#known = { document, version, text: new SourceExpressions(document.getText()) };
    return this.#known.text;
  }
}
