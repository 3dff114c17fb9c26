import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import type { CompileInput, Unit } from '../../../src/c/api.ts';
import { withDefaults } from '../../../src/c/limits.ts';
import type { Done } from '../../../src/c/session.ts';
import { Session } from '../../../src/c/session.ts';
import { SourceManager } from '../../../src/c/source.ts';
import { LP64 } from './build.ts';

const none = new MemoryTree(new Map());
const input: CompileInput = { target: LP64, units: [], tree: none, model: none, fromTree: [], defines: new Map() };

describe('units kept for later compilations', () => {
  it('are let go, the one used longest ago first, by what they hold and not by their own length', () => {
    const session = new Session(input);
    const sources = new SourceManager(none, none, withDefaults(undefined), session.sources);
    sources.startReads();
    const unit = (i: number): Unit => ({ path: 'a.c', from: 'text', text: `int x${i};` });
    // Twelve characters each, and a quarter of all tokens that may be kept.
    const done = { symbols: { tokens: { length: 250_000 } } } as unknown as Done;
    const room = new Map();
    const keep = (i: number) =>
      session.keep(unit(i), room, { done, reads: sources.reads, prelude: undefined, missing: [], mark: undefined });
    const kept = (i: number) => session.find(unit(i), room, undefined, sources) !== undefined;
    for (let i = 0; i < 4; i++) keep(i);
    assert.ok(kept(0), 'four fit');
    keep(4);
    assert.deepEqual([0, 1, 2, 3, 4].map(kept), [true, false, true, true, true]);
  });
});
