import { commands, l10n, Uri, window, workspace } from 'vscode';
import { Owner } from '../disposable.ts';

const scheme = 'iomem-review-help';

/** How the views are used by keyboard and with a screen reader, as a document: views of extensions cannot offer it themselves. */
export class DeskHelp extends Owner {
  constructor() {
    super();
    this.own(workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: helpText }));
    this.own(
      commands.registerCommand('iomemReview.accessibilityHelp', async () => {
        const uri = Uri.from({ scheme, path: `/${l10n.t('Iomem Review: Accessibility Help')}.md` });
        await window.showTextDocument(uri, { preview: true });
      }),
    );
  }
}

function helpText(): string {
  const sections: readonly (readonly string[])[] = [
    [
      l10n.t('The view of reviews'),
      l10n.t(
        'It is a tree: series, patches, files, functions, findings. The arrow keys walk it, Enter shows the line.',
      ),
      l10n.t('Each item says its state (not yet reviewed, reviewed, changed) and what was found below it.'),
      l10n.t(
        'Alt+K ticks the item off that Enter showed last; the menu of an item (Shift+F10) does so, too. The line above the tree says how many are.',
      ),
      l10n.t('Alt+] and Alt+[ go to the next and the previous finding, also in the patch.'),
    ],
    [
      l10n.t('Patches'),
      l10n.t(
        'Ctrl+Alt+P reviews the patch. What is found is in the list of problems (Ctrl+Shift+M); F8 goes from one to the next.',
      ),
      l10n.t('Ctrl+. offers what can be done with a finding: proof, scenario, comment, dismissal.'),
      l10n.t('The verdict of a hunk is a lens above it; each lens is also a command of the palette.'),
      l10n.t(
        'On a changed line, Ctrl+K Ctrl+I tells its values before and after the patch; Ctrl+K Ctrl+I again goes into the text.',
      ),
      l10n.t('Ctrl+Alt+R writes the draft of a reply, which is plain text.'),
    ],
    [
      l10n.t('The address map'),
      l10n.t(
        'Ctrl+Alt+M opens it. Arrow keys go between regions: up to the parent, down to the first child, left and right to the neighbours.',
      ),
      l10n.t(
        'D goes to the next difference, M measures, C copies, plus and minus zoom, 0 shows all. What is selected is announced.',
      ),
      l10n.t('A table holds the same as the picture, row by row.'),
      l10n.t('The export to text tells the map without a picture.'),
    ],
    [
      l10n.t('The schedule'),
      l10n.t('A table: a row for each step, with thread, operation, locks and what changed. Enter goes to the source.'),
    ],
    [
      l10n.t('The debugger'),
      l10n.t(
        'Steps forwards and backwards are those of the editor; F11 steps in, and the values are in its view of variables.',
      ),
    ],
  ];
  const text = sections.map(([title, ...lines]) => `## ${title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`);
  return `# ${l10n.t('Iomem Review: Accessibility Help')}\n\n${text.join('\n')}`;
}
