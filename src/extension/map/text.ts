import {
  CodeLens,
  type CodeLensProvider,
  type DocumentSelector,
  l10n,
  languages,
  Range,
  type TextDocument,
} from 'vscode';
import { type MachineTextKind, machineTextKind } from '../../map/input.ts';
import { Owner } from '../disposable.ts';

/**
 * Documents that can hold a machine: what has another language of its own holds none. The first two, known by their names or
 * first lines, start the extension; the others are looked at where it runs.
 */
const textSelector: DocumentSelector = [
  { language: 'iomem' },
  { language: 'dmesg' },
  { language: 'plaintext' },
  { language: 'log' },
];
/** Of a text these lines tell what it is. */
const LINES = 400;

/** What of a machine a document holds, by its beginning. */
export function machineTextIn(document: TextDocument): MachineTextKind | undefined {
  return machineTextKind(document.getText(new Range(0, 0, LINES, 0)));
}

/** Above a text of /proc/iomem or a kernel log with memory ranges: an offer to draw it. */
export class TextLenses extends Owner implements CodeLensProvider {
  constructor() {
    super();
    this.own(languages.registerCodeLensProvider(textSelector, this));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const kind = machineTextIn(document);
    if (!kind) return [];
    const title =
      kind === 'iomem' ? l10n.t('Draw this memory as a map') : l10n.t('Draw the memory of this log as a map');
    return [
      new CodeLens(new Range(0, 0, 0, 0), {
        title: `$(map)\u00a0${title}`,
        command: 'iomemReview.showTextMap',
        arguments: [document.uri],
      }),
    ];
  }
}
