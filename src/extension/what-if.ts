import { commands, l10n, ProgressLocation, window, workspace } from 'vscode';
import { Owner } from './disposable.ts';
import type { Git } from './git.ts';
import { machineTextOf } from './import-machine.ts';
import type { MapPanel } from './map/panel.ts';
import type { Notes } from './notes.ts';
import type { Platform } from './platform.ts';
import { findTree, unsavedFiles } from './tree.ts';
import type { WorkerClient } from './worker-client.ts';

/** Other constants: what they cost, and where device memory then lands, as a text to read and as a map. */
export class WhatIf extends Owner {
  readonly #worker: WorkerClient;
  readonly #platform: Platform;
  readonly #git: Git;
  readonly #notes: Notes;
  readonly #map: MapPanel;

  constructor(worker: WorkerClient, platform: Platform, git: Git, notes: Notes, map: MapPanel) {
    super();
    this.#worker = worker;
    this.#platform = platform;
    this.#git = git;
    this.#notes = notes;
    this.#map = map;
    this.own(commands.registerCommand('iomemReview.whatIf', (defines, allocate) => this.#ask(defines, allocate)));
  }

  /** Arguments stand in for what the person types. */
  async #ask(given: unknown, amount: unknown): Promise<void> {
    const near = window.activeTextEditor?.document.uri ?? workspace.workspaceFolders?.[0]?.uri;
    if (!near) {
      window.showInformationMessage(l10n.t('Open a folder with a kernel tree first.'));
      return;
    }
    const active = window.activeTextEditor?.document;
    const patch =
      active?.languageId === 'diff'
        ? { text: active.getText(), name: workspace.asRelativePath(active.uri, false) }
        : undefined;
    const defines =
      typeof given === 'string'
        ? given
        : await window.showInputBox({
            title: l10n.t('What if…'),
            prompt: l10n.t('Constants under other values, e.g. MAX_PHYSMEM_BITS, SEARCH_END or a macro of the tree'),
            value: 'MAX_PHYSMEM_BITS=47 SEARCH_START=0x400000000000',
            validateInput: (text) =>
              (patch && text.trim() === '') || /^\s*[A-Za-z_]\w*=\S+(?:\s+[A-Za-z_]\w*=\S+)*\s*$/.test(text)
                ? undefined
                : l10n.t('Write NAME=VALUE, several with blanks between'),
          });
    if (defines === undefined) return;
    const allocate =
      typeof amount === 'string'
        ? amount
        : await window.showInputBox({
            title: l10n.t('Which device memory is allocated?'),
            value: '8x1G',
            validateInput: (text) =>
              /^\d+x\d+[MGT](,\d+x\d+[MGT])*$/i.test(text) ? undefined : l10n.t('Write COUNTxSIZE, e.g. 8x1G'),
          });
    if (allocate === undefined) return;
    const machine = workspace.getConfiguration('iomemReview', near).get<string>('machine', '').trim() || 'server';
    const tree = await findTree(near, this.#platform, this.#git);
    const seconds = workspace.getConfiguration('iomemReview', near).get<number>('budget.seconds', 120);
    try {
      const { text, map } = await window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Allocating device memory before and after'),
          cancellable: true,
        },
        async (_, token) => {
          const controller = new AbortController();
          token.onCancellationRequested(() => controller.abort());
          return this.#worker.perform(
            'whatIf',
            {
              tree: tree.source,
              overlay: unsavedFiles(tree.root),
              defines: defines.split(/\s+/).filter((one) => one !== ''),
              ...(patch ? { patch } : {}),
              allocate,
              machine,
              ...(await machineTextOf(machine, near)),
            },
            {
              signal: controller.signal,
              timeout: seconds * 1000,
              progress: () => {},
              readFiles: (paths) => tree.readFiles(paths),
            },
          );
        },
      );
      await this.#notes.show('what-if.txt', text);
      await this.#map.showWhatIf(map, near);
    } catch (error) {
      window.showErrorMessage(
        l10n.t('There is no answer: {0}', error instanceof Error ? error.message : String(error)),
      );
    }
  }
}
