/* What the command line offers for a review by mail: formats, revisions, shards, the server for agents. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/commands.ts';
import { serveMcp } from '../../../src/cli/mcp.ts';
import type { B4Check } from '../../../src/review/export/b4.ts';
import type { Report } from '../../../src/review/report.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const TREE = join(FIXTURES, 'seed-tree');
const series = (version: string) => join(FIXTURES, `seed-series/${version}.mbox`);
const comments = join(FIXTURES, 'seed-patches/comment-only.patch');

describe('cli: the desk', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'iomem-review-cli-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  /** Without the search for further calls: it finds the same here, and takes its time. */
  const run = (...args: string[]) =>
    main([...args, ...(args[0] === 'review' ? ['--no-search'] : [])], readModelFiles());
  const read = (name: string) => readFileSync(file(name), 'utf8');

  it('answers a check of b4 for one mail', async () => {
    const args = ['review', comments, '--tree', TREE, '--format', 'b4-check', '--out', file('check.json')];
    assert.equal(await run(...args), 0);
    const [check, ...more] = JSON.parse(read('check.json')) as B4Check[];
    assert.equal(more.length, 0);
    assert.equal(check?.status, 'pass');
    assert.match(check?.summary ?? '', /no difference/);
  });

  it('has nothing to say of a cover letter, and no verdict on a patch that does not apply', async () => {
    const mails = readFileSync(series('v5'), 'utf8').split(/^(?=From 0{40})/m);
    writeFileSync(file('cover.eml'), mails[0]!);
    assert.equal(await run('review', file('cover.eml'), '--tree', TREE, '--format', 'b4-check', '--out', file('a')), 0);
    assert.deepEqual(JSON.parse(read('a')), []);
    writeFileSync(file('other.patch'), '--- a/kernel/resource.c\n+++ b/kernel/resource.c\n@@ -1 +1 @@\n-no\n+yes\n');
    assert.equal(
      await run('review', file('other.patch'), '--tree', TREE, '--format', 'b4-check', '--out', file('b')),
      0,
    );
    const [check] = JSON.parse(read('b')) as B4Check[];
    assert.equal(check?.status, 'warn');
    assert.match(check?.summary ?? '', /applies to this tree neither/);
  });

  it('compares with an earlier revision', async () => {
    const args = ['review', series('v2'), '--previous', series('v1'), '--tree', TREE, '--format', 'json'];
    assert.equal(await run(...args, '--out', file('since.json')), 1);
    const { since } = JSON.parse(read('since.json')) as Report;
    assert.equal(since?.patches[0]?.change, 'same');
    assert.ok(since?.findings.some((one) => one.state === 'still' && one.rule === 'recursive-lock'));
  });

  it('writes the review files of b4', async () => {
    const out = file('b4');
    assert.equal(await run('review', series('v1'), '--tree', TREE, '--format', 'b4-review', '--out', out), 1);
    assert.deepEqual(readdirSync(out).sort(), ['0001.txt', 'identity.txt']);
    assert.match(readFileSync(join(out, '0001.txt'), 'utf8'), /^> diff --git[\s\S]*\n\n.*introduces a recursive-lock/m);
  });

  it('merges shards', async () => {
    for (const part of ['1', '2'])
      await run(
        'review',
        comments,
        '--tree',
        TREE,
        '--format',
        'json',
        '--shard',
        `${part}/2`,
        '--out',
        file(`s${part}`),
      );
    assert.equal(await run('merge', file('s1'), file('s2'), '--format', 'json', '--out', file('merged')), 0);
    await run('review', comments, '--tree', TREE, '--format', 'json', '--out', file('whole'));
    assert.equal(read('merged'), read('whole'));
    assert.equal(await run('merge', file('s1')), 2);
    assert.equal(await run('review', comments, '--tree', TREE, '--shard', '3/2', '--format', 'json'), 2);
  });

  describe('mcp', () => {
    async function talk(...messages: readonly (object | string)[]): Promise<Record<string, unknown>[]> {
      const answers: Record<string, unknown>[] = [];
      async function* lines() {
        for (const one of messages) yield typeof one === 'string' ? one : JSON.stringify({ jsonrpc: '2.0', ...one });
      }
      await serveMcp(lines(), (line) => answers.push(JSON.parse(line)), {
        tree: diskTree(TREE),
        model: readModelFiles(),
      });
      return answers;
    }
    const call = (id: number, name: string, args: object) => ({
      id,
      method: 'tools/call',
      params: { name, arguments: args },
    });
    const textOf = (answer: Record<string, unknown> | undefined) =>
      (answer?.result as { content: { text: string }[] } | undefined)?.content[0]?.text ?? '';

    it('introduces itself and its tools', async () => {
      const [hello, ping, list] = await talk(
        { id: 1, method: 'initialize', params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: {} } },
        { method: 'notifications/initialized' },
        { id: 'p', method: 'ping' },
        { id: 2, method: 'tools/list' },
      );
      assert.equal((hello!.result as { protocolVersion: string }).protocolVersion, '2025-03-26');
      assert.deepEqual(ping, { jsonrpc: '2.0', id: 'p', result: {} });
      const { tools } = list!.result as { tools: { name: string; inputSchema: { type: string } }[] };
      assert.deepEqual(
        tools.map((tool) => tool.name),
        ['iomem_review_patch', 'iomem_explain_rule', 'iomem_run_scenario'],
      );
      assert.ok(tools.every((tool) => tool.inputSchema.type === 'object'));
    });

    it('reviews with the same report as the command line', async () => {
      const patch = readFileSync(comments, 'utf8');
      const [answer, rule] = await talk(
        call(1, 'iomem_review_patch', { patch, format: 'json' }),
        call(2, 'iomem_explain_rule', { rule: 'deadlock' }),
      );
      const report = JSON.parse(textOf(answer)) as Report;
      assert.deepEqual(report.summary, (JSON.parse(read('whole')) as Report).summary);
      assert.equal(report.patches[0]?.verdict, (JSON.parse(read('whole')) as Report).patches[0]?.verdict);
      assert.match(textOf(rule), /^# deadlock\n[\s\S]*Severity.*error/);
    });

    it('runs a scenario of the agent’s', async () => {
      const scenario = '// machine: x86_64\n#include <iomem-review.h>\nCHECK { OBSERVE(1 + 1); }\n';
      const [answer] = await talk(call(1, 'iomem_run_scenario', { scenario }));
      assert.match(textOf(answer), /observe 1 \+ 1 = 0x2/);
    });

    it('answers errors to what is none of its business', async () => {
      const answers = await talk(
        '{',
        '[]',
        { id: 1, method: 'sampling/x' },
        call(2, 'rm', {}),
        call(3, 'iomem_review_patch', {}),
      );
      const codes = answers.map((answer) => (answer.error as { code: number } | undefined)?.code);
      assert.deepEqual(codes, [-32700, -32600, -32601, -32602, -32602]);
      const [bad] = await talk(call(1, 'iomem_review_patch', { patch: 'none' }));
      assert.equal((bad!.result as { isError: boolean }).isError, true);
    });

    it('answers a batch as one', async () => {
      const batch = [
        { jsonrpc: '2.0', ...call(1, 'iomem_explain_rule', { rule: 'leak' }) },
        { jsonrpc: '2.0', id: 2, method: 'ping' },
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        7,
      ];
      const [answers, ...more] = (await talk(JSON.stringify(batch), '[{"jsonrpc":"2.0","method":"x"}]')) as unknown[];
      assert.deepEqual(more, []);
      const ids = (answers as { id: number | null }[]).map((answer) => answer.id);
      assert.deepEqual(new Set(ids), new Set([1, 2, null]));
    });

    it('answers nothing to what was taken back', async () => {
      const patch = readFileSync(series('v6'), 'utf8');
      const answers = await talk(
        call(1, 'iomem_review_patch', { patch }),
        { method: 'notifications/cancelled', params: { requestId: 1 } },
        { id: 2, method: 'ping' },
      );
      assert.deepEqual(
        answers.map((answer) => answer.id),
        [2],
      );
    });
  });
});
