import { CodeLens, type CodeLensProvider, l10n, languages, Range, type TextDocument } from 'vscode';
import { readAddress } from '../addresses.ts';
import { Owner } from '../disposable.ts';

/** Above the entry points of a scenario: the way into the debugger. */
export class ScenarioLenses extends Owner implements CodeLensProvider {
  constructor() {
    super();
    this.own(languages.registerCodeLensProvider({ language: 'c' }, this));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    // The scenarios of a review are debugged by the finding that they prove.
    if (readAddress(document.uri)) return [];
    const lines = document.getText().split('\n');
    if (!lines.some((line) => /^\s*#\s*include\s*<iomem-review\.h>/.test(line))) return [];
    const first = lines.findIndex((line) => /^(SETUP|THREAD|CHECK)\b/.test(line));
    const title = `$(debug-alt)\u00a0${l10n.t('Debug this scenario')}`;
    const at = Math.max(0, first);
    return [
      new CodeLens(new Range(at, 0, at, 0), { title, command: 'iomemReview.debugScenario', arguments: [document.uri] }),
    ];
  }
}
