import assert from 'node:assert/strict';
import type { Expr } from '../../../src/c/ir.ts';
import type { Native, Until } from '../../../src/machine/api.ts';
import { createFast } from '../../../src/machine/fast.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import {
  allocators,
  type Body,
  Builder,
  bin,
  i32,
  i64,
  int,
  pointer,
  reg,
  slot,
  table,
  ulong,
  voidType,
} from './ir-builder.ts';

/** Runs one function and answers its result, or the message of the event that ended it. */
function outcome(build: (f: Body, n: number) => void, argument = 3n): string {
  const b = new Builder();
  const f = b.fn('f', [int], int, build);
  const m = b.machine();
  const t = m.spawn('t', f, [argument]);
  m.run(t, 'end');
  const last = m.events.at(-1);
  return last?.kind === 'problem' ? last.message : `${BigInt.asIntN(32, m.threads[t]!.result!)}`;
}

describe('machine: hostile code', () => {
  it('takes expressions some hundred operations deep, and refuses those deeper than the bound', () => {
    const deep = (n: number): Expr => {
      let e: Expr = reg(0);
      for (let i = 0; i < n; i++) e = bin('add', 'i32', e, i32(1));
      return e;
    };
    assert.equal(
      outcome((f) => f.stmt().ret(deep(1000)) && undefined),
      '1003',
    );
    assert.match(
      outcome((f) => f.stmt().ret(deep(100_000)) && undefined),
      /M002/,
    );
  });
  it('refuses an expression whose shared parts multiply', () => {
    let e: Expr = reg(0);
    for (let i = 0; i < 60; i++) e = bin('xor', 'i32', e, e);
    assert.match(
      outcome((f) => f.stmt().ret(e) && undefined),
      /M001/,
    );
  });
  it('runs a function with thousands of variables, live across calls', () => {
    const count = 3000;
    const result = outcome((f, n) => {
      const regs = Array.from({ length: count }, (_, i) => f.reg('i32', `v${i}`));
      f.stmt();
      for (const [i, r] of regs.entries()) f.set(r, bin('add', 'i32', reg(n), i32(i)));
      f.jump(f.blocks.length);
      f.block();
      const last = f.reg('i32');
      f.stmt().branch(reg(n), 2, 3);
      f.block();
      // Recursion with everything alive.
      f.stmt().call(last, 0, bin('sub', 'i32', reg(n), i32(1)));
      f.set(n, bin('add', 'i32', reg(last), reg(regs[0]!))).jump(3);
      f.block();
      const sum = f.reg('i32', 'sum');
      f.stmt().set(sum, reg(n));
      for (const r of regs) f.set(sum, bin('add', 'i32', reg(sum), reg(r)));
      f.ret(reg(sum));
    });
    let want = 0;
    for (let n = 0; n <= 3; n++) {
      let sum = n === 0 ? 0 : want + n;
      for (let i = 0; i < count; i++) sum += n + i;
      want = sum;
    }
    assert.equal(result, `${want | 0}`);
  });
  it('runs a switch with ten thousand cases and a chain of ten thousand blocks in bounded time', () => {
    const cases = 10_000;
    assert.equal(
      outcome((f, n) => {
        const list = Array.from({ length: cases }, (_, i) => ({
          low: BigInt(i * 2),
          high: BigInt(i * 2),
          to: 1 + (i % 7),
        }));
        f.stmt().end({ op: 'switch', value: reg(n), type: 'i32', cases: list, default: 8, signed: true, loc: 1 });
        for (let i = 1; i <= 8; i++) {
          f.block();
          f.stmt().ret(i32(i));
        }
      }, 8024n),
      `${1 + (4012 % 7)}`,
    );
    assert.equal(
      outcome((f, n) => {
        const x = f.reg('i32', 'x');
        f.stmt().set(x, i32(0)).jump(1);
        for (let i = 1; i < 10_000; i++) {
          f.block();
          f.stmt().set(x, bin('add', 'i32', reg(x), reg(n)));
          f.branch(reg(x), i + 1, Math.max(1, i - 3));
        }
        f.block();
        f.stmt().ret(reg(x));
      }),
      `${9999 * 3}`,
    );
  });
  it('refuses more code than a function may have, by name', () => {
    assert.match(
      outcome((f) => {
        f.stmt();
        for (let i = 0; i < 70_000; i++) f.stmt();
        f.ret(i32(0));
      }),
      /f cannot be executed: function f is too large.*M001/,
    );
  });
  it('refuses frames larger than a stack', () => {
    assert.match(
      outcome((f) => {
        f.slot(10_000_000, 'huge');
        f.stmt().enter(0).ret(i32(0));
      }),
      /M008/,
    );
  });
  it('refuses globals that do not fit, and too many threads', () => {
    const b = new Builder();
    b.global('huge', 2 ** 31);
    assert.throws(() => b.machine(), /M004/);
    const many = new Builder();
    const f = many.fn('f', [int], int, (body) => body.stmt().ret(i32(0)) && undefined);
    const m = many.machine();
    assert.throws(() => {
      for (let i = 0; i < 1000; i++) m.spawn('t', f);
    }, /M005/);
  });
  it('runs any number of threads one after the other: those that ended leave their stacks to others', () => {
    const b = new Builder();
    const f = b.fn('f', [int], int, (body, n) => {
      const s = body.slot(4, 's');
      const r = body.reg('i32');
      body.stmt().enter(s).store('32', slot(s), reg(n));
      body.load(r, '32', slot(s)).ret(reg(r));
    });
    const m = b.machine();
    const waiting = m.spawn('waiting', f, [7n]);
    m.run(waiting, 'statement');
    for (let i = 0; i < 1000; i++) {
      const t = m.spawn(`t${i}`, f, [BigInt(i)]);
      assert.equal(m.run(t, 'end'), 'end');
      assert.equal(m.threads[t]!.result, BigInt(i));
    }
    m.run(waiting, 'end');
    assert.equal(m.threads[waiting]!.result, 7n);
  });
  it('bounds what events and stacks of allocations take, whatever is written and however deep', () => {
    const b = new Builder();
    const log = b.fn('log', [], int);
    const alloc = b.fn('kmalloc', [ulong], pointer());
    const f = b.fn('f', [int], int, (body, n) => {
      body.stmt().branch(reg(n), 1, 2);
      body.block();
      const r = body.reg('i32');
      body
        .stmt()
        .call(r, b.functions.length - 1, bin('sub', 'i32', reg(n), i32(1)))
        .ret(reg(r));
      body.block();
      body.jump(3);
      const i = body.reg('i32', 'i');
      const p = body.reg('i64');
      body.set(i, i32(8000));
      body.block();
      body.loop(0).stmt().call(undefined, log).call(p, alloc, i64(16));
      body.set(i, bin('sub', 'i32', reg(i), i32(1))).branch(reg(i), 3, 4);
      body.block();
      body.stmt().ret(i32(0));
    });
    const text = 'x'.repeat(8000);
    const functions = new Map<string, Native>(allocators);
    functions.set('log', (c) => c.event({ kind: 'log', level: 6, text, thread: c.thread, loc: c.loc }));
    const m = b.machine({ functions }, { budget: { statements: 10_000_000 } });
    assert.equal(m.run(m.spawn('t', f, [180n]), 'end'), 'end');
    const logged = m.events.reduce((sum, e) => sum + (e.kind === 'log' ? e.text.length : 0), 0);
    assert(logged > 8e6 && logged < 2 ** 24, `${logged} bytes of text`);
    assert.match(m.events.flatMap((e) => (e.kind === 'note' ? e.text : [])).join(), /not all are kept/);
    const objects = m.liveObjects();
    assert.equal(objects.length, 8000);
    const entries = objects.reduce((sum, o) => sum + o.allocatedIn.length, 0);
    assert(entries > 900_000 && entries < 1_100_000, `${entries} entries of stacks`);
    assert.equal(objects.at(-1)!.allocatedIn[0]!.func, f);
  });

  describe('work of natives', () => {
    const functions = new Map<string, Native>(allocators);
    let calls = 0;
    functions.set('work', (c) => {
      calls++;
      c.check(c.arg(0), Number(c.arg(1)), false);
    });
    const budget = { statements: 10_000 };
    /** Calls `work` on `bytes` bytes: `rounds` times around a loop, or that often one after the other. */
    const worker = (bytes: number, rounds: number, isLoop: boolean) => {
      const b = new Builder();
      const work = b.fn('work', [pointer(), ulong], voidType);
      const alloc = b.fn('kzalloc', [ulong], pointer());
      const f = b.fn('f', [int], int, (body) => {
        const p = body.reg('i64');
        const i = body.reg('i32', 'i');
        body.stmt().call(p, alloc, i64(bytes)).set(i, i32(0)).jump(1);
        body.block();
        if (isLoop) {
          body.loop(0).stmt().call(undefined, work, reg(p), i64(bytes));
          body.set(i, bin('add', 'i32', reg(i), i32(1))).branch(bin('lts', 'i32', reg(i), i32(rounds)), 1, 2);
          body.block();
        } else for (let k = 0; k < rounds; k++) body.stmt().call(undefined, work, reg(p), i64(bytes));
        body.stmt().ret(reg(i));
      });
      return { program: b.program(), f };
    };
    for (const isLoop of [true, false]) {
      it(`is paid for ${isLoop ? 'around a loop' : 'by calls one after the other'}, the same in every way of running`, () => {
        const { program, f } = worker(1 << 16, 400, isLoop);
        const outcome = (until: Until) => {
          calls = 0;
          const m = createStepper(program, table({ functions }), { budget });
          const t = m.spawn('t', f, [0n]);
          let stop = m.run(t, until);
          while (stop === until) stop = m.run(t, until);
          assert.equal(stop, 'budget');
          assert(m.paid > budget.statements && m.paid < 4 * budget.statements, `${m.paid}`);
          return { events: m.events.slice(), statements: m.statements, calls };
        };
        const expected = outcome('end');
        assert.match(JSON.stringify(expected.events.at(-1)), /"rule":"statement-budget"/);
        assert(expected.calls < 30, `${expected.calls} calls`);
        for (const until of ['statement', 'instruction', 'visible'] as const)
          assert.deepEqual(outcome(until), expected, until);
        const fast = createFast(program, table({ functions }), { budget, coverage: true });
        calls = 0;
        assert.equal(fast.call(f, [0n]), undefined);
        assert(fast.refused !== undefined);
        assert(calls <= expected.calls, `${calls} calls`);
      });
      it(`is counted alike by both executors ${isLoop ? 'around a loop' : 'without one'} where it stays in the budget`, () => {
        const { program, f } = worker(4096, 20, isLoop);
        const slow = createStepper(program, table({ functions }), { budget });
        const fast = createFast(program, table({ functions }), { budget, coverage: true });
        fast.keep();
        for (let round = 0; round < 2; round++) {
          assert.equal(fast.call(f, [0n]), isLoop ? 20n : 0n);
          if (round === 0) assert.equal(slow.call(f, [0n]), isLoop ? 20n : 0n);
          assert.equal(fast.paid, slow.paid);
          assert(slow.paid > 20 * (4096 / 64));
          fast.reset();
        }
      });
    }
  });
});
