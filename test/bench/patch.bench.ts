/**
 * Reads and applies one mail of 20 hunks, warm, against jsdiff on the same diff and file. `npx mocha test/bench/patch.bench.ts`
 */
import { applyPatch as applyJs, parsePatch } from 'diff';
import { MemoryTree } from '../../src/base/tree.ts';
import { applyPatch, readPatchesSync, unifiedDiff } from '../../src/patch/index.ts';
import { ms, tell } from './table.ts';

interface PatchBench {
  readonly hunks: number;
  readonly lines: number;
  /** Milliseconds, medians. */
  readonly read: number;
  readonly apply: number;
  readonly reverse: number;
  readonly both: number;
  readonly jsdiff: number;
  readonly ratio: number;
}

/** A file of the size of kernel/resource.c, changed at `hunks` places. */
function sample(hunks: number): { before: string; after: string; mail: string; diff: string } {
  const lines = Array.from({ length: 2000 }, (_, i) => `\tif (res${i % 97}->start < region_${i}) return -E${i % 13};`);
  const changed = [...lines];
  for (let k = 0; k < hunks; k++) {
    const at = Math.floor(((k + 0.5) * lines.length) / hunks);
    changed[at] = `\tif (resource_contains(res, ${k}))`;
    changed.splice(at + 1, 0, `\t\treturn ${k};`);
  }
  const before = `${lines.join('\n')}\n`;
  const after = `${changed.join('\n')}\n`;
  const diff = unifiedDiff(before, after, 'kernel/resource.c');
  const head =
    'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A U Thor <author@example.org>\n' +
    'Date: Fri, 26 Mar 2021 12:00:00 +1100\nSubject: [PATCH v5 2/3] kernel/resource: hold the lock\nMessage-ID: <1@example.org>\n\n';
  return {
    before,
    after,
    diff,
    mail: `${head}Why it is so.\n\nSigned-off-by: A U Thor <author@example.org>\n---\n${diff}-- \n2.39.5\n\n`,
  };
}

function median(work: () => unknown, seconds: number): number {
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  // The first half warms up.
  const warm = times.slice(times.length >> 1).sort((a, b) => a - b);
  return warm[warm.length >> 1]!;
}

function patchBench(hunks = 20, seconds = 1): PatchBench {
  const { before, after, mail, diff } = sample(hunks);
  const old = new MemoryTree(new Map([['kernel/resource.c', before]]));
  const now = new MemoryTree(new Map([['kernel/resource.c', after]]));
  const read = () => readPatchesSync(mail, { name: 'bench' }).patches[0]!.files;
  const files = read();
  if (
    applyPatch(files, old).after.read('kernel/resource.c') !== after ||
    applyJs(before, parsePatch(diff)[0]!) !== after
  ) {
    throw new Error('the sample does not apply');
  }
  const both = median(() => applyPatch(read(), old), seconds);
  const jsdiff = median(() => applyJs(before, parsePatch(diff)[0]!), seconds);
  return {
    hunks,
    lines: mail.split('\n').length,
    read: median(read, seconds),
    apply: median(() => applyPatch(files, old), seconds),
    reverse: median(() => applyPatch(files, now), seconds),
    both,
    jsdiff,
    ratio: both / jsdiff,
  };
}

describe('bench: patches', () => {
  it('a mail of 20 hunks', () => {
    const { hunks, lines, read, apply, reverse, both, jsdiff, ratio } = patchBench();
    console.log(`      mail of ${hunks} hunks, ${lines} lines, on a file of 2000 lines (medians, warm)`);
    console.log(
      `      read ${ms(read)}, apply ${ms(apply)}, found in reverse ${ms(reverse)}, read and apply ${ms(both)}; jsdiff ${ms(jsdiff)}`,
    );
    tell({
      what: 'patch of 20 hunks, read and apply',
      reached: ms(both),
      goal: '≤ 1 ms',
      ratio: `${ratio.toFixed(2)} × jsdiff`,
    });
  });
});
