/*
 * The fixtures hold together: the mails are those that the script makes, each applies with git, and gcc compiles every
 * revision against the model headers.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needTool } from '../support/tools.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const INCLUDE = join(import.meta.dirname, '../../src/kernel/include');
const GCC = [
  ...['-std=gnu11', '-fsyntax-only', '-nostdinc', '-ffreestanding', '-Wall', '-Wextra', '-Werror'],
  ...['-Wno-unused-parameter', '-Wno-sign-compare', '-Wno-pointer-sign', '-Wno-missing-field-initializers'],
  ...['-DCONFIG_SPARSEMEM=1', '-DCONFIG_STRICT_DEVMEM=1', '-DCONFIG_IO_STRICT_DEVMEM=1'],
];
const SOURCES = ['kernel/resource.c', 'drivers/misc/toymirror.c', 'drivers/gpu/toygpu.c'];

function run(command: string, args: readonly string[], cwd: string): void {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(result.status, 0, `${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
}
function compile(tree: string): void {
  for (const source of SOURCES) run('gcc', [...GCC, '-I', 'include', '-I', INCLUDE, source], tree);
}

describe('fixtures', function () {
  this.timeout(60_000);
  let work: string;

  before(function () {
    needTool(this, 'git');
    needTool(this, 'gcc');
    work = mkdtempSync(join(tmpdir(), 'iomem-fixtures-'));
  });
  after(() => {
    if (work) rmSync(work, { recursive: true, force: true });
  });
  const fresh = (name: string): string => {
    const tree = join(work, name);
    cpSync(join(FIXTURES, 'seed-tree'), tree, { recursive: true });
    return tree;
  };

  it('are what make-seed-series.mjs makes', () => {
    run('node', [join(FIXTURES, 'make-seed-series.mjs'), '--check'], work);
  });
  it('the tree compiles', () => {
    compile(join(FIXTURES, 'seed-tree'));
  });
  for (const revision of ['v1', 'v2', 'v3', 'v4', 'v5', 'v6']) {
    it(`revision ${revision} applies and compiles, patch by patch`, () => {
      const tree = fresh(revision);
      const mails = readdirSync(join(FIXTURES, 'seed-series', revision)).sort();
      const patches = mails.filter((name) => !name.startsWith('0000'));
      assert.equal(patches.length, revision === 'v5' || revision === 'v6' ? 3 : 1);
      for (const name of patches) {
        run('git', ['apply', join(FIXTURES, 'seed-series', revision, name)], tree);
        compile(tree);
      }
    });
  }
  for (const name of readdirSync(join(FIXTURES, 'seed-patches')).sort()) {
    it(`${name} applies and compiles`, () => {
      const tree = fresh(name);
      run('git', ['apply', join(FIXTURES, 'seed-patches', name)], tree);
      compile(tree);
    });
  }
  it('v6 differs from v5 in one line of code', () => {
    const end = (revision: string): string[] => {
      const tree = fresh(`end-${revision}`);
      for (const mail of readdirSync(join(FIXTURES, 'seed-series', revision)).sort()) {
        if (!mail.startsWith('0000')) run('git', ['apply', join(FIXTURES, 'seed-series', revision, mail)], tree);
      }
      return readFileSync(join(tree, 'kernel/resource.c'), 'utf8').split('\n');
    };
    const [five, six] = [end('v5'), end('v6')];
    assert.equal(five.length, six.length);
    assert.equal(five.filter((line, i) => line !== six[i]).length, 1);
  });
});
