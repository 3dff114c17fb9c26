import assert from 'node:assert/strict';
import {
  type Book,
  childrenOf,
  countsOf,
  type DeskNode,
  findingsOf,
  leavesOf,
  progressOf,
  reviewNode,
  stateOf,
} from '../../../src/extension/desk/nodes.ts';
import type { Review } from '../../../src/extension/reviews.ts';
import type { Finding, FindingClass } from '../../../src/review/report.ts';

const finding = (name: FindingClass, line: number, more: object = {}) =>
  ({
    id: `${name} ${line}`,
    class: name,
    severity: 'error',
    rule: 'leak',
    message: 'm',
    at: { file: 'kernel/resource.c', line, world: 'after' },
    related: [],
    cases: [{ scenario: 's', machine: 'm', message: 'm' }],
    proof: { scenario: 's', machine: 'm', world: 'after', steps: [], skipped: 0 },
    ...more,
  }) as unknown as Finding;
const fn = (name: string, line: number) => ({
  name,
  file: 'kernel/resource.c',
  line,
  change: 'modified',
  equivalent: false,
});

/** A series: each patch changes two functions of a file, and something in a header. */
function series(patches: number, version = 'a', findings: readonly Finding[] = []): Review {
  const all = Array.from({ length: patches }, (_, k) => k);
  return {
    patch: { toString: () => `file:///${version}.mbox` },
    name: 'series.mbox',
    state: 'done',
    result: {
      report: {
        patches: all.map((k) => ({
          subject: `patch ${k}`,
          input: 'x',
          files: [
            { path: 'kernel/resource.c', hunks: [] },
            { path: 'include/linux/ioport.h', hunks: [] },
          ],
          functions: [fn('find', 10), fn('claim', 50)],
          findings,
        })),
      },
      files: [],
      mails: all.map((k) => ({
        subject: `patch ${k}`,
        version: 1,
        id: `${version}${k}`,
        patchLine: 1,
        files: [
          { path: 'kernel/resource.c', id: `${version}${k}c` },
          { path: 'include/linux/ioport.h', id: `same${k}h` },
        ],
      })),
    },
  } as unknown as Review;
}
function book(classes: readonly FindingClass[] = ['introduced']) {
  const marks = new Map<string, string>();
  const dismissed = new Set<string>();
  return {
    marks,
    dismissed,
    filter: { classes, dismissed: false, reviewed: true },
    isReviewed: (key: string) => marks.has(key),
    wasReviewed: (name: string) => [...marks.values()].includes(name),
    dismissal: (one: Finding) => (dismissed.has(one.id) ? { reason: 'r' } : undefined),
    tick: (node: DeskNode) => {
      for (const { key, name } of leavesOf(node)) marks.set(key, name);
    },
  } satisfies Book & Record<string, unknown>;
}
const labels = (nodes: readonly DeskNode[]) =>
  nodes.map((node) => (node.kind === 'function' ? node.name : node.kind === 'file' ? node.path : node.kind));

describe('extension/desk-nodes', () => {
  it('go from the series to its findings; a single patch is its document', () => {
    const found = [
      finding('introduced', 55),
      finding('change', 12),
      finding('introduced', 3, { at: { file: 'x.c', line: 3 } }),
    ];
    const one = book();
    const [first] = childrenOf(reviewNode(series(2, 'a', found)), one);
    assert.equal(first?.kind, 'patch');
    assert.deepEqual(labels(childrenOf(first!, one)), ['kernel/resource.c', 'include/linux/ioport.h', 'finding']);
    assert.deepEqual(labels(childrenOf(reviewNode(series(1, 'a', found)), one))[0], 'kernel/resource.c');
    const [file] = childrenOf(first!, one);
    assert.deepEqual(labels(childrenOf(file!, one)), ['find', 'claim']);
    const claim = childrenOf(file!, one)[1]!;
    assert.deepEqual(
      findingsOf(claim, one).map((each) => each.id),
      ['introduced 55'],
    );
  });

  it('show what the filter lets through, and count everything', () => {
    const found = [finding('introduced', 55), finding('change', 12), finding('existing', 13)];
    const root = reviewNode(series(1, 'a', found));
    const all = book(['introduced', 'change', 'existing', 'fixed']);
    assert.equal(findingsOf(root, book()).length, 1);
    assert.equal(findingsOf(root, all).length, 3);
    assert.deepEqual(countsOf(root, book()), { introduced: 1, change: 1, fixed: 0, existing: 1 });
    all.dismissed.add('change 12');
    assert.equal(findingsOf(root, all).length, 2);
  });

  it('list each finding that they count, once', () => {
    const found = [
      ...[12, 55, 56].map((line) => finding('introduced', line)),
      finding('introduced', 1, { at: { file: 'mm/memremap.c', line: 1, world: 'after' } }),
    ];
    const listed = (node: DeskNode): readonly DeskNode[] =>
      node.kind === 'finding' ? [node] : childrenOf(node, book()).flatMap(listed);
    const all = (node: DeskNode): readonly DeskNode[] => [node, ...childrenOf(node, book()).flatMap(all)];
    for (const node of all(reviewNode(series(2, 'a', found))))
      assert.equal(findingsOf(node, book()).length, listed(node).length, node.id);
  });

  it('count no line that nothing executed as a change', () => {
    const found = [finding('change', 12, { rule: 'unexercised-change' }), finding('change', 13)];
    assert.equal(countsOf(reviewNode(series(1, 'a', found)), book()).change, 1);
  });

  it('list the patches that are through while a series is reviewed for the first time', () => {
    const done = (index: number) => ({ index, total: 3, subject: `patch ${index}`, verdict: 'no difference' });
    const { result: _, ...rest } = series(3);
    const running: Review = { ...rest, state: 'running', through: [done(1), done(0)] };
    const nodes = childrenOf(reviewNode(running), book());
    assert.deepEqual(
      nodes.map((node) => node.kind === 'pending' && node.done.index),
      [0, 1],
    );
    assert.ok(nodes.every((node) => leavesOf(node).length === 0 && childrenOf(node, book()).length === 0));
  });

  it('know what was looked at: a parent when all of it was', () => {
    const one = book();
    const root = reviewNode(series(2));
    const [patch] = childrenOf(root, one);
    const [file] = childrenOf(patch!, one);
    one.tick(childrenOf(file!, one)[0]!);
    assert.equal(stateOf(file!, one), 'new');
    one.tick(patch!);
    assert.equal(stateOf(patch!, one), 'reviewed');
    assert.deepEqual(progressOf(root, one), { done: 3, of: 6 });
    assert.equal(stateOf(root, one), 'new');
  });

  it('carry over to a revision what it did not change, and say what it did', () => {
    const one = book();
    one.tick(reviewNode(series(1, 'a')));
    const [source, header] = childrenOf(reviewNode(series(1, 'b')), one);
    assert.equal(stateOf(header!, one), 'reviewed');
    assert.equal(stateOf(source!, one), 'changed');
  });

  it('are made where they are looked at: a long series costs what is open of it', () => {
    let read = 0;
    const review = series(100, 'a', [finding('introduced', 55)]);
    const counted = new Proxy(review.result!.report.patches[99]!, {
      get: (target, key) => {
        read++;
        return Reflect.get(target, key);
      },
    });
    (review.result!.report.patches as unknown[])[99] = counted;
    const nodes = childrenOf(reviewNode(review), book());
    assert.equal(nodes.length, 100);
    childrenOf(nodes[0]!, book());
    assert.equal(read, 0, 'nobody opened the last one');
  });
});
