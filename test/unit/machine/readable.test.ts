/*
 * What the fast executor knows of granules of memory (`Layout.readable`) never outlives the right to read them: by each way in
 * which bytes lose it, a read that was good before is refused.
 */
import assert from 'node:assert/strict';
import type { FastMachine, Native } from '../../../src/machine/api.ts';
import { createFast } from '../../../src/machine/fast.ts';
import { add, allocators, type Body, Builder, i64, int, pointer, reg, table, ulong, voidType } from './ir-builder.ts';

interface Names {
  readonly kmalloc: number;
  readonly kzalloc: number;
  readonly kfree: number;
  readonly forget: number;
  readonly move: number;
  /** (pointer) → what is 8 bytes behind it. */
  readonly peek: number;
}

const natives = new Map<string, Native>([
  ...allocators,
  ['forget', (c) => c.setInitialised(c.arg(0), 32, false)],
  ['move', (c) => c.copy(c.arg(0), c.arg(1), 32)],
]);

/** The functions that natives stand for, and one that reads. */
function declare(b: Builder): Names {
  return {
    kmalloc: b.fn('kmalloc', [ulong], pointer()),
    kzalloc: b.fn('kzalloc', [ulong], pointer()),
    kfree: b.fn('kfree', [pointer()], voidType),
    forget: b.fn('forget', [pointer()], voidType),
    move: b.fn('move', [pointer(), pointer()], voidType),
    peek: b.fn('peek', [pointer()], ulong, (f, p) => {
      const value = f.reg('i64');
      f.stmt()
        .load(value, '64', add(reg(p), i64(8)))
        .ret(reg(value));
    }),
  };
}

function machine(build: (f: Body, n: Names, p: number, value: number) => void): { m: FastMachine; main: number } {
  const b = new Builder();
  const names = declare(b);
  const main = b.fn('main', [], int, (f) => {
    build(f, names, f.reg('i64'), f.reg('i64'));
    f.ret({ op: 'i32', value: 1 });
  });
  return { m: createFast(b.program(), table({ functions: natives })), main };
}

function isRefused(build: (f: Body, n: Names, p: number, value: number) => void): boolean {
  const { m, main } = machine(build);
  const answer = m.call(main, []);
  const refused = m.refused !== undefined;
  assert.equal(answer, refused ? undefined : 1n);
  m.dispose!();
  return refused;
}

describe('machine: what is known to be readable', () => {
  it('reads again what was read', () => {
    assert(
      !isRefused((f, n, p, v) => f.stmt().call(p, n.kzalloc, i64(32)).call(v, n.peek, reg(p)).call(v, n.peek, reg(p))),
    );
  });
  it('is forgotten of what is freed', () => {
    assert(
      isRefused((f, n, p, v) =>
        f
          .stmt()
          .call(p, n.kzalloc, i64(32))
          .call(v, n.peek, reg(p))
          .call(undefined, n.kfree, reg(p))
          .call(v, n.peek, reg(p)),
      ),
    );
  });
  for (const way of ['copy', 'move'] as const) {
    it(`is forgotten of what unwritten bytes are copied over: ${way}`, () => {
      assert(
        isRefused((f, n, p, v) => {
          const unwritten = f.reg('i64');
          f.stmt().call(p, n.kzalloc, i64(32)).call(unwritten, n.kmalloc, i64(32)).call(v, n.peek, reg(p));
          if (way === 'copy') f.copy(reg(p), reg(unwritten), 32);
          else f.call(undefined, n.move, reg(p), reg(unwritten));
          f.call(v, n.peek, reg(p));
        }),
      );
    });
  }
  it('is forgotten of what a native declares unwritten', () => {
    assert(
      isRefused((f, n, p, v) =>
        f
          .stmt()
          .call(p, n.kzalloc, i64(32))
          .call(v, n.peek, reg(p))
          .call(undefined, n.forget, reg(p))
          .call(v, n.peek, reg(p)),
      ),
    );
  });
  it('is no more than is readable: a read that leaves its object is refused, one inside is not, aligned or not', () => {
    for (const at of [0, 8, 9, 13, 16, 17, 20, 24]) {
      const refused = isRefused((f, n, p, v) =>
        f
          .stmt()
          .call(p, n.kzalloc, i64(28))
          .call(v, n.peek, reg(p))
          .call(v, n.peek, add(reg(p), i64(4)))
          .call(v, n.peek, add(reg(p), i64(at - 8))),
      );
      assert.equal(refused, at + 8 > 28, `at ${at}`);
    }
  });

  for (const back of ['reset', 'restore'] as const) {
    it(`is forgotten where memory is given out anew after ${back}`, () => {
      const b = new Builder();
      const names = declare(b);
      const read = (name: string, alloc: 'kmalloc' | 'kzalloc'): number =>
        b.fn(name, [], int, (f) => {
          const p = f.reg('i64');
          const v = f.reg('i64');
          f.stmt().call(p, names[alloc], i64(32)).call(v, names.peek, reg(p)).ret({ op: 'i32', value: 1 });
        });
      const written = read('written', 'kzalloc');
      const unwritten = read('unwritten', 'kmalloc');
      const m = createFast(b.program(), table({ functions: natives }));
      m.call(written, []);
      m.keep();
      const snapshot = m.snapshot();
      for (let round = 0; round < 2; round++) {
        assert.equal(m.call(written, []), 1n);
        if (back === 'reset') m.reset();
        else m.restore(snapshot);
        assert.equal(m.call(unwritten, []), undefined);
        assert.notEqual(m.refused, undefined);
        if (back === 'reset') m.reset();
        else m.restore(snapshot);
      }
      m.dispose!();
    });
  }

  it('is forgotten of objects freed since, and known again of those that were not, after a reset', () => {
    const b = new Builder();
    const names = declare(b);
    const make = b.fn('make', [], pointer(), (f) => {
      const p = f.reg('i64');
      f.stmt().call(p, names.kzalloc, i64(32)).ret(reg(p));
    });
    const free = b.fn('free', [pointer()], voidType, (f, p) => f.stmt().call(undefined, names.kfree, reg(p)).ret());
    const m = createFast(b.program(), table({ functions: natives }));
    const p = m.call(make, [])!;
    m.keep();
    for (let round = 0; round < 2; round++) {
      assert.equal(m.call(names.peek, [p]), 0n);
      m.call(free, [p]);
      assert.equal(m.call(names.peek, [p]), undefined);
      m.reset();
    }
    m.dispose!();
  });
});
