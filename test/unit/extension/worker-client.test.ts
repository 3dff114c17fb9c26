import assert from 'node:assert/strict';
import {
  CancelledError,
  JobFailure,
  type JobOptions,
  WorkerClient,
  type WorkerEvents,
} from '../../../src/extension/worker-client.ts';
import type { FromWorker, ReviewRequest, ReviewResult, ToWorker } from '../../../src/protocol.ts';

const request: ReviewRequest = {
  patchText: '',
  patchName: 'a.patch',
  tree: { kind: 'served' },
  overlay: [],
  scenarios: [],
  direction: 'auto',
  depth: 'first',
  searchWorkers: 1,
};
const result = (name: string) => ({ report: { name }, files: [] }) as unknown as ReviewResult;

/** A worker that does nothing by itself: the test says what it posts and when it dies. */
class FakeWorker {
  readonly received: ToWorker[] = [];
  ended = false;
  readonly #events: WorkerEvents;

  constructor(events: WorkerEvents) {
    this.#events = events;
  }
  post(message: ToWorker): void {
    this.received.push(message);
  }
  end(): void {
    this.ended = true;
    this.#events.exit('ended');
  }
  say(message: FromWorker): void {
    this.#events.message(message);
  }
  die(reason: string): void {
    this.#events.exit(reason);
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const client = new WorkerClient((events) => {
    const worker = new FakeWorker(events);
    workers.push(worker);
    return worker;
  });
  const controller = new AbortController();
  const options = (more: Partial<JobOptions> = {}): JobOptions => ({
    signal: controller.signal,
    timeout: 10_000,
    progress: () => {},
    readFiles: async (paths) => paths.map((path) => ({ path, text: null })),
    ...more,
  });
  return { workers, client, controller, options };
}
/** Lets everything that is due happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('extension/worker-client', () => {
  it('gives the worker one review at a time and keeps it for the next', async () => {
    const { workers, client, options } = setUp();
    const first = client.perform('review', request, options());
    const second = client.perform('review', { ...request, patchName: 'b.patch' }, options());
    await settle();
    assert.equal(workers.length, 1);
    assert.equal(workers[0]?.received.length, 1);
    workers[0]?.say({ type: 'done', id: 1, result: result('first') });
    assert.deepEqual(await first, result('first'));
    await settle();
    assert.deepEqual(workers[0]?.received.at(-1), {
      type: 'job',
      id: 2,
      name: 'review',
      request: { ...request, patchName: 'b.patch' },
    });
    workers[0]?.say({ type: 'done', id: 2, result: result('second') });
    assert.deepEqual(await second, result('second'));
    assert.equal(workers.length, 1);
  });

  it('ends the worker to cancel a review, and starts another one for the next', async () => {
    const { workers, client, controller, options } = setUp();
    const first = client.perform('review', request, options());
    const second = client.perform('review', request, options({ signal: new AbortController().signal }));
    await settle();
    controller.abort();
    await assert.rejects(first, CancelledError);
    await settle();
    assert.ok(workers[0]?.ended);
    assert.equal(workers.length, 2);
    workers[0]?.say({ type: 'done', id: 2, result: result('too late') });
    workers[1]?.say({ type: 'done', id: 2, result: result('second') });
    assert.deepEqual(await second, result('second'));
  });

  it('forgets a review that is cancelled before its turn', async () => {
    const { workers, client, controller, options } = setUp();
    const first = client.perform('review', request, options({ signal: new AbortController().signal }));
    const second = client.perform('review', request, options());
    await settle();
    controller.abort();
    await assert.rejects(second, CancelledError);
    assert.equal(workers[0]?.ended, false);
    workers[0]?.say({ type: 'done', id: 1, result: result('first') });
    assert.deepEqual(await first, result('first'));
  });

  it('rejects what is pending when the worker dies', async () => {
    const { workers, client, options } = setUp();
    const first = client.perform('review', request, options());
    const second = client.perform('review', request, options());
    await settle();
    workers[0]?.die('out of memory');
    await assert.rejects(first, /ended unexpectedly: out of memory/);
    await settle();
    workers[1]?.say({ type: 'done', id: 2, result: result('second') });
    assert.deepEqual(await second, result('second'));
  });

  it('rejects when no worker can be started', async () => {
    const client = new WorkerClient(() => Promise.reject(new Error('no such file')));
    const { options } = setUp();
    await assert.rejects(client.perform('review', request, options()), /no such file/);
  });

  it('ends a review that takes too long', async () => {
    const { workers, client, options } = setUp();
    await assert.rejects(client.perform('review', request, options({ timeout: 5 })), /took longer than/);
    assert.ok(workers[0]?.ended);
  });

  it('tells a failure with its code and place', async () => {
    const { workers, client, options } = setUp();
    const review = client.perform('review', request, options());
    await settle();
    const failure = { message: 'hunk is cut off', code: 'P003', file: 'a.patch', line: 12 };
    workers[0]?.say({ type: 'failed', id: 1, failure });
    await assert.rejects(review, (error) => error instanceof JobFailure && error.failure === failure);
  });

  it('passes progress on and serves the files that the worker misses', async () => {
    const { workers, client, options } = setUp();
    const seen: unknown[] = [];
    const review = client.perform(
      'review',
      request,
      options({
        progress: (done, total, what) => seen.push([done, total, what]),
        readFiles: async (paths) => paths.map((path) => ({ path, text: `text of ${path}` })),
      }),
    );
    await settle();
    workers[0]?.say({ type: 'progress', id: 1, done: 1, total: 4, what: 'compiling' });
    workers[0]?.say({ type: 'missing', id: 1, paths: ['kernel/resource.c'] });
    await settle();
    assert.deepEqual(seen, [[1, 4, 'compiling']]);
    assert.deepEqual(workers[0]?.received.at(-1), {
      type: 'files',
      id: 1,
      files: [{ path: 'kernel/resource.c', text: 'text of kernel/resource.c' }],
    });
    workers[0]?.say({ type: 'done', id: 1, result: result('served') });
    await review;
  });

  it('gives up a review whose files cannot be read', async () => {
    const { workers, client, options } = setUp();
    const review = client.perform(
      'review',
      request,
      options({ readFiles: () => Promise.reject(new Error('offline')) }),
    );
    await settle();
    workers[0]?.say({ type: 'missing', id: 1, paths: ['a'] });
    await assert.rejects(review, /offline/);
    assert.ok(workers[0]?.ended);
  });

  it('settles everything when it is disposed of', async () => {
    const { workers, client, options } = setUp();
    const all = [client.perform('review', request, options()), client.perform('review', request, options())];
    await settle();
    client.dispose();
    for (const review of all) await assert.rejects(review, CancelledError);
    await assert.rejects(client.perform('review', request, options()), CancelledError);
    assert.ok(workers.every((worker) => worker.ended));
    assert.equal(workers.length, 1);
  });
});
