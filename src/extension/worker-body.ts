import { CodedError } from '../base/errors.ts';
import { MemoryTree, type SourceTree } from '../base/tree.ts';
import type { Failure, FromWorker, JobName, JobRequest, Jobs, PatchDone, ToWorker, TreeFile } from '../protocol.ts';
import { printable } from '../review/printable.ts';
import { RecordingTree } from './debug/recording-tree.ts';

/** What differs between a worker thread and a Web Worker. */
export interface WorkerHost {
  post(message: FromWorker): void;
  /** Opens a folder of the disk; absent where there is none. */
  openDisk?(root: string): SourceTree;
}

export interface JobHooks {
  readonly signal: { readonly aborted: boolean };
  progress(done: number, total: number, what: string): void;
  patch(patch: PatchDone): void;
}
/** Does one job on its tree. */
export type Performer<K extends JobName> = (
  request: Jobs[K]['request'],
  tree: SourceTree,
  hooks: JobHooks,
) => Promise<Jobs[K]['result']>;
export type Performers = { readonly [K in JobName]: Performer<K> };
type Result = Jobs[JobName]['result'];
/** A job with its request already given. */
type Job = (tree: SourceTree, hooks: JobHooks) => Promise<Result>;

/** What nearly every job reads: asked for together with the first missing files, to spare a round. */
const usual = ['Makefile', 'include/linux/ioport.h', 'include/linux/resource_ext.h'];
/** Files that one job may ask for: a tree that always names one more must not keep us forever. */
const mostRounds = 200;

/** The worker: takes messages one by one, does the jobs. Its result is the function to hand the messages to. */
export function createWorkerBody(
  host: WorkerHost,
  performers: Performers,
  debug?: (message: unknown) => void,
): (message: ToWorker) => void {
  let filesArrived: ((files: readonly TreeFile[]) => void) | undefined;

  async function onDisk(id: number, job: Job, request: JobRequest, tree: SourceTree): Promise<Result> {
    return job(overlaid(request, tree), {
      signal: { aborted: false },
      progress: (done, total, what) => host.post({ type: 'progress', id, done, total, what }),
      patch: (patch) => host.post({ type: 'patch', id, patch }),
    });
  }

  async function served(id: number, job: Job, request: JobRequest): Promise<Result> {
    const tree = new RecordingTree();
    for (let round = 0; round < mostRounds; round++) {
      // What is computed after a first file was missing is in vain: the job is told to stop.
      const signal = {
        get aborted() {
          return tree.missing.length > 0;
        },
      };
      let outcome: { readonly result: Result } | { readonly error: unknown };
      try {
        const result = await job(overlaid(request, tree), {
          signal,
          progress: (done, total, what) => host.post({ type: 'progress', id, done, total, what }),
          patch: (patch) => host.post({ type: 'patch', id, patch }),
        });
        outcome = { result };
      } catch (error) {
        outcome = { error };
      }
      const paths = tree.missing;
      if (paths.length === 0) {
        if ('error' in outcome) throw outcome.error;
        return outcome.result;
      }
      const arrived = new Promise<readonly TreeFile[]>((resolve) => {
        filesArrived = resolve;
      });
      const more = round === 0 ? usual.filter((path) => !paths.includes(path)) : [];
      host.post({ type: 'missing', id, paths: [...paths, ...more] });
      for (const file of await arrived) tree.add(file.path, file.text);
    }
    throw new Error(`The tree still lacked files after ${mostRounds} rounds of reading: ${tree.missing.join(', ')}`);
  }

  async function perform<K extends JobName>(id: number, name: K, request: Jobs[K]['request']): Promise<void> {
    const job: Job = (tree, hooks) => performers[name](request, tree, hooks);
    try {
      let result: Result;
      if (request.tree.kind === 'none') result = await onDisk(id, job, request, new MemoryTree(new Map()));
      else if (request.tree.kind === 'served') result = await served(id, job, request);
      else if (host.openDisk) result = await onDisk(id, job, request, host.openDisk(request.tree.root));
      else throw new Error('This worker has no disk');
      host.post({ type: 'done', id, result });
    } catch (error) {
      host.post({ type: 'failed', id, failure: toFailure(error) });
    }
  }

  return (message) => {
    if (message.type === 'job') void perform(message.id, message.name, message.request);
    else if (message.type === 'files') filesArrived?.(message.files);
    else debug?.(message.message);
  };
}

function overlaid(request: JobRequest, tree: SourceTree): SourceTree {
  if (request.overlay.length === 0) return tree;
  return new MemoryTree(new Map(request.overlay.map(({ path, text }) => [path, text])), tree);
}

function toFailure(error: unknown): Failure {
  if (error instanceof CodedError) {
    return {
      message: printable(error.what),
      code: error.code,
      ...(error.hint === undefined ? {} : { hint: printable(error.hint) }),
      ...(error.place === undefined ? {} : { file: error.place.file, line: error.place.line }),
    };
  }
  // Our own fault: the stack goes to the log.
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
