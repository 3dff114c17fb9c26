/* Machines of several files, and constants under other values, on the command line. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/commands.ts';
import { reportMarkdown } from '../../../src/review/export/markdown.ts';
import type { Report } from '../../../src/review/report.ts';
import { reportText } from '../../../src/review/text.ts';
import { readModelFiles } from '../../support/model-files.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const patch = join(fixtures, 'seed-patches/comment-only.patch');
const model = readModelFiles();

describe('cli: machines and definitions', function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'iomem-review-machines-'));
    cpSync(join(fixtures, 'seed-tree'), file('tree'), { recursive: true });
    cpSync(join(fixtures, 'seed-suite'), file('tree/kernel'), { recursive: true });
    writeFileSync(
      file('iomem'),
      '00001000-0009ffff : System RAM\n00100000-7fffffff : System RAM\n90000000-80000000 : twisted\n',
    );
    writeFileSync(file('dmesg'), 'ACPI: SRAT: Node 1 PXM 1 [mem 0x300000000-0x3ffffffff] hotplug\n');
    writeFileSync(file('zeros'), '00000000-00000000 : System RAM\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Status and what was said on standard error. */
  const call = async (...args: string[]): Promise<{ readonly status: number; readonly said: string }> => {
    const { write } = process.stderr;
    let said = '';
    process.stderr.write = ((text: string) => (said += text) !== '') as typeof write;
    try {
      return { status: await main(args, model), said };
    } finally {
      process.stderr.write = write;
    }
  };
  const together = () => ['--machine', file('iomem'), '--machine', file('dmesg')];
  const review = (...more: string[]) => call('review', patch, '--tree', file('tree'), '--no-search', ...more);

  it('a review with definitions says so in every form', async () => {
    const defines = ['--define', 'MAX_PHYSMEM_BITS=47'];
    const { status, said } = await review(...defines, '--format', 'json', '--out', file('r.json'));
    assert.equal(status, 0, said);
    const report: Report = JSON.parse(read('r.json'));
    assert.deepEqual(report.tree.defines, ['MAX_PHYSMEM_BITS=47']);
    assert.match(
      reportText(report),
      /^defined: MAX_PHYSMEM_BITS=47 \(in both worlds; not the tree's own configuration\)$/m,
    );
    assert.match(
      reportMarkdown(report),
      /^> With MAX\\?_PHYSMEM\\?_BITS=47 in both worlds: not the tree's own configuration\.$/m,
    );
    const { tree, ...rest } = report;
    assert.doesNotMatch(reportText({ ...rest, tree: {} }), /^defined/m, JSON.stringify(tree));
  });

  it('a definition of what there is not is an error, with a tree and without', async () => {
    const { status, said } = await review('--define', 'NO_SUCH_MACRO=1', '--out', file('r.txt'));
    assert.equal(status, 2);
    assert.match(said, /NO_SUCH_MACRO \[R050\]/);
    const without = await call('review', patch, '--define', 'NO_SUCH_MACRO=1');
    assert.equal(without.status, 2);
    assert.match(without.said, /R050/);
  });

  it('several files are one machine, and their bad lines are told with numbers', async () => {
    const { status, said } = await review(...together(), '--out', file('r.txt'));
    assert.equal(status, 0, said);
    assert.match(said, /iomem:3:1: .*\[D002\]/s);
    const one = await review('--machine', file('iomem'), '--out', file('r.txt'));
    assert.match(one.said, /iomem:3:1: .*\[D002\]/s);
    const zeros = await review('--machine', file('zeros'), '--out', file('r.txt'));
    assert.equal(zeros.status, 2);
    assert.match(zeros.said, /zeros:1: .*without privileges.*\[D003\].*sudo cat \/proc\/iomem/s);
  });

  it('kunit and search take them, too', async () => {
    const tree = ['--tree', file('tree')];
    const kunit = await call('kunit', 'kernel/resource_toy_kunit.c', ...tree, ...together(), '--out', file('k.tap'));
    assert.match(read('k.tap'), /^KTAP version 1$/m, kunit.said);
    const search = await call(
      ...['search', patch, ...tree, ...together(), '--sequences', '20', '--format', 'json', '--out', file('s.json')],
    );
    assert.equal(search.status, 0, search.said);
    assert.equal(JSON.parse(read('s.json')).format, 'iomem-review-report');
  });
});
