import { ConfigurationTarget, commands, l10n, Uri, window, workspace } from 'vscode';
import { CodedError } from '../base/errors.ts';
import { combinedMachine, textOfMachine } from '../review/machines.ts';
import { Owner } from './disposable.ts';
import type { Notes } from './notes.ts';

/** Larger files than this are no machine's. */
const MAX_BYTES = 64 << 20;

/** The file of a machine that the setting names; nothing where the name is one that is built in. */
export async function machineTextOf(
  machine: string,
  near: Uri | undefined,
): Promise<{ readonly machineText?: string }> {
  if (!/[./\\]/.test(machine)) return {};
  const folder = (near && workspace.getWorkspaceFolder(near)) ?? workspace.workspaceFolders?.[0];
  const absolute = machine.startsWith('/') || /^[A-Za-z]:[\\/]/.test(machine);
  const uri = absolute ? Uri.file(machine) : folder && Uri.joinPath(folder.uri, machine);
  if (!uri) return {};
  try {
    return { machineText: textOfMachine(await workspace.fs.readFile(uri)) };
  } catch {
    // The review says that there is no such machine.
    return {};
  }
}

/** Reads a machine from files in whatever form, shows what each told, and writes a machine file where the person says so. */
export class ImportMachine extends Owner {
  constructor(notes: Notes) {
    super();
    this.own(
      commands.registerCommand('iomemReview.importMachine', (given, consent) => importMachine(notes, given, consent)),
    );
  }
}

/** `given`: files, in place of those the person picks; `consent`: written without asking. Answers the file that was written. */
async function importMachine(notes: Notes, given: unknown, consent: unknown): Promise<Uri | undefined> {
  const uris =
    Array.isArray(given) && given.every((one) => one instanceof Uri)
      ? (given as Uri[])
      : await window.showOpenDialog({
          canSelectMany: true,
          title: l10n.t('Files of one machine: /proc/iomem, kernel log, lsmem, SRAT, CEDT'),
        });
  if (!uris || uris.length === 0) return undefined;
  let made: ReturnType<typeof combinedMachine>;
  try {
    const texts = await Promise.all(
      uris.map(async (uri) => {
        const bytes = await workspace.fs.readFile(uri);
        return { name: uri.path.replace(/^.*\//, ''), text: textOfMachine(bytes.subarray(0, MAX_BYTES)) };
      }),
    );
    made = combinedMachine(texts);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    window.showErrorMessage(l10n.t('No machine was read: {0}', error.message));
    return undefined;
  }
  await notes.show('machine.txt', summary(made));
  const folder = workspace.workspaceFolders?.[0];
  if (!folder) return undefined;
  const name = `${
    uris[0]!.path
      .replace(/^.*\//, '')
      .replace(/\.[^.]*$/, '')
      .replace(/[^\w.-]+/g, '-') || 'machine'
  }.machine.json`;
  const target = Uri.joinPath(folder.uri, name);
  if (consent !== true) {
    const write = l10n.t('Write and Use');
    const answer = await window.showInformationMessage(
      l10n.t('Write this machine to {0} and review on it?', name),
      {
        modal: true,
        detail: l10n.t('A file of that name is replaced; the setting iomemReview.machine names it then.'),
      },
      write,
    );
    if (answer !== write) return undefined;
  }
  await workspace.fs.writeFile(target, new TextEncoder().encode(made.text));
  await workspace.getConfiguration('iomemReview', folder.uri).update('machine', name, ConfigurationTarget.Workspace);
  return target;
}

/** What each file told, what could not be read, and the machine as it would be written. */
function summary({ text, machine, parts, problems }: ReturnType<typeof combinedMachine>): string {
  return [
    ...parts.map(({ name, format, iomem, srat, cxlWindows }) =>
      l10n.t(
        '{0} ({1}): {2} regions, {3} ranges of SRAT, {4} CXL windows',
        name,
        format,
        iomem.length,
        srat.length,
        cxlWindows.length,
      ),
    ),
    l10n.t('Together: {0} regions, {1} ranges of SRAT', machine.iomem.length, machine.srat.length),
    ...problems.map((problem) => problem.message),
    '',
    text,
  ].join('\n');
}
