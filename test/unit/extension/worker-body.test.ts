import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import { MemoryTree } from '../../../src/base/tree.ts';
import { createWorkerBody, type Performer } from '../../../src/extension/worker-body.ts';
import type { FromWorker, ReviewRequest, ReviewResult } from '../../../src/protocol.ts';

const request: ReviewRequest = {
  patchText: 'text',
  patchName: 'a.patch',
  tree: { kind: 'served' },
  overlay: [],
  scenarios: [],
  direction: 'auto',
  depth: 'first',
  searchWorkers: 1,
};
/** Asked for in advance with the first files. */
const usual = ['Makefile', 'include/linux/ioport.h', 'include/linux/resource_ext.h'];
const result = (text: unknown) => ({ report: { text }, files: [] }) as unknown as ReviewResult;

/** Runs one review to its end and answers every request for files from `files`. */
async function run(
  reviewer: Performer<'review'>,
  files: ReadonlyMap<string, string>,
  wish: Partial<ReviewRequest> = {},
) {
  const posted: FromWorker[] = [];
  await new Promise<void>((resolve) => {
    const body = createWorkerBody(
      {
        post: (message) => {
          posted.push(message);
          if (message.type === 'done' || message.type === 'failed') resolve();
          if (message.type === 'missing') {
            const answer = message.paths.map((path) => ({ path, text: files.get(path) ?? null }));
            setImmediate(() => body({ type: 'files', id: message.id, files: answer }));
          }
        },
        openDisk: (root) => new MemoryTree(new Map([...files].map(([path, text]) => [path, `${root}: ${text}`]))),
      },
      {
        review: reviewer,
        kunit: () => assert.fail('nobody asked for it'),
        debug: () => assert.fail('nobody asked for it'),
        timeline: () => assert.fail('nobody asked for it'),
        values: () => assert.fail('nobody asked for it'),
        whatIf: () => assert.fail('nobody asked for it'),
      },
    );
    body({ type: 'job', id: 7, name: 'review', request: { ...request, ...wish } });
  });
  return posted;
}

describe('extension/worker-body', () => {
  it('repeats a review until no file is missing', async () => {
    let calls = 0;
    const reviewer: Performer<'review'> = async (_request, tree) => {
      calls++;
      const first = tree.read('a.c');
      return result([first, first && tree.read('b.h'), tree.read('absent.h')]);
    };
    const posted = await run(
      reviewer,
      new Map([
        ['a.c', 'A'],
        ['b.h', 'B'],
      ]),
    );
    assert.deepEqual(posted, [
      { type: 'missing', id: 7, paths: ['a.c', 'absent.h', ...usual] },
      { type: 'missing', id: 7, paths: ['b.h'] },
      { type: 'done', id: 7, result: result(['A', 'B', undefined]) },
    ]);
    assert.equal(calls, 3);
  });

  it('asks for no file where there is no tree', async () => {
    const reviewer: Performer<'review'> = async ({ tree: { kind } }, tree) => result([kind, tree.read('a.c')]);
    const posted = await run(reviewer, new Map([['a.c', 'A']]), { tree: { kind: 'none' } });
    assert.deepEqual(posted, [{ type: 'done', id: 7, result: result(['none', undefined]) }]);
  });

  it('tells a review to stop once a file is missing, and takes no error of it seriously', async () => {
    const seen: boolean[] = [];
    const reviewer: Performer<'review'> = async (_request, tree, { signal }) => {
      const text = tree.read('a.c');
      seen.push(signal.aborted);
      if (text === undefined) throw new Error('there is no a.c');
      return result(text);
    };
    const posted = await run(reviewer, new Map([['a.c', 'A']]));
    assert.deepEqual(seen, [true, false]);
    assert.equal(posted.at(-1)?.type, 'done');
  });

  it('does not go on forever when every file asks for another', async () => {
    const reviewer: Performer<'review'> = async (_request, tree) => {
      let name = 'a';
      while (tree.read(name) !== undefined) name += 'a';
      return result(name);
    };
    const endless = { get: (path: string) => path } as unknown as ReadonlyMap<string, string>;
    const files = Object.assign(new Map<string, string>(), { get: endless.get });
    const last = (await run(reviewer, files)).at(-1);
    assert.equal(last?.type, 'failed');
    assert.match(last?.type === 'failed' ? last.failure.message : '', /still lacked files/);
  });

  it('lays unsaved texts over the disk', async () => {
    const reviewer: Performer<'review'> = async (_request, tree) => result([tree.read('a.c'), tree.read('b.h')]);
    const files = new Map([
      ['a.c', 'A'],
      ['b.h', 'B'],
    ]);
    const posted = await run(reviewer, files, {
      tree: { kind: 'disk', root: '/tree' },
      overlay: [{ path: 'a.c', text: 'unsaved' }],
    });
    assert.deepEqual(posted, [{ type: 'done', id: 7, result: result(['unsaved', '/tree: B']) }]);
  });

  it('ends one job with an error of ours, and does the next', async () => {
    let fault = true;
    const reviewer: Performer<'review'> = async () => {
      if (fault) throw new TypeError("Cannot read properties of undefined (reading 'x')");
      return result('fine');
    };
    const [failed] = await run(reviewer, new Map(), { tree: { kind: 'disk', root: '/' } });
    assert.ok(failed?.type === 'failed');
    assert.equal(failed.failure.code, undefined);
    assert.match(failed.failure.message, /^TypeError: Cannot read properties.*\n {4}at /);
    fault = false;
    const [done] = await run(reviewer, new Map(), { tree: { kind: 'disk', root: '/' } });
    assert.deepEqual(done, { type: 'done', id: 7, result: result('fine') });
  });

  it('tells a coded error with its place and hint', async () => {
    const reviewer: Performer<'review'> = async () => {
      throw new CodedError('P001', 'the hunk is cut off', { file: 'a.patch', line: 3 }, 'Get the whole mail.');
    };
    const posted = await run(reviewer, new Map(), { tree: { kind: 'disk', root: '/' } });
    assert.deepEqual(posted, [
      {
        type: 'failed',
        id: 7,
        failure: {
          message: 'the hunk is cut off',
          code: 'P001',
          hint: 'Get the whole mail.',
          file: 'a.patch',
          line: 3,
        },
      },
    ]);
  });
});
