/* What if on the command line: a patch, formats, and what is wrong with an input. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/commands.ts';
import { readModelFiles } from '../../support/model-files.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const [mail = ''] = readdirSync(join(fixtures, 'seed-series/v1'));
const model = readModelFiles();

describe('cli: what-if', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'iomem-review-what-if-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const call = async (...args: string[]): Promise<{ readonly status: number; readonly said: string }> => {
    const { write } = process.stderr;
    let said = '';
    process.stderr.write = ((text: string) => (said += text) !== '') as typeof write;
    try {
      return { status: await main(['what-if', '--tree', join(fixtures, 'seed-tree'), ...args], model), said };
    } finally {
      process.stderr.write = write;
    }
  };

  it('executes a patch in the world after', async () => {
    const patch = ['--patch', join(fixtures, 'seed-series/v1', mail)];
    const out = file('w.json');
    const { status, said } = await call(...patch, '--machine', 'server', '--allocate', '2x1G', '--out', out);
    assert.equal(status, 0, said);
    const { patch: named, before, after } = JSON.parse(readFileSync(out, 'utf8'));
    assert.ok(named.endsWith(mail));
    assert.equal(before.stopped.why, 'all there');
    assert.equal(before.placements.length, 2);
    // The patch takes a lock that it holds: nothing comes of the first allocation.
    assert.deepEqual([after.stopped.why, after.stopped.at], ['recursive-lock', 1]);
    assert.equal(after.price.sectionsShift, before.price.sectionsShift);
  });

  it('makes pictures and text of it', async () => {
    const ask = ['--define', 'MAX_PHYSMEM_BITS=47', '--allocate', '1x1G', '--machine', 'server'];
    assert.equal((await call(...ask, '--out', file('w.svg'))).status, 0);
    assert.match(readFileSync(file('w.svg'), 'utf8'), /^<svg .*>Before<.*>After<.*>allocations</s);
    assert.equal((await call(...ask, '--format', 'text', '--out', file('w.txt'))).status, 0);
    const text = readFileSync(file('w.txt'), 'utf8');
    assert.match(text, /^what if: MAX_PHYSMEM_BITS=47$.*^server, before$.*^server, after$/ms);
  });

  it('says what is wrong with what it was given', async () => {
    writeFileSync(file('zeros'), '00000000-00000000 : System RAM\n');
    writeFileSync(file('bad'), '00001000-00001fff : System RAM\n00003000-00002fff : twisted\n');
    const wrong = async (...args: string[]) => {
      const { status, said } = await call(...args);
      assert.equal(status, 2, said);
      return said;
    };
    assert.match(await wrong('--define', 'NONSENSE'), /NONSENSE.*\[D023\]/);
    assert.match(await wrong('--define', 'NO_SUCH=1', '--allocate', '1x1G'), /NO_SUCH \[R050\]/);
    assert.match(await wrong('--allocate', '8'), /\[R052\]/);
    assert.match(await wrong('--machine', file('zeros')), /zeros:1: .*without privileges \[D003\].*sudo cat/s);
    const { status, said } = await call('--machine', file('bad'), '--allocate', '1x1G', '--out', file('w.json'));
    assert.deepEqual([status, /bad:2:1: .*ends before it starts \[D002\]/.test(said)], [0, true], said);
  });
});
