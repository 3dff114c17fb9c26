import type { Uri } from 'vscode';
import type { StartWorker } from './worker-client.ts';

/** What the desktop has and the web lacks, or has in another way. */
export interface Platform {
  startWorker(extensionUri: Uri): StartWorker;
  /** Whether the worker can read `file:` folders by itself. */
  readonly hasDisk: boolean;
  /** Runs git with a folder as its working directory; its standard output. Rejects when it fails. Absent on the web. */
  readonly runGit?: RunGit;
}
export type RunGit = (git: string, folder: string, args: readonly string[], input?: string) => Promise<Uint8Array>;
