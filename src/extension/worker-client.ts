import type { Failure, FromWorker, JobName, Jobs, PatchDone, ToWorker, TreeFile } from '../protocol.ts';

/** A worker thread or a Web Worker, alike. */
export interface WorkerPort {
  post(message: ToWorker): void;
  /** Ends it at once, in the middle of whatever it does. */
  end(): void;
}
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It has ended, or an error escaped it; called once, also after `end()`. */
  exit(reason: string): void;
}
export type StartWorker = (events: WorkerEvents) => WorkerPort | Promise<WorkerPort>;

/** The job was given up because its caller wished so. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('Cancelled');
  }
}
/** The job ended with an error that the worker explained. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export interface JobOptions {
  readonly signal: AbortSignal;
  /** Ends the job after this many milliseconds; of a series each patch has as many. */
  readonly timeout: number;
  /** One patch of a series is through. */
  patch?(patch: PatchDone): void;
  progress(done: number, total: number, what: string): void;
  /** Reads files of a `served` tree; null where there is none. */
  readFiles(paths: readonly string[]): Promise<readonly TreeFile[]>;
}

interface Job {
  readonly id: number;
  readonly begin: () => void;
  readonly post: (port: WorkerPort) => void;
  readonly options: JobOptions;
  /** With the result of its kind. */
  readonly resolve: (result: Jobs[JobName]['result']) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Does jobs in a worker, one after another. The worker stays for the next one; cancelling a job ends the worker,
 * because what it executes listens to nobody. Every promise settles: when the worker dies, the running job fails and
 * the next one starts a new worker.
 */
export class WorkerClient {
  readonly #start: StartWorker;
  readonly #queue: Job[] = [];
  #running: Job | undefined;
  #port: WorkerPort | undefined;
  #starting: Promise<WorkerPort> | undefined;
  /** Which worker a late event belongs to. */
  #generation = 0;
  #nextId = 1;
  #disposed = false;

  constructor(start: StartWorker) {
    this.#start = start;
  }

  /** Rejects with {@link CancelledError}, {@link JobFailure}, or another Error when the worker died or took too long. */
  perform<K extends JobName>(name: K, request: Jobs[K]['request'], options: JobOptions): Promise<Jobs[K]['result']> {
    return new Promise<Jobs[K]['result']>((resolve, reject) => {
      if (options.signal.aborted || this.#disposed) {
        reject(new CancelledError());
        return;
      }
      const timer: { handle?: ReturnType<typeof setTimeout> } = {};
      const settled = () => {
        clearTimeout(timer.handle);
        options.signal.removeEventListener('abort', cancel);
      };
      const id = this.#nextId++;
      const job: Job = {
        id,
        // The time that a job waits for others is not its own.
        begin: () => {
          clearTimeout(timer.handle);
          timer.handle = setTimeout(() => {
            const seconds = Math.round(options.timeout / 1000);
            this.#giveUp(job, new Error(`It took longer than ${seconds} s (setting iomemReview.budget.seconds)`));
          }, options.timeout);
        },
        post: (port) => port.post({ type: 'job', id, name, request } as ToWorker),
        options,
        resolve: (result) => {
          settled();
          resolve(result as Jobs[K]['result']);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      const cancel = () => this.#giveUp(job, new CancelledError());
      options.signal.addEventListener('abort', cancel, { once: true });
      this.#queue.push(job);
      void this.#next();
    });
  }

  /** Messages of the Debug Adapter Protocol from an execution that a `debug` job has prepared. */
  onDebugMessage: ((message: unknown) => void) | undefined;
  /** To that execution; starts the worker where there is none yet. */
  debug(message: unknown): void {
    if (this.#port) this.#port.post({ type: 'dap', message });
    else if (!this.#disposed)
      this.#startWorker().then(
        (port) => port.post({ type: 'dap', message }),
        () => {},
      );
  }

  dispose(): void {
    this.#disposed = true;
    for (const job of this.#queue.splice(0)) job.reject(new CancelledError());
    if (this.#running) this.#giveUp(this.#running, new CancelledError());
    this.#endWorker();
  }

  #giveUp(job: Job, error: Error): void {
    if (this.#running === job) {
      this.#running = undefined;
      this.#endWorker();
    } else {
      const index = this.#queue.indexOf(job);
      if (index >= 0) this.#queue.splice(index, 1);
    }
    job.reject(error);
    void this.#next();
  }

  #endWorker(): void {
    this.#generation++;
    this.#port?.end();
    this.#port = undefined;
    this.#starting = undefined;
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#queue.shift();
    if (!job) return;
    this.#running = job;
    job.begin();
    try {
      const port = this.#port ?? (await this.#startWorker());
      // It may have been given up while the worker started.
      if (this.#running === job) job.post(port);
    } catch (error) {
      if (this.#running === job) this.#giveUp(job, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** One worker, however many wait for it. */
  #startWorker(): Promise<WorkerPort> {
    if (!this.#starting) {
      const starting = this.#newWorker().finally(() => {
        if (this.#starting === starting) this.#starting = undefined;
      });
      this.#starting = starting;
    }
    return this.#starting;
  }

  async #newWorker(): Promise<WorkerPort> {
    const generation = ++this.#generation;
    const port = await this.#start({
      message: (message) => {
        if (generation === this.#generation) this.#received(message);
      },
      exit: (reason) => {
        if (generation !== this.#generation) return;
        this.#port = undefined;
        this.#generation++;
        if (this.#running) this.#giveUp(this.#running, new Error(`The worker ended unexpectedly: ${reason}`));
      },
    });
    if (generation === this.#generation) this.#port = port;
    else port.end();
    return port;
  }

  #received(message: FromWorker): void {
    if (message.type === 'dap') {
      this.onDebugMessage?.(message.message);
      return;
    }
    const job = this.#running;
    if (!job || message.id !== job.id) return;
    switch (message.type) {
      case 'progress':
        job.options.progress(message.done, message.total, message.what);
        return;
      case 'patch':
        job.begin();
        job.options.patch?.(message.patch);
        return;
      case 'missing':
        void this.#serve(job, message.paths);
        return;
      case 'done':
        this.#running = undefined;
        job.resolve(message.result);
        break;
      case 'failed':
        this.#running = undefined;
        job.reject(new JobFailure(message.failure));
        break;
    }
    void this.#next();
  }

  async #serve(job: Job, paths: readonly string[]): Promise<void> {
    try {
      const files = await job.options.readFiles(paths);
      if (this.#running === job) this.#port?.post({ type: 'files', id: job.id, files });
    } catch (error) {
      if (this.#running === job) this.#giveUp(job, error instanceof Error ? error : new Error(String(error)));
    }
  }
}
