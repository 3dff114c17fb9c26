import assert from 'node:assert/strict';
import { splitBatch } from '../../../src/extension/git-batch.ts';
import { proofText } from '../../../src/extension/proof-text.ts';
import { correspondingLine } from '../../../src/review/line-map.ts';
import type { Finding, PatchReport, SourcePlace } from '../../../src/review/report.ts';

describe('review/line-map', () => {
  const from = 'a\nb\nc\nd\ne';
  const map = (to: string) => [0, 1, 2, 3, 4].map((line) => correspondingLine(from, to, line));

  it('follows lines that stay', () => {
    assert.deepEqual(map('x\ny\na\nb\nc\nd\ne'), [2, 3, 4, 5, 6]);
    assert.deepEqual(map('a\nb\nX\nc\nd\ne'), [0, 1, 3, 4, 5]);
  });

  it('puts lines that are gone at the line before', () => {
    assert.deepEqual(map('a\nb\ne'), [0, 1, 1, 1, 2]);
    assert.deepEqual(map('c\nd\ne'), [0, 0, 0, 1, 2]);
  });

  it('stays inside the text for a line beyond the end', () => {
    assert.equal(correspondingLine('a\nb', 'a\nb', 99), 1);
  });
});

describe('extension/git-batch', () => {
  it('takes apart files, missing ones and folders, by bytes', () => {
    const output = new TextEncoder().encode(
      `${'0'.repeat(40)} blob 6\nä\nb\n\n\nHEAD:gone missing\n${'1'.repeat(40)} tree 3\nabc\n${'2'.repeat(40)} blob 0\n\n`,
    );
    assert.deepEqual(splitBatch(output, ['a', 'gone', 'folder', 'empty', 'beyond']), [
      { path: 'a', text: 'ä\nb\n\n' },
      { path: 'gone', text: null },
      { path: 'folder', text: null },
      { path: 'empty', text: '' },
      { path: 'beyond', text: null },
    ]);
  });
});

describe('extension/proof-text', () => {
  const at: SourcePlace = { file: 'kernel/resource.c', line: 42, world: 'after' };
  const finding: Finding = {
    id: 'id',
    class: 'introduced',
    severity: 'error',
    rule: 'recursive-lock',
    message: 'resource_lock is taken\ntwice',
    at,
    related: [{ message: 'taken here first', at: { ...at, line: 7 } }],
    proof: {
      scenario: 'free-region',
      machine: 'x86_64',
      world: 'after',
      skipped: 12,
      steps: [{ thread: 'main', function: 'f', at: { ...at, line: 9 }, text: '\tread_lock(&resource_lock);' }],
    },
    dependsOn: [],
    cases: [],
  };
  const report = { scenarios: [] } as unknown as PatchReport;

  it('links every place it names, at the right columns', () => {
    const { text, links } = proofText(report, finding);
    const lines = text.split('\n');
    const linked = links.map(({ line, start, end, place }) => [lines[line]?.slice(start, end), place.line]);
    assert.deepEqual(linked, [
      ['kernel/resource.c:42', 42],
      ['kernel/resource.c:7', 7],
      ['kernel/resource.c:9', 9],
    ]);
    assert.match(text, /\(12 before them\)/);
    assert.match(text, /f\(\): read_lock\(&resource_lock\);/);
  });

  it('keeps one line for one thing, whatever a message holds', () => {
    const [first] = proofText(report, finding).text.split('\n');
    assert.equal(first, 'recursive-lock: resource_lock is taken twice');
  });
});
