import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import type { Machine, Native, Until } from '../../../src/machine/api.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import {
  add,
  allocators,
  type Body,
  Builder,
  bin,
  char,
  global,
  i32,
  i64,
  int,
  long,
  pointer,
  reg,
  slot,
  table,
  uint,
  ulong,
  voidType,
} from './ir-builder.ts';

/** int fib(int n): calls nest, values live across them. */
function fib(b: Builder): number {
  const self = b.functions.length;
  return b.fn('fib', [int], int, (f, n) => {
    const x = f.reg('i32', 'x');
    const y = f.reg('i32', 'y');
    f.stmt().branch(bin('lts', 'i32', reg(n), i32(2)), 1, 2);
    f.block();
    f.stmt().ret(reg(n));
    f.block();
    f.stmt().call(x, self, bin('sub', 'i32', reg(n), i32(1)));
    f.stmt().call(y, self, bin('sub', 'i32', reg(n), i32(2)));
    f.stmt().ret(bin('add', 'i32', reg(x), reg(y)));
  });
}
/** A loop that runs n times. */
function counting(f: Body, n: number, inside: () => void): void {
  const i = f.reg('i32', 'i');
  f.stmt().set(i, i32(0)).jump(1);
  f.block();
  f.loop(0)
    .stmt()
    .branch(bin('lts', 'i32', reg(i), reg(n)), 2, 3);
  f.block();
  f.stmt();
  inside();
  f.set(i, bin('add', 'i32', reg(i), i32(1))).jump(1);
  f.block();
}
function finish(m: Machine, thread: number, until: Until): string {
  let stop = m.run(thread, until);
  while (until !== 'end' && stop === until) stop = m.run(thread, until);
  return stop;
}

describe('machine: running', () => {
  it('calls, recurses and returns, the same with and without stops', () => {
    for (const until of ['end', 'statement', 'visible', 'instruction'] as const) {
      const b = new Builder();
      const f = fib(b);
      const m = b.machine();
      const t = m.spawn('main', f, [15n]);
      assert.equal(finish(m, t, until), 'end');
      assert.equal(m.threads[t]!.result, 610n);
      assert.equal(m.statements, 5918);
      assert.equal(m.threads[t]!.status, 'done');
    }
  });
  it('stops before each statement, with the stack to look at', () => {
    const b = new Builder();
    const f = fib(b);
    const m = b.machine();
    const t = m.spawn('main', f, [2n]);
    const seen: string[] = [];
    while (m.run(t, 'statement') === 'statement') {
      seen.push(m.threads[t]!.stack.map((e) => `${e.func}@${e.loc}`).join(' '));
    }
    assert.deepEqual(seen, [
      '0@1001',
      '0@1004',
      '0@1001 0@1004',
      '0@1002 0@1004',
      '0@1005',
      '0@1001 0@1005',
      '0@1002 0@1005',
      '0@1006',
    ]);
    assert.equal(m.statements, 8);
  });
  it('mixes ways of running within one thread', () => {
    const b = new Builder();
    const f = fib(b);
    const m = b.machine();
    const t = m.spawn('main', f, [12n]);
    const ways: Until[] = ['statement', 'instruction', 'statement', 'visible', 'instruction', 'statement'];
    let i = 0;
    for (; i < 60; i++) if (m.run(t, ways[i % ways.length]!) === 'end') break;
    if (m.threads[t]!.status !== 'done') assert.equal(m.run(t, 'end'), 'end');
    assert.equal(m.threads[t]!.result, 144n);
    assert.equal(m.statements, 1394);
  });
  it('counts statements and loop rounds by place', () => {
    const b = new Builder();
    const g = b.global('total', 8);
    const main = b.fn('main', [int], voidType, (f, n) => {
      const r = f.reg('i64');
      counting(f, n, () => f.load(r, '64', global(g)).store('64', global(g), add(reg(r), i64(3))));
      f.stmt().ret();
    });
    const m = b.machine();
    m.run(m.spawn('main', main, [7n]), 'end');
    assert.equal(m.memory.read(m.memory.addressOfGlobal(g), 8), 21n);
    assert.deepEqual([...m.loops()], [[main, [8]]]);
    assert.deepEqual(
      [...m.coverage()],
      [
        [1001, 1],
        [1002, 8],
        [1003, 7],
        [1004, 1],
      ],
    );
    assert.equal(m.statements, 17);
  });
  it('keeps statements, calls with arguments and returns with results in the trace', () => {
    const b = new Builder();
    const f = fib(b);
    const strlen = b.fn('strlen', [pointer(char)], ulong);
    const main = b.fn('main', [], int, (body) => {
      const r = body.reg('i32', 'r');
      const n = body.reg('i64', 'n');
      body.stmt().call(r, f, i32(2)).call(n, strlen, i64(5)).ret(reg(r));
    });
    const natives = new Map<string, Native>([['strlen', (c) => c.result(c.arg(0) + 1n)]]);
    const m = b.machine({ functions: natives }, { trace: true });
    const t = m.spawn('main', main);
    m.run(t, 'end');
    const { steps, dropped } = m.trace();
    assert.equal(dropped, 0);
    assert.deepEqual(
      steps.map((s) => (s.kind === 'stmt' ? s.loc : `${s.kind} ${b.functions[s.func!]!.name} ${s.values!.join(',')}`)),
      [3001, 'call fib 2', 1001, 1004, 'call fib 1', 1001, 1002, 'return fib 1', 1005, 'call fib 0', 1001, 1002].concat(
        ['return fib 0', 1006, 'return fib 1', 'call strlen 5', 'return strlen 6', 'return main 1'] as never,
      ),
    );
    const short = b.machine({ functions: natives }, { trace: true, budget: { traceSteps: 3 } });
    short.run(short.spawn('main', main), 'end');
    assert.equal(short.trace().steps.length, 3);
    assert.equal(short.trace().dropped, steps.length - 3);
  });
  it('runs switches with ranges, signed and unsigned', () => {
    const b = new Builder();
    const make = (signed: boolean) =>
      b.fn(signed ? 's' : 'u', [int], int, (f, n) => {
        const cases = [
          { low: -5n, high: -3n, to: 1 },
          { low: 0n, high: 0n, to: 2 },
          { low: 10n, high: 20n, to: 3 },
          { low: 100n, high: 100n, to: 1 },
        ];
        f.stmt().end({
          op: 'switch',
          value: reg(n),
          type: 'i32',
          cases: signed ? cases : cases.slice(1),
          default: 4,
          signed,
          loc: 1,
        });
        for (let i = 1; i <= 4; i++) {
          f.block();
          f.stmt().ret(i32(i));
        }
      });
    const s = make(true);
    const u = make(false);
    const answers = (fn: number, values: number[]) =>
      values.map((v) => {
        const m = b.machine();
        m.run(m.spawn('t', fn, [BigInt(v)]), 'end');
        return Number(m.threads[0]!.result);
      });
    assert.deepEqual(answers(s, [-6, -5, -3, -2, 0, 9, 10, 15, 20, 21, 100]), [4, 1, 1, 4, 2, 4, 3, 3, 3, 4, 1]);
    assert.deepEqual(answers(u, [-4, 0, 20, 21, 100]), [4, 2, 3, 4, 1]);
  });
  it('works with 32-bit words', () => {
    const b = new Builder(4);
    const g = b.global('table', 8, {
      bytes: new Uint8Array(8),
      relocations: [
        { at: 0, target: { kind: 'global', index: 0 }, addend: 4n },
        { at: 4, target: { kind: 'func', index: 1 }, addend: 0n },
      ],
    });
    const alloc = b.fn('kzalloc', [uint], pointer());
    b.fn('twice', [int], int, (f, n) => f.stmt().ret(bin('add', 'i32', reg(n), reg(n))) && undefined);
    const main = b.fn('main', [], int, (f) => {
      const p = f.reg('i32', 'p');
      const h = f.reg('i32', 'h');
      const r = f.reg('i32', 'r');
      f.stmt().call(p, alloc, i32(16)).store('32', reg(p), i32(21));
      f.stmt().load(h, '32', global(g)).load(h, '32', reg(h)).load(r, '32', reg(p));
      f.call(
        r,
        { kind: 'indirect', address: reg(h), signature: { params: ['i32'], result: 'i32', variadic: false } },
        reg(r),
      );
      f.stmt().ret(reg(r));
    });
    for (const until of ['end', 'instruction'] as const) {
      const m = b.machine({ functions: allocators });
      const t = m.spawn('main', main);
      assert.equal(finish(m, t, until), 'end', JSON.stringify(m.events));
      assert.equal(m.threads[t]!.result, 42n);
    }
  });
});

describe('machine: budgets', () => {
  it('ends loops without an end, however they are made', () => {
    const forms: ((f: Body) => void)[] = [
      (f) => {
        f.stmt().jump(1);
        f.block();
        f.loop(0).jump(1);
      },
      (f) => {
        f.stmt().jump(1);
        f.block();
        f.stmt().jump(2);
        f.block();
        f.stmt().jump(1);
      },
    ];
    for (const form of forms) {
      for (const until of ['end', 'visible'] as const) {
        const b = new Builder();
        const main = b.fn('main', [], voidType, form);
        const m = b.machine({}, { budget: { statements: 300_000 } });
        const t = m.spawn('main', main);
        assert.equal(m.run(t, until), 'budget');
        const [event] = m.events;
        assert(event?.kind === 'problem' && event.rule === 'nontermination' && event.fatal);
        assert.match(event.message, /300000/);
        assert.equal(m.run(t, 'end'), 'budget');
        assert(m.statements <= 300_001);
      }
    }
  });
  it('ends trees of calls without loops', () => {
    const b = new Builder();
    for (let i = 0; i < 40; i++) {
      b.fn(`f${i}`, [], voidType, (f) => {
        f.stmt()
          .call(undefined, i + 1)
          .call(undefined, i + 1)
          .ret();
      });
    }
    b.fn('leaf', [], voidType, (f) => f.stmt().ret() && undefined);
    const m = b.machine({}, { budget: { statements: 50_000 } });
    assert.equal(m.run(m.spawn('t', 0), 'end'), 'budget');
  });
  it('ends recursion by depth and by stack size, and allows what the bounds allow', () => {
    const b = new Builder();
    const deep = b.fn('deep', [int], int, (f, n) => {
      const r = f.reg('i32');
      f.stmt().branch(reg(n), 1, 2);
      f.block();
      f.stmt()
        .call(r, 0, bin('sub', 'i32', reg(n), i32(1)))
        .ret(bin('add', 'i32', reg(r), i32(1)));
      f.block();
      f.stmt().ret(i32(0));
    });
    const wide = b.fn('wide', [], int, (f) => {
      const r = f.reg('i32');
      f.slot(20_000, 'big');
      f.stmt().enter(0).call(r, 1).ret(reg(r));
    });
    const ok = b.machine();
    ok.run(ok.spawn('t', deep, [199n]), 'end');
    assert.equal(ok.threads[0]!.result, 199n);
    const m = b.machine();
    assert.equal(m.run(m.spawn('t', deep, [200n]), 'end'), 'budget');
    const [event] = m.events;
    assert(event?.kind === 'problem' && event.rule === 'stack-overflow');
    assert.equal(event.stack.length, 201);
    const w = b.machine();
    assert.equal(w.run(w.spawn('t', wide), 'end'), 'budget');
    assert(w.events[0]?.kind === 'problem' && /262144|258048/.test(w.events[0].message));
  });
  it('ends when the heap is used up, freed memory included', () => {
    const b = new Builder();
    const alloc = b.fn('kmalloc', [ulong], pointer());
    const free = b.fn('kfree', [pointer()], voidType);
    const main = b.fn('main', [int], voidType, (f, n) => {
      const p = f.reg('i64', 'p');
      counting(f, n, () => f.call(p, alloc, i64(4000)).call(undefined, free, reg(p)));
      f.stmt().ret();
    });
    const m = b.machine({ functions: allocators }, { budget: { heapBytes: 1 << 20 } });
    assert.equal(m.run(m.spawn('t', main, [1000n]), 'end'), 'budget');
    assert(m.events[0]?.kind === 'problem' && m.events[0].rule === 'memory-budget');
  });
  it('does not keep events without bound', () => {
    const b = new Builder();
    const log = b.fn('log', [], voidType);
    const main = b.fn('main', [int], voidType, (f, n) => {
      counting(f, n, () => f.call(undefined, log));
      f.stmt().ret();
    });
    const native: Native = (c) => c.event({ kind: 'log', level: 6, text: 'x', thread: c.thread, loc: c.loc });
    const m = b.machine({ functions: new Map([['log', native]]) });
    m.run(m.spawn('t', main, [100_000n]), 'end');
    assert.equal(m.events.length, 20_001);
    assert.equal(m.events.at(-1)!.kind, 'note');
  });
});

describe('machine: natives and threads', () => {
  it('passes arguments as their C types have them, and results back', () => {
    const b = new Builder();
    const native = b.fn('mix', [char, uint, long], char);
    const main = b.fn('main', [], int, (f) => {
      const r = f.reg('i32', 'r');
      f.stmt().call(r, native, i32(-3), i32(-4), i64(-5)).ret(reg(r));
    });
    const seen: bigint[] = [];
    const m = b.machine({
      functions: new Map([
        [
          'mix',
          (c) => {
            seen.push(c.arg(0), c.arg(1), c.arg(2));
            assert.equal(c.argInt(0), -3);
            assert.deepEqual(
              c.stack().map((e) => e.func),
              [main],
            );
            c.result(0x1ff);
          },
        ],
      ]),
    });
    m.run(m.spawn('t', main), 'end');
    assert.deepEqual(seen, [0xfffffffffffffffdn, 0xfffffffcn, 0xfffffffffffffffbn]);
    assert.equal(BigInt.asIntN(32, m.threads[0]!.result!), -1n);
  });
  it('answers 0 for functions without body or model, and says so', () => {
    const b = new Builder();
    const stub = b.fn('mystery', [], ulong);
    const record = { kind: 'struct', size: 16, align: 8, loc: 0, members: [] } as const;
    const big = b.fn('big', [], record);
    const main = b.fn('main', [], ulong, (f) => {
      const r = f.reg('i64', 'r');
      const s = f.slot(16, 's');
      const x = f.reg('i64', 'x');
      f.stmt()
        .enter(s)
        .call(r, stub)
        .call(undefined, big, slot(s))
        .load(x, '64', slot(s, 8))
        .ret(bin('or', 'i64', reg(r), reg(x)));
    });
    const m = b.machine();
    m.run(m.spawn('t', main), 'end');
    assert.equal(m.threads[0]!.result, 0n);
    assert.deepEqual(
      m.events.map((e) => e.kind === 'stub' && e.name),
      ['mystery', 'big'],
    );
  });
  it('ends where a function cannot be executed, with the reason', () => {
    const b = new Builder();
    const bad = b.fn('bad', [], voidType, () => {
      throw new CodedError('C999', 'inline assembly');
    });
    const main = b.fn('main', [], voidType, (f) => f.stmt().call(undefined, bad).ret() && undefined);
    const m = b.machine();
    assert.equal(m.run(m.spawn('t', main), 'end'), 'fatal');
    assert(m.events[0]?.kind === 'problem' && m.events[0].rule === 'not-executable');
    assert.match(m.events[0].message, /bad cannot be executed: inline assembly \[C999\]/);
    assert.deepEqual(
      m.threads[0]!.stack.map((e) => e.loc),
      [2001],
    );
  });

  /** Two threads around a lock: `lock(); x = x + 1; unlock()`. */
  function locking() {
    const b = new Builder();
    const g = b.global('x', 8);
    const lock = b.fn('lock', [], voidType);
    const unlock = b.fn('unlock', [], voidType);
    const main = b.fn('main', [], voidType, (f) => {
      const r = f.reg('i64');
      f.stmt().call(undefined, lock);
      f.stmt()
        .load(r, '64', global(g))
        .store('64', global(g), add(reg(r), i64(1)));
      f.stmt().call(undefined, unlock).ret();
    });
    let holder = -1;
    const m = b.machine({
      functions: new Map<string, Native>([
        [
          'lock',
          (c) => {
            if (holder >= 0) return { block: 'the lock', why: `the lock held by thread ${holder}` };
            holder = c.thread;
            return;
          },
        ],
        [
          'unlock',
          (c) => {
            holder = -1;
            c.wake('the lock');
          },
        ],
      ]),
      visible: new Set(['lock', 'unlock']),
      state: [{ save: () => holder, restore: (saved) => void (holder = saved as number) }],
    });
    return { m, g, main };
  }
  it('blocks, wakes and calls again', () => {
    for (const until of ['end', 'visible'] as const) {
      const { m, g, main } = locking();
      const a = m.spawn('a', main);
      const c = m.spawn('b', main);
      assert.equal(m.run(a, 'visible'), 'visible');
      assert.deepEqual(m.pending(a), { kind: 'native', name: 'lock', args: [], loc: 3001 });
      assert.equal(m.run(a, 'visible'), 'visible');
      assert.equal(m.pending(a).kind, 'read');
      assert.equal(finish(m, c, until), 'blocked');
      assert.equal(m.threads[c]!.waitsFor, 'the lock held by thread 0');
      assert.equal(m.run(c, until), 'blocked');
      assert.equal(finish(m, a, until), 'end');
      assert.equal(m.threads[c]!.status, 'ready');
      assert.equal(finish(m, c, until), 'end');
      assert.equal(m.memory.read(m.memory.addressOfGlobal(g), 8), 2n);
    }
  });
  it('goes back to a snapshot: memory, threads, natives, counts, events', () => {
    const { m, g, main } = locking();
    const a = m.spawn('a', main);
    const c = m.spawn('b', main);
    m.run(a, 'visible');
    m.run(a, 'visible');
    const s = m.snapshot();
    const counts = m.statements;
    const rest = (): string => {
      const log: string[] = [];
      finish(m, c, 'visible');
      log.push(
        finish(m, a, 'visible'),
        finish(m, c, 'visible'),
        String(m.statements),
        String(m.memory.read(m.memory.addressOfGlobal(g), 8)),
      );
      return log.join();
    };
    const first = rest();
    for (let i = 0; i < 3; i++) {
      m.restore(s);
      assert.equal(m.statements, counts);
      assert.equal(m.threads[c]!.status, 'ready');
      assert.equal(m.memory.read(m.memory.addressOfGlobal(g), 8), 0n);
      assert.equal(rest(), first);
    }
  });
  it('kills a thread and says when threads end', () => {
    const b = new Builder();
    const stop = b.fn('stop', [], voidType);
    const main = b.fn('main', [], voidType, (f) => f.stmt().call(undefined, stop).stmt().ret() && undefined);
    const log: string[] = [];
    const m = b.machine({
      functions: new Map<string, Native>([['stop', () => ({ kill: true })]]),
      threadEnded: (machine, t) => log.push(`${machine.threads[t]!.name} ${machine.threads[t]!.status}`),
      allEnded: () => log.push('all'),
    });
    m.spawn('a', main);
    m.spawn('b', main);
    assert.equal(m.run(0, 'end'), 'end');
    assert.equal(m.run(1, 'end'), 'end');
    assert.deepEqual(log, ['a dead', 'b dead', 'all']);
    assert.equal(m.statements, 2);
  });
});

describe('machine: memory', () => {
  it('names pointers the same way wherever they lie', () => {
    const b = new Builder();
    const g = b.global('iomem_resource', 64);
    const s = b.global('.str', 6, { constant: true, string: true, bytes: new TextEncoder().encode('dev"0') });
    const alloc = b.fn('kzalloc', [ulong], pointer());
    const make = b.fn('alloc_resource', [], pointer(), (f) => {
      const p = f.reg('i64', 'p');
      f.stmt().call(p, alloc, i64(64)).ret(reg(p));
    });
    const main = b.fn('main', [], pointer(), (f) => {
      const p = f.reg('i64', 'p');
      f.stmt().call(p, make).call(p, make).ret(reg(p));
    });
    const m = b.machine({ functions: allocators });
    m.run(m.spawn('t', main), 'end');
    const { memory } = m;
    const second = m.threads[0]!.result!;
    assert.equal(memory.describe(second), 'heap#2 (alloc_resource)');
    assert.equal(memory.describe(second + 24n), 'heap#2 (alloc_resource)+24');
    assert.equal(memory.describe(second + 64n), 'heap#2 (alloc_resource)+64');
    assert.match(memory.describe(second + 1000n), /^0x/);
    assert.equal(memory.describe(memory.addressOfGlobal(g) + 40n), 'iomem_resource+40');
    assert.equal(memory.describe(memory.addressOfGlobal(s)), '"dev\\"0"');
    assert.equal(memory.describe(memory.addressOfFunction(make)), 'alloc_resource');
    assert.equal(memory.describe(0n), 'NULL');
    assert.equal(memory.describe(-22n), '-EINVAL');
    const { base, size, name, state, kind } = memory.objectAt(second + 8n)!;
    assert.deepEqual(
      { base, size, name, state, kind },
      {
        base: second,
        size: 64,
        name: 'heap#2 (alloc_resource)',
        state: 'live',
        kind: 'slab',
      },
    );
    assert.equal(memory.objectAt(second + 64n), undefined);
    assert.equal(memory.readString(memory.addressOfGlobal(s)), 'dev"0');
    assert.deepEqual(
      m.liveObjects().map((o) => [o.id, o.size, o.kind]),
      [
        [1, 64, 'slab'],
        [2, 64, 'slab'],
      ],
    );
    assert.equal(m.liveObjects()[0]!.allocatedIn[0]!.func, make);
  });
  it('answers nothing outside the memory', () => {
    const { memory } = new Builder().machine();
    for (const a of [0n, 8n, 0xffff888000000000n, 0xffff888000001000n, 0xfffffffffffffff0n, 1n << 63n, -8n]) {
      assert.equal(memory.read(a, 8), undefined);
      memory.write(a, 8, 1n);
      assert.equal(memory.readString(a), undefined);
      assert.equal(memory.objectAt(a), undefined);
    }
  });
  it('lays out globals that lowering adds while the program runs', () => {
    const b = new Builder();
    let added = -1;
    const late = b.fn('late', [], ulong, (f) => {
      added = b.global('late_static', 8, { bytes: new Uint8Array([9]) });
      const r = f.reg('i64');
      f.stmt()
        .load(r, '64', global(added))
        .store('64', global(added), add(reg(r), i64(1)));
      f.load(r, '64', global(added)).ret(reg(r));
    });
    const main = b.fn('main', [], ulong, (f) => {
      const r = f.reg('i64', 'r');
      f.stmt().stmt().call(r, late).ret(reg(r));
    });
    const m = b.machine();
    const t = m.spawn('t', main);
    m.run(t, 'statement');
    const s = m.snapshot();
    for (let i = 0; i < 3; i++) {
      assert.equal(m.run(t, 'end'), 'end', JSON.stringify(m.events));
      assert.equal(m.threads[t]!.result, 10n);
      m.restore(s);
    }
  });
  it('hands its memory to the next machine, cleared', () => {
    const b = new Builder();
    const g = b.global('x', 8);
    const alloc = b.fn('kmalloc', [ulong], pointer());
    const main = b.fn('main', [], ulong, (f) => {
      const p = f.reg('i64', 'p');
      f.slot(8, 'x');
      f.stmt().enter(0).call(p, alloc, i64(32)).store('64', global(g), reg(p)).store('64', slot(0), i64(1)).ret(reg(p));
    });
    const program = b.program();
    const results = new Set<string>();
    for (let i = 0; i < 4; i++) {
      const m = createStepperOf(program, i);
      assert.equal(m.memory.read(m.memory.addressOfGlobal(g), 8), 0n);
      const t = m.spawn('t', main);
      if (i % 2) m.run(t, 'statement');
      m.run(t, 'end');
      assert.equal(m.statements, 1);
      assert.equal(m.liveObjects().length, 1);
      results.add(`${m.threads[t]!.result}`);
      m.dispose!();
      assert.throws(() => m.run(t, 'end'), /M007/);
    }
    assert.equal(results.size, 1);
  });
});

function createStepperOf(program: ReturnType<Builder['program']>, i: number): Machine {
  return createStepper(program, table({ functions: allocators }), i === 3 ? { trace: true } : {});
}
