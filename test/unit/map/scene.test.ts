import assert from 'node:assert/strict';
import { linearScale } from '../../../src/map/scale.ts';
import { firstScenario, makeScene } from '../../../src/map/scene.ts';
import { deepestAt, search } from '../../../src/map/search.ts';
import { View } from '../../../src/map/view.ts';
import type { Outcome, PatchReport, ScenarioResult, TreeNode } from '../../../src/review/report.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const patch = sampleReport().patches[0]!;
const scene = (name: string) => makeScene(patch, patch.scenarios.find((s) => s.name === name)!);
const node = (name: string, start: string, end: string, more: Partial<TreeNode> = {}): TreeNode => ({
  name,
  start: `0x${start}`,
  end: `0x${end}`,
  flags: '0x200',
  desc: 0,
  from: 'machine',
  children: [],
  ...more,
});
function between(before: readonly TreeNode[], after: readonly TreeNode[], more: Partial<ScenarioResult> = {}) {
  const base = patch.scenarios[0]!;
  const outcome = (tree: readonly TreeNode[]): Outcome => ({ ...base.before, tree });
  return makeScene(patch, { ...base, before: outcome(before), after: outcome(after), ...more });
}

describe('the scene of a scenario', () => {
  it('pairs what is equal and names what moved', () => {
    const { differences, lanes, same } = scene('free-region-server');
    assert.equal(same, false);
    assert.deepEqual(
      differences.map((d) => [d.before?.start, d.after?.start, d.after?.change]),
      [[0x3fff_0000_0000n, 0x3fff_2800_0000n, 'moved']],
    );
    assert.equal(lanes.before.count, 35);
    assert.ok([...lanes.after.rows[1]!].every((r) => r.twin?.name === r.name));
  });

  it('tells added, removed and altered apart', () => {
    const { differences } = between(
      [node('a', '1000', '1fff'), node('b', '3000', '3fff')],
      [node('b', '3000', '3fff', { flags: '0x80000200' }), node('c', '5000', '5fff')],
    );
    assert.deepEqual(
      differences.map((d) => (d.after ?? d.before)!.change),
      ['removed', 'altered', 'added'],
    );
  });

  it('sees a parent that is put over what was there', () => {
    const child = node('child', '1000', '1fff');
    const { differences } = between([child], [node('parent', '0', 'ffff', { children: [child] })]);
    assert.deepEqual(
      differences.map((d) => [d.after?.name, d.after?.change]),
      [
        ['parent', 'added'],
        ['child', 'altered'],
      ],
    );
  });

  it('takes the calls of one function for the tries of a search', () => {
    const range = (start: string, end: string, name: string, result = '') => ({
      start: `0x${start}` as const,
      end: `0x${end}` as const,
      function: name,
      result,
    });
    const { lanes } = between([], [node('dev', '4000', '7fff', { from: 'scenario' })], {
      candidates: {
        before: [],
        after: [
          range('c000', 'cfff', 'step'),
          range('c000', 'ffff', 'is_free', '0'),
          range('8000', '8fff', 'step'),
          range('8000', 'bfff', 'is_free', '0'),
          range('4000', '4fff', 'step'),
          range('4000', '7fff', 'is_free', '1'),
          range('4000', '7fff', 'claim', '0'),
          range('4000', '4fff', 'is_free', '0'),
        ],
      },
    });
    assert.deepEqual(
      lanes.after.tries.map((t) => [t.start, t.chosen, t.calls.map((c) => c.function).join()]),
      [
        [0xc000n, false, 'is_free'],
        [0x8000n, false, 'is_free'],
        [0x4000n, true, 'is_free,claim'],
      ],
    );
  });

  it('ends at the limit, and puts a last address behind itself', () => {
    const { end, limits } = scene('free-region-server');
    assert.equal(end, 1n << 46n);
    assert.deepEqual(limits.at(-1), { at: 1n << 46n, name: 'MAX_PHYSMEM_BITS 46 · direct map end' });
  });

  it('grows beyond the limit for what lies there', () => {
    assert.equal(between([], [node('far', '10000000000000', '1fffffffffffff')]).end, 1n << 53n);
    assert.equal(between([], [node('top', 'fffffffffffff000', 'ffffffffffffffff')]).end, 1n << 64n);
  });

  it('pins findings at the address that they name', () => {
    assert.deepEqual(
      scene('free-region-server').pins.map((p) => [p.number, p.finding.rule, p.at]),
      [
        [1, 'placement-change', 0x3fff_2800_0000n],
        [2, 'cost-change', 0x3fff_2800_0000n],
        [3, 'hotplug-range-taken', 0x3fff_2800_0000n],
      ],
    );
  });

  it('begins with the scenario that proves the first finding', () => {
    assert.equal(patch.scenarios[firstScenario(patch)]?.name, 'free-region-server');
    const none: PatchReport = { ...patch, findings: [] };
    assert.equal(patch.scenarios[firstScenario(none)]?.same, false);
  });
});

describe('search on the map', () => {
  const { lanes, end } = scene('free-region-server');
  const both = [lanes.after, lanes.before];
  it('goes to addresses, distances and page frames', () => {
    const found = search('0x3fff_2800_1000', both, 0n, end);
    assert.ok(found.kind === 'address' && found.region?.name === 'dev');
    const next = search('+1G', both, 0x3fff_2800_0000n, end);
    assert.ok(next.kind === 'address' && next.address === 0x3fff_6800_0000n);
    const pfn = search('pfn 0x100', both, 0n, end);
    assert.ok(pfn.kind === 'address' && pfn.address === 0x10_0000n);
    assert.equal(search('-1G', both, 0n, end).kind, 'regions');
  });
  it('finds names in any case, once where both worlds agree', () => {
    const found = search('KERNEL', both, 0n, end);
    assert.ok(found.kind === 'regions' && found.regions.length === 5);
    const moved = search('dev', both, 0n, end);
    assert.ok(moved.kind === 'regions' && moved.regions.length === 2);
  });
  it('knows the innermost region', () => {
    assert.equal(deepestAt(lanes.after, 0x9000_1000n)?.name, 'mlx5_core');
    assert.equal(deepestAt(lanes.after, 1n << 45n)?.name, undefined);
  });
});

describe('the view', () => {
  it('keeps the address under the pointer while it zooms', () => {
    const view = new View(linearScale(1n << 64n), 1000);
    const address = view.at(700);
    for (let i = 0; i < 80; i++) view.zoomAt(700, 1.7);
    assert.ok(Math.abs(view.x(address) - 700) < 2, `at ${view.x(address)}`);
    assert.ok(view.right - view.left <= 4100n && view.right - view.left >= 4000n, 'a page is the closest');
  });
  it('stays inside the space', () => {
    const view = new View(linearScale(1n << 46n), 1000);
    view.pan(-500);
    assert.equal(view.left, 0n);
    view.zoomAt(500, 8);
    view.pan(1e9);
    assert.equal(view.right, 1n << 46n);
    view.zoomAt(0, 1e-9);
    assert.deepEqual([view.left, view.right], [0n, 1n << 46n]);
  });
  it('shows a range with its margins', () => {
    const view = new View(linearScale(1n << 46n), 1000);
    view.show(1n << 40n, 1n << 41n, 0.25);
    assert.ok(Math.abs(view.x(1n << 40n) - 250) < 1 && Math.abs(view.x(1n << 41n) - 750) < 1);
  });
});
