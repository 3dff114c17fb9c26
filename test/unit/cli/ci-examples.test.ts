/* What the README tells people to put into their CI, and agents to talk to: run as it stands there, with the built program. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { modelPlugin } from '../../../.ci/lib/model-files.mjs';
import type { B4Check } from '../../../src/review/export/b4.ts';
import { needTool } from '../../support/tools.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'test/fixtures');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Code blocks of the README that hold a text. */
const block = (text: string): string =>
  [...readme.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map((match) => match[1]!).find((one) => one.includes(text)) ??
  assert.fail(`the README has no example with “${text}”`);
/** The commands of a step (`run: …`) or a script (`- …` below `script:`, or behind it). */
const steps = (yaml: string): readonly string[] =>
  yaml.split('\n').flatMap((line) => /^\s*(?:- run: |script: |- (?=(?:git|iomem-review) ))(.*)$/.exec(line)?.[1] ?? []);

describe('cli: what the README tells to run', function () {
  this.timeout(120_000);
  let folder: string;
  let tree: string;
  before(async function () {
    for (const tool of ['git', 'jq']) needTool(this, tool);
    folder = mkdtempSync(join(tmpdir(), 'iomem-review-ci-'));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    await build({
      entryPoints: [join(ROOT, 'src/cli/main.ts')],
      outfile: join(bin, 'iomem-review'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      banner: { js: '#!/usr/bin/env node' },
      plugins: [modelPlugin],
    });
    // What is sent to Patchwork is looked at, not sent.
    writeFileSync(join(bin, 'curl'), '#!/bin/sh\nprintf "%s\\n" "$@" > curl.txt\n');
    for (const name of ['iomem-review', 'curl']) chmodSync(join(bin, name), 0o755);
    tree = join(folder, 'linux');
    cpSync(join(FIXTURES, 'seed-tree'), tree, { recursive: true });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'Base');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    for (const name of ['comment-only', 'whitespace']) {
      git('apply', '-C1', join(FIXTURES, `seed-patches/${name}.patch`));
      git('commit', '-q', '-a', '-m', `kernel/resource: ${name}`);
    }
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  const environment = () => ({
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: tree, env: environment() });
  const sh = (script: string, more: Record<string, string> = {}, input = '') => {
    const done = spawnSync('sh', ['-e', '-c', script], {
      cwd: tree,
      env: { ...environment(), ...more },
      encoding: 'utf8',
      input,
    });
    assert.equal(done.status, 0, `${script}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const read = (name: string) => readFileSync(join(tree, name), 'utf8');
  const whole = (format: string) => sh(`iomem-review review series.mbox --tree . --format ${format}`);

  it('the GitHub Action: the parts of a matrix, joined, are the SARIF of one run', () => {
    const [patches, review, report, ...more] = steps(block('.github/workflows/review.yml'));
    assert.ok(patches && review && report && more.length === 0);
    sh(patches.replace(/\$\{\{ github\.base_ref \}\}/, 'main'));
    assert.match(read('series.mbox'), /^Subject: \[PATCH 2\/2\]/m);
    const of = /part: \[([\d, ]+)\]/.exec(block('.github/workflows/review.yml'))?.[1]?.split(', ') ?? [];
    assert.ok(of.length > 1 && review.includes(`--shard \${{ matrix.part }}/${of.length} `));
    for (const part of of) sh(review.replaceAll(/\$\{\{ matrix\.part \}\}/g, part));
    sh(report);
    assert.equal(JSON.parse(read('review.sarif')).version, '2.1.0');
    assert.equal(read('review.sarif'), whole('sarif'));
    sh('rm part-*.json');
  });

  it('GitLab: the same as JUnit', () => {
    const [patches, review, report, ...more] = steps(block('.gitlab-ci.yml'));
    assert.ok(patches && review && report && more.length === 0);
    sh(patches, { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' });
    for (const part of ['1', '2']) sh(review, { CI_NODE_INDEX: part, CI_NODE_TOTAL: '2' });
    sh(report);
    assert.equal(read('junit.xml'), whole('junit'));
  });

  it('Patchwork: posts the verdict of a mail as a check', () => {
    sh('git format-patch -1 --stdout > mail.eml');
    sh(block('$PW_TOKEN'), { PW_TOKEN: 'secret', PW_URL: 'https://patchwork.example.org', PATCH_ID: '42' });
    const sent = read('curl.txt').split('\n');
    for (const word of [
      'state=success',
      'context=iomem-review',
      'https://patchwork.example.org/api/patches/42/checks/',
    ])
      assert.ok(sent.includes(word), sent.join('\n'));
    assert.ok(sent.some((word) => /^description=.*no difference/.test(word)));
  });

  it('b4: the configured command reads one mail and answers an array; review files stand where it looks', () => {
    const [config, files, since] = block('b4.review-perpatch-check-cmd').trim().split('\n');
    assert.ok(config && files && since);
    sh(config);
    const command = sh('git config b4.review-perpatch-check-cmd').trim();
    const answer = JSON.parse(sh(command, {}, read('mail.eml'))) as B4Check[];
    assert.deepEqual(
      answer.map(({ tool, status }) => [tool, status]),
      [['iomem-review', 'pass']],
    );
    sh('cp series.mbox v3.mbox && cp series.mbox v2.mbox');
    sh(files);
    assert.match(sh('cat .git/b4-review/$(git rev-parse HEAD)/identity.txt'), /^Iomem Review <.*>$/m);
    assert.match(sh(since), /^since: v2\.mbox: 2 patches the same/m);
  });

  it('MCP: a conversation over standard input and output', async () => {
    const command = /`iomem-review (mcp --tree) DIR`/.exec(readme)?.[1];
    assert.ok(command);
    const server = spawn('iomem-review', [...command.split(' '), '.'], { cwd: tree, env: environment() });
    const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const said: string[] = [];
    const ask = async (message: object) => {
      server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      for (;;) {
        const { value, done } = await answers.next();
        assert.ok(!done, 'the server answers');
        said.push(value);
        const answer = JSON.parse(value);
        // Progress is told on the way.
        if ('id' in answer) return answer;
      }
    };
    const call = (id: number, name: string, args: object) =>
      ask({ id, method: 'tools/call', params: { name, arguments: args, _meta: { progressToken: id } } });
    try {
      const hello = await ask({
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      });
      assert.equal(hello.result.protocolVersion, '2025-06-18');
      server.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
      const { tools } = (await ask({ id: 1, method: 'tools/list' })).result;
      assert.ok(tools.length > 0);
      const reviewed = await call(2, 'iomem_review_patch', { patch: read('mail.eml'), format: 'json' });
      // The same report as the command line's, but for the name of its input.
      const [one, other] = [reviewed.result.content[0].text, sh('iomem-review review mail.eml --tree . --format json')];
      assert.equal(one, other.replaceAll('"mail.eml', '"patch'));
      assert.ok(said.some((line) => line.includes('notifications/progress')));
      const refused = await call(3, 'iomem_review_patch', {
        patch: '--- a/kernel/resource.c\n+++ b/kernel/resource.c\n@@ -1 +1 @@\n-no\n+yes\n',
      });
      assert.equal(refused.result.isError, true);
      assert.match(refused.result.content[0].text, /\[P\d{3}\]/);
      const broken = await call(4, 'iomem_run_scenario', { scenario: 'CHECK { OBSERVE( }' });
      assert.equal(broken.result.isError, true);
      assert.match(broken.result.content[0].text, /scenario\.c:1:\d+: .* \[[A-Z]\d{3}\]/);
      server.stdin.write('no JSON\n');
      assert.equal((await ask({ id: 5, method: 'ping' })).error?.code, -32700);
    } finally {
      server.stdin.end();
      await new Promise((resolve) => server.on('close', resolve));
    }
    assert.equal(server.exitCode, 0);
  });
});
