/* What a search gives out besides its report: programs of C11, pictures of costs, reasons. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceNode } from '../../../src/kernel/resources.ts';
import type { SearchCost } from '../../../src/review/report.ts';
import { costSvg } from '../../../src/review/search/cost-svg.ts';
import { differenceOf } from '../../../src/review/search/difference.ts';
import { treeChecks } from '../../../src/review/search/kunit-tree.ts';
import { type Litmus, litmusProgram } from '../../../src/review/search/litmus-text.ts';
import { needTool } from '../../support/tools.ts';

const litmus: Litmus = {
  title: 'a name of strangers */ int main(void) { return 9; } /*',
  schedule: 'a1-b2-a1',
  world: 'before',
  locations: [
    { name: 'x */ #error', initial: 0n },
    { name: 'y', initial: 0xffff_8880_0000_1000n },
  ],
  locks: ['resource_lock'],
  threads: [
    {
      name: 'first',
      operations: [
        { kind: 'lock', index: 0, shared: true },
        { kind: 'read', index: 0, value: 0n },
        { kind: 'unlock', index: 0, shared: true },
        { kind: 'write', index: 1, value: 3n },
        { kind: 'read', index: 0, value: 1n, marked: true },
      ],
    },
    {
      name: 'se"cond',
      operations: [
        { kind: 'lock', index: 0, shared: false },
        { kind: 'write', index: 0, value: 1n },
        { kind: 'unlock', index: 0, shared: false },
        { kind: 'write', index: 1, value: 4n, what: 'kfree()' },
        { kind: 'write', index: 0, value: 1n, marked: true },
      ],
    },
  ],
};

const node = (start: bigint, end: bigint, children: readonly ResourceNode[] = []): ResourceNode => ({
  address: 0n,
  name: 'a',
  start,
  end,
  flags: 0x200n,
  desc: 0,
  from: 'scenario',
  children,
});

describe('what a search exports', () => {
  it('what a KUnit case expects of the tree: what differs, where it lies, and what is gone', () => {
    const window = (...children: ResourceNode[]): ResourceNode => node(0x1000n, 0xffffn, children);
    const same = window(node(0x2000n, 0x2fffn));
    assert.deepEqual(treeChecks([same], [same]), { declarations: [], statements: [] });
    const cut = treeChecks([window(node(0x3000n, 0x3fffn))], [window(node(0x2000n, 0x2fffn), node(0x3000n, 0x4fffn))]);
    assert.deepEqual(cut, {
      declarations: ['\tstruct resource *at0;', '\tstruct resource *at1;'],
      statements: [
        '\tat0 = lookup_resource(&iomem_resource, 0x1000);',
        '\tKUNIT_ASSERT_NOT_NULL(test, at0);',
        '\tat1 = lookup_resource(at0, 0x3000);',
        '\tKUNIT_ASSERT_NOT_NULL(test, at1);',
        '\tKUNIT_EXPECT_EQ(test, at1->end, 0x3fff);',
        '\tKUNIT_EXPECT_EQ(test, at1->flags, 0x200);',
        '\tKUNIT_EXPECT_NULL(test, lookup_resource(at0, 0x2000));',
      ],
    });
  });

  it('a race as a program of C11 that gcc takes without a word, and whose order it comes upon', function () {
    this.timeout(60_000);
    needTool(this, 'gcc');
    const folder = mkdtempSync(join(tmpdir(), 'litmus-'));
    try {
      const [source, program] = [join(folder, 'litmus.c'), join(folder, 'litmus')];
      writeFileSync(source, litmusProgram(litmus));
      const options = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-pthread', '-o', program, source];
      execFileSync('gcc', options, { stdio: 'pipe' });
      let seen = 0;
      for (let attempt = 0; attempt < 10 && seen === 0; attempt++) {
        const told = execFileSync(program, ['2000'], { encoding: 'utf8' });
        const [, count, of] = /^as the report tells it: (\d+) of (\d+) rounds\n$/.exec(told) ?? [];
        assert.equal(of, '2000', told);
        seen = Number(count);
      }
      assert.ok(seen > 0, 'in none of 20000 rounds');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a cost as a picture that holds nothing but numbers and words of ours', () => {
    const cost: SearchCost = {
      operation: 'f"><script>',
      shape: 'nested',
      measure: 'lock hold',
      before: [
        { size: 4, cost: 10 },
        { size: 64, cost: 10 },
      ],
      after: [
        { size: 4, cost: 16 },
        { size: 64, cost: 4096 },
      ],
      growth: { before: 'constant', after: 'quadratic' },
      plot: [],
    };
    const svg = costSvg(cost);
    assert.ok(!/script>/.test(svg) && svg.startsWith('<svg '));
    assert.match(svg, /before: constant, 10 with 64 regions/);
    assert.match(svg, /after: quadratic, 4096 with 64 regions/);
    assert.equal(svg.match(/<circle /g)?.length, 3);
    assert.equal(svg.match(/class="square"/g)?.length, 3);
  });

  it('what only one world prints is the same difference whatever both print after it', () => {
    const outcome = (events: readonly string[]) => ({
      end: 'ok',
      ended: 0,
      results: [],
      effects: [],
      digest: 0n,
      loose: 0n,
      events,
      live: 0,
      allocations: 0,
    });
    const sequence = { regions: [], calls: [], fail: 0 };
    const signature = (before: readonly string[], after: readonly string[]): string | undefined =>
      differenceOf(outcome(before), outcome(after), sequence, [])?.signature;
    const warning = 'log 4 resource: a b conflicts';
    assert.equal(signature([warning], []), signature([warning, 'warning-raised'], ['warning-raised']));
    assert.notEqual(signature([warning], []), signature([], [warning]));
    assert.equal(signature(['leak'], ['leak']), undefined);
  });
});
