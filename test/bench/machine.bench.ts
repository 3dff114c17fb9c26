import type { Native, Until } from '../../src/machine/api.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import {
  add,
  allocators,
  Builder,
  bin,
  i32,
  i64,
  int,
  pointer,
  reg,
  table,
  ulong,
} from '../unit/machine/ir-builder.ts';
import { tell } from './table.ts';

/*
 * What the stepper costs: statements a second on a walk over 5,000 siblings with 64-bit compares, with and without trace;
 * snapshot and restore; short executions with a stop at every visible access.
 *
 * Run with `npx mocha test/bench/machine.bench.ts`.
 */

const NODES = 5000;

/** struct node { u64 start, end; struct node *sibling; } built on the heap, then walked for a range that overlaps. */
function walkProgram() {
  const b = new Builder();
  const head = b.global('head', 8);
  const alloc = b.fn('kmalloc', [ulong], pointer());
  const build = b.fn('build', [int], ulong, (f, n) => {
    const i = f.reg('i64', 'i');
    const p = f.reg('i64', 'p');
    const old = f.reg('i64');
    f.stmt()
      .set(i, { op: 'convert', fn: 'exts', a: reg(n) })
      .jump(1);
    f.block();
    f.loop(0)
      .stmt()
      .branch(bin('ne', 'i64', reg(i), i64(0)), 2, 3);
    f.block();
    f.stmt().call(p, alloc, i64(64));
    f.stmt().store('64', reg(p), bin('shl', 'i64', reg(i), i64(28)));
    f.stmt().store('64', add(reg(p), i64(8)), bin('or', 'i64', bin('shl', 'i64', reg(i), i64(28)), i64(0x7ffffff)));
    f.stmt()
      .load(old, '64', { op: 'global', global: head, offset: 0 })
      .store('64', add(reg(p), i64(16)), reg(old));
    f.stmt().store('64', { op: 'global', global: head, offset: 0 }, reg(p));
    f.stmt()
      .set(i, bin('sub', 'i64', reg(i), i64(1)))
      .jump(1);
    f.block();
    f.stmt().ret(i64(0));
  });
  const find = b.fn('find', [ulong, ulong], pointer(), (f, start, end) => {
    const p = f.reg('i64', 'p');
    const a = f.reg('i64');
    const e = f.reg('i64');
    f.stmt().load(p, '64', { op: 'global', global: head, offset: 0 }).jump(1);
    f.block();
    f.loop(0)
      .stmt()
      .branch(bin('ne', 'i64', reg(p), i64(0)), 2, 5);
    f.block();
    f.stmt()
      .load(a, '64', reg(p))
      .branch(bin('gtu', 'i64', reg(a), reg(end)), 5, 3);
    f.block();
    f.stmt()
      .load(e, '64', add(reg(p), i64(8)))
      .branch(bin('geu', 'i64', reg(e), reg(start)), 6, 4);
    f.block();
    f.stmt()
      .load(p, '64', add(reg(p), i64(16)))
      .jump(1);
    f.block();
    f.stmt().ret(i64(0));
    f.block();
    f.stmt().ret(reg(p));
  });
  const search = b.fn('search', [int], ulong, (f, n) => {
    const i = f.reg('i32', 'i');
    const r = f.reg('i64', 'r');
    f.stmt().set(i, i32(0)).set(r, i64(0)).jump(1);
    f.block();
    f.loop(0)
      .stmt()
      .branch(bin('lts', 'i32', reg(i), reg(n)), 2, 3);
    f.block();
    f.stmt().call(r, find, i64(BigInt(NODES) << 28n), i64(-1));
    f.stmt()
      .set(i, bin('add', 'i32', reg(i), i32(1)))
      .jump(1);
    f.block();
    f.stmt().ret(reg(r));
  });
  return { program: b.program(), build, search };
}

function seconds(run: () => void): number {
  const before = performance.now();
  run();
  return (performance.now() - before) / 1000;
}

describe('bench: the stepper', () => {
  const { program, build, search } = walkProgram();
  const budget = { statements: 1e9, traceSteps: 4_000_000 };

  for (const [name, trace, until] of [
    ['no trace', false, 'end'],
    ['trace', true, 'end'],
    ['stops looked for', false, 'visible'],
  ] as const) {
    it(name, () => {
      const m = createStepper(program, table({ functions: allocators }), { budget, trace });
      m.run(m.spawn('build', build, [BigInt(NODES)]), 'end');
      const t = m.spawn('search', search, [200n]);
      if (until === 'visible') m.run(t, 'statement');
      const start = m.snapshot();
      let best = Number.POSITIVE_INFINITY;
      let count = 0;
      for (let round = 0; round < 5; round++) {
        m.restore(start);
        const before = m.statements;
        if (until === 'visible') {
          const stops = 20_000;
          const s = seconds(() => {
            for (let i = 0; i < stops; i++) m.run(t, 'visible');
          });
          best = Math.min(best, s / stops);
          continue;
        }
        const s = seconds(() => void m.run(t, 'end'));
        count = m.statements - before;
        best = Math.min(best, s / count);
      }
      if (until === 'visible')
        console.log(`      stop at each visible access: ${(1e-3 / best).toFixed(0)} thousand stops/s`);
      else console.log(`      walk, ${name}: ${(1e-6 / best).toFixed(1)} million statements/s (${count} statements)`);
      if (until !== 'visible')
        tell({
          what: `stepper, walk of siblings, ${name}`,
          reached: `${(1e-6 / best).toFixed(1)} million statements/s`,
          ...(trace ? { goal: '≥ 10 million' } : {}),
        });
      const snap = seconds(() => {
        for (let i = 0; i < 100; i++) m.snapshot();
      });
      const back = seconds(() => {
        for (let i = 0; i < 100; i++) m.restore(start);
      });
      console.log(
        `      snapshot ${(snap * 1e4).toFixed(0)} µs, restore ${(back * 1e4).toFixed(0)} µs, ${start.bytes} bytes`,
      );
    });
  }

  /** Two threads, each: lock, read and write a shared word twice, unlock; every schedule of one switch, from a snapshot. */
  it('short executions', () => {
    const b = new Builder();
    const g = b.global('x', 8);
    const lock = b.fn('lock', [], int);
    const unlock = b.fn('unlock', [], int);
    const main = b.fn('main', [], int, (f) => {
      const r = f.reg('i64');
      f.stmt().call(undefined, lock);
      for (let i = 0; i < 2; i++) {
        f.stmt().load(r, '64', { op: 'global', global: g, offset: 0 });
        f.stmt().store('64', { op: 'global', global: g, offset: 0 }, add(reg(r), i64(1)));
      }
      f.stmt().call(undefined, unlock).stmt().ret(i32(0));
    });
    let held = false;
    const natives = new Map<string, Native>([
      ['lock', () => (held ? { block: 'l', why: 'the lock' } : void (held = true))],
      [
        'unlock',
        (c) => {
          held = false;
          c.wake('l');
        },
      ],
    ]);
    const m = createStepper(
      b.program(),
      table({
        functions: natives,
        visible: new Set(['lock', 'unlock']),
        state: [{ save: () => held, restore: (s) => void (held = s as boolean) }],
      }),
    );
    m.spawn('a', main);
    m.spawn('b', main);
    const start = m.snapshot();
    let executions = 0;
    const until: Until = 'visible';
    const s = seconds(() => {
      for (; executions < 3000; executions++) {
        m.restore(start);
        for (let k = 0; k <= executions % 6; k++) m.run(0, until);
        while (m.run(1, until) === until);
        while (m.run(0, until) === until);
        while (m.run(1, until) === until);
      }
    });
    tell({ what: 'short executions of two threads', reached: `${(executions / s).toFixed(0)} a second` });
    console.log(`      short executions of two threads from a snapshot: ${(executions / s).toFixed(0)} a second`);
  });
});
