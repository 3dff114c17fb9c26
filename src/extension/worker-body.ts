import { CodedError } from '../base/errors.ts';
import { MemoryTree, type SourceTree } from '../base/tree.ts';
import type { Failure, FromWorker, ReviewRequest, ReviewResult, ToWorker, TreeFile } from '../protocol.ts';
import { RecordingTree } from './recording-tree.ts';

/** What differs between a worker thread and a Web Worker. */
export interface WorkerHost {
  post(message: FromWorker): void;
  /** Opens a folder of the disk; absent where there is none. */
  openDisk?(root: string): SourceTree;
}

export interface ReviewHooks {
  readonly signal: { readonly aborted: boolean };
  progress(done: number, total: number, what: string): void;
}
export type Reviewer = (request: ReviewRequest, tree: SourceTree, hooks: ReviewHooks) => Promise<ReviewResult>;

/** What nearly every review reads: asked for together with the first missing files, to spare a round. */
const usual = ['Makefile', 'include/linux/ioport.h', 'include/linux/resource_ext.h'];
/** Files that one review may ask for: a tree that always names one more must not keep us forever. */
const mostRounds = 200;

/** The worker: takes messages one by one, does the reviews. Its result is the function to hand the messages to. */
export function createWorkerBody(host: WorkerHost, review: Reviewer): (message: ToWorker) => void {
  let filesArrived: ((files: readonly TreeFile[]) => void) | undefined;

  async function onDisk(id: number, request: ReviewRequest, tree: SourceTree): Promise<ReviewResult> {
    return review(request, overlaid(request, tree), {
      signal: { aborted: false },
      progress: (done, total, what) => host.post({ type: 'progress', id, done, total, what }),
    });
  }

  async function served(id: number, request: ReviewRequest): Promise<ReviewResult> {
    const tree = new RecordingTree();
    for (let round = 0; round < mostRounds; round++) {
      // What is computed after a first file was missing is in vain: the review is told to stop.
      const signal = {
        get aborted() {
          return tree.missing.length > 0;
        },
      };
      let outcome: { readonly result: ReviewResult } | { readonly error: unknown };
      try {
        const result = await review(request, overlaid(request, tree), {
          signal,
          progress: (done, total, what) => host.post({ type: 'progress', id, done, total, what }),
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

  async function perform(id: number, request: ReviewRequest): Promise<void> {
    try {
      let result: ReviewResult;
      if (request.tree.kind === 'served') result = await served(id, request);
      else if (host.openDisk) result = await onDisk(id, request, host.openDisk(request.tree.root));
      else throw new Error('This worker has no disk');
      host.post({ type: 'done', id, result });
    } catch (error) {
      host.post({ type: 'failed', id, failure: toFailure(error) });
    }
  }

  return (message) => {
    if (message.type === 'review') void perform(message.id, message.request);
    else filesArrived?.(message.files);
  };
}

function overlaid(request: ReviewRequest, tree: SourceTree): SourceTree {
  if (request.overlay.length === 0) return tree;
  return new MemoryTree(new Map(request.overlay.map(({ path, text }) => [path, text])), tree);
}

function toFailure(error: unknown): Failure {
  if (error instanceof CodedError) {
    return {
      message: error.what,
      code: error.code,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.place === undefined ? {} : { file: error.place.file, line: error.place.line }),
    };
  }
  // Our own fault: the stack goes to the log.
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
