import assert from 'node:assert/strict';
import type { Expr } from '../../../src/c/ir.ts';
import type { CType } from '../../../src/c/types.ts';
import type { MachineEvent, MachineRule, Stop } from '../../../src/machine/api.ts';
import {
  add,
  allocators,
  type Body,
  Builder,
  bin,
  func,
  global,
  i32,
  i64,
  int,
  pointer,
  reg,
  slot,
  ulong,
  voidType,
} from './ir-builder.ts';

type Problem = Extract<MachineEvent, { kind: 'problem' }>;
interface Setup {
  readonly b: Builder;
  readonly kmalloc: number;
  readonly kzalloc: number;
  readonly kfree: number;
}
/** Runs `main` in each variant of the code; both must find the same. */
function problems(
  build: (f: Body, s: Setup) => void,
  options: { wordSize?: 4 | 8; declare?: (b: Builder) => void; returns?: CType } = {},
): { stop: Stop; found: Problem[] } {
  let first: { stop: Stop; found: Problem[] } | undefined;
  for (const until of ['end', 'statement', 'visible', 'instruction'] as const) {
    const b = new Builder(options.wordSize ?? 8);
    const size = options.wordSize === 4 ? ({ ...ulong, size: 4 } as const) : ulong;
    const kmalloc = b.fn('kmalloc', [size], pointer());
    const kzalloc = b.fn('kzalloc', [size], pointer());
    const kfree = b.fn('kfree', [pointer()], voidType);
    options.declare?.(b);
    const main = b.fn('main', [], options.returns ?? int, (f) => build(f, { b, kmalloc, kzalloc, kfree }));
    const m = b.machine({ functions: allocators });
    const t = m.spawn('main', main);
    let stop = m.run(t, until);
    while (until !== 'end' && stop === until) stop = m.run(t, until);
    const found = m.events.filter((e): e is Problem => e.kind === 'problem');
    const result = { stop, found };
    if (first) assert.deepEqual(result, first, `${until} differs from end`);
    else first = result;
  }
  return first!;
}
function expectOne(
  result: { stop: Stop; found: Problem[] },
  rule: MachineRule,
  message: RegExp,
  stop: Stop = 'fatal',
): Problem {
  assert.equal(result.found.length, 1, JSON.stringify(result.found.map((p) => p.message)));
  const p = result.found[0]!;
  assert.equal(p.rule, rule, p.message);
  assert.match(p.message, message);
  assert.equal(result.stop, stop);
  return p;
}
/** Loads 4 bytes from an address. */
const peek = (f: Body, address: Expr): void => {
  const r = f.reg('i32');
  f.stmt().load(r, '32', address).stmt().ret(reg(r));
};

describe('machine: sanitizers', () => {
  it('reports null and near-null accesses', () => {
    expectOne(
      problems((f) => peek(f, i64(0))),
      'null-dereference',
      /^read of 4 bytes at NULL$/,
    );
    const p = expectOne(
      problems((f) => peek(f, i64(0x28))),
      'null-dereference',
      /0x28 \(NULL plus 40\)/,
    );
    assert.equal(p.stack.length, 1);
    assert.equal(p.fatal, true);
    assert.equal(p.loc, p.stack[0]!.loc);
  });
  it('names the errno of an error pointer', () => {
    expectOne(
      problems((f) => peek(f, i64(-16))),
      'wild-dereference',
      /ERR_PTR\(-EBUSY\)/,
    );
    expectOne(
      problems((f) => peek(f, i32(-12)), { wordSize: 4 }),
      'wild-dereference',
      /ERR_PTR\(-ENOMEM\)/,
    );
  });
  it('reports addresses that are none, and functions read as data', () => {
    for (const wild of [0x1000n, 0x5f5f5f5f5f5f5f5fn, 0xffff888080000000n, 0xffff888000000000n, 0xfffe888004500000n]) {
      expectOne(
        problems((f) => peek(f, i64(wild))),
        'wild-dereference',
        /no address of this machine|nothing was ever/,
      );
    }
    expectOne(
      problems((f) => peek(f, func(1))),
      'wild-dereference',
      /the function kzalloc/,
    );
    expectOne(
      problems((f) => peek(f, i32(0x12345678)), { wordSize: 4 }),
      'wild-dereference',
      /no address/,
    );
  });
  it('reports heap overflows with object, size and offset', () => {
    const at = (offset: number, alloc = 64) =>
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        f.stmt().call(p, s.kzalloc, i64(alloc));
        peek(f, add(reg(p), i64(offset)));
      });
    assert.deepEqual(at(60).found, []);
    const p = expectOne(
      at(64),
      'out-of-bounds',
      /read of 4 bytes 0 bytes past the end of heap#1 \(main\), which has 64 bytes/,
    );
    assert.equal(p.related.length, 1);
    expectOne(at(62), 'out-of-bounds', /at offset 62, past the end/);
    expectOne(at(-4), 'out-of-bounds', /4 bytes before the start of heap#1/);
    expectOne(at(127), 'out-of-bounds', /63 bytes past the end/);
    expectOne(at(0, 3), 'out-of-bounds', /at offset 0, past the end of heap#1 \(main\), which has 3 bytes/);
  });
  it('reports use after free with both places, and double and invalid free', () => {
    const p = expectOne(
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        f.stmt().call(p, s.kzalloc, i64(32)).stmt().call(undefined, s.kfree, reg(p));
        peek(f, add(reg(p), i64(24)));
      }),
      'use-after-free',
      /read of 4 bytes at offset 24 of heap#1 \(main\) \(32 bytes\), which was freed/,
    );
    assert.deepEqual(
      p.related.map((r) => r.loc - p.loc),
      [-2, -1],
    );
    expectOne(
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        f.stmt().call(p, s.kmalloc, i64(32));
        f.stmt().call(undefined, s.kfree, reg(p)).stmt().call(undefined, s.kfree, reg(p)).ret(i32(0));
      }),
      'double-free',
      /freed already/,
    );
    expectOne(
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        f.stmt()
          .call(p, s.kmalloc, i64(32))
          .stmt()
          .call(undefined, s.kfree, add(reg(p), i64(8)))
          .ret(i32(0));
      }),
      'invalid-free',
      /free of heap#1 \(main\)\+8/,
    );
  });
  it('reports reads of heap memory that was never written, once, and goes on', () => {
    const result = problems((f, s) => {
      const p = f.reg('i64', 'p');
      const r = f.reg('i32');
      f.stmt().call(p, s.kmalloc, i64(32)).stmt().store('32', reg(p), i32(1));
      f.stmt()
        .load(r, '32', reg(p))
        .load(r, '32', add(reg(p), i64(4)));
      f.load(r, '32', add(reg(p), i64(4)))
        .stmt()
        .ret(reg(r));
    });
    const p = expectOne(
      result,
      'uninitialised-read',
      /at offset 4 of heap#1 \(main\) \(32 bytes\), never written/,
      'end',
    );
    assert.equal(p.fatal, false);
  });
  it('lets partial loads read unwritten bytes, but not unaddressable ones', () => {
    const partial = (offset: number) =>
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        const r = f.reg('i32');
        f.stmt()
          .call(p, s.kmalloc, i64(8))
          .stmt()
          .load(r, '32', add(reg(p), i64(offset)), true)
          .ret(reg(r));
      });
    assert.deepEqual(partial(4).found, []);
    expectOne(partial(8), 'out-of-bounds', /past the end/);
  });
  it('knows scopes, sizes and unwritten bytes of stack variables', () => {
    const escaping = (after: (f: Body, p: number) => void, leave = false) =>
      problems((f) => {
        const x = f.slot(12, 'x');
        const p = f.reg('i64', 'p');
        f.stmt().enter(x).set(p, slot(x));
        if (leave) f.leave(x);
        after(f, p);
      });
    expectOne(
      escaping((f, p) => peek(f, reg(p))),
      'uninitialised-read',
      /x of main, never written/,
      'end',
    );
    expectOne(
      escaping((f, p) => peek(f, add(reg(p), i64(12)))),
      'out-of-bounds',
      /0 bytes past the end of x of main, which has 12/,
    );
    expectOne(
      escaping((f, p) => peek(f, reg(p)), true),
      'use-after-free',
      /x of main, outside of its scope/,
    );
    const written = escaping((f, p) => {
      f.stmt().store('32', slot(0, 8), i32(7));
      peek(f, add(reg(p), i64(8)));
    });
    assert.deepEqual(written, { stop: 'end', found: [] });
  });
  it('reports the stack memory of a function that has returned', () => {
    expectOne(
      problems(
        (f, s) => {
          const p = f.reg('i64', 'p');
          f.stmt().call(
            p,
            s.b.functions.findIndex((x) => x.name === 'leak'),
          );
          peek(f, reg(p));
        },
        {
          declare: (b) =>
            b.fn('leak', [], pointer(), (f) => {
              const x = f.slot(8, 'x');
              f.stmt().enter(x).store('64', slot(x), i64(1)).ret(slot(x));
            }),
        },
      ),
      'use-after-free',
      /function that has returned/,
    );
  });
  it('reports globals: bounds, constants, externs', () => {
    const declare = (b: Builder): void => {
      b.global('counter', 8);
      b.global('.str', 6, { constant: true, string: true, bytes: new TextEncoder().encode('hello') });
      b.global('nowhere', 4, { external: true });
      b.global('limits', 16, { constant: true });
    };
    assert.deepEqual(problems((f) => peek(f, global(0, 4)), { declare }).found, []);
    expectOne(
      problems((f) => peek(f, global(0, 8)), { declare }),
      'out-of-bounds',
      /0 bytes past the end of counter/,
    );
    expectOne(
      problems((f) => f.stmt().store('u8', global(1), i32(65)).ret(i32(0)) && undefined, { declare }),
      'write-to-constant',
      /write of 1 byte to constant a string literal/,
    );
    expectOne(
      problems(
        (f) => {
          const p = f.reg('i64', 'p');
          f.stmt()
            .set(p, global(3))
            .stmt()
            .store('64', add(reg(p), i64(8)), i64(1))
            .ret(i32(0));
        },
        { declare },
      ),
      'write-to-constant',
      /constant limits\+8/,
    );
    expectOne(
      problems((f) => peek(f, global(2)), { declare }),
      'not-executable',
      /nowhere, which is declared extern/,
    );
    const r = problems(
      (f) => {
        const c = f.reg('i32');
        const p = f.reg('i64', 'p');
        f.stmt()
          .set(p, global(1))
          .stmt()
          .load(c, 'u8', add(reg(p), i64(1)))
          .ret(reg(c));
      },
      { declare },
    );
    assert.deepEqual(r, { stop: 'end', found: [] });
  });
  it('moves initialisedness with struct assignments', () => {
    expectOne(
      problems((f) => {
        const a = f.slot(16, 'a');
        const c = f.slot(16, 'c');
        const r = f.reg('i32');
        f.stmt().enter(a).enter(c).store('64', slot(a), i64(5)).copy(slot(c), slot(a), 16);
        f.stmt().load(r, '32', slot(c)).stmt().load(r, '32', slot(c, 8)).ret(reg(r));
      }),
      'uninitialised-read',
      /c of main\+8/,
      'end',
    );
    expectOne(
      problems((f, s) => {
        const p = f.reg('i64', 'p');
        const a = f.slot(64, 'a');
        f.stmt().enter(a).call(p, s.kzalloc, i64(32)).stmt().copy(slot(a), reg(p), 64).ret(i32(0));
      }),
      'out-of-bounds',
      /read of 64 bytes at offset 0, past the end of heap#1/,
    );
    expectOne(
      problems((f) => f.stmt().zero(i64(0), 24).ret(i32(0)) && undefined),
      'null-dereference',
      /write of 24 bytes at NULL/,
    );
  });
  it('reports shifts out of range and masks the count as x86 does', () => {
    const b = new Builder();
    const main = b.fn('main', [int], ulong, (f, n) => {
      const r = f.reg('i64');
      f.stmt()
        .set(r, bin('shl', 'i64', i64(1), { op: 'convert', fn: 'exts', a: reg(n) }, 77))
        .ret(reg(r));
    });
    const m = b.machine();
    const t = m.spawn('t', main, [66n]);
    assert.equal(m.run(t, 'end'), 'end');
    assert.equal(m.threads[t]!.result, 4n);
    const [event] = m.events;
    assert(event?.kind === 'problem' && event.rule === 'shift-range' && !event.fatal);
    assert.equal(event.loc, 77);
    assert.match(event.message, /64-bit value by 66/);
  });
  it('ends at a division by zero; the most negative number by -1 wraps', () => {
    expectOne(
      problems((f) => {
        const n = f.reg('i32', 'n');
        f.stmt()
          .set(n, i32(0))
          .stmt()
          .set(n, bin('divs', 'i32', i32(5), reg(n)))
          .ret(reg(n));
      }),
      'division-by-zero',
      /division by zero/,
    );
    const b = new Builder();
    const main = b.fn(
      'main',
      [ulong, ulong],
      ulong,
      (f, x, y) => f.stmt().ret(bin('divs', 'i64', reg(x), reg(y))) && undefined,
    );
    const m = b.machine();
    m.run(m.spawn('t', main, [1n << 63n, -1n]), 'end');
    assert.equal(m.threads[0]!.result, 1n << 63n);
  });
  it('reports variables read before they are written, only where that happens', () => {
    const build = (value: number) =>
      problems((f) => {
        const c = f.reg('i32', 'c');
        const x = f.reg('i32', 'x');
        f.stmt().set(c, i32(value)).branch(reg(c), 1, 2);
        f.block();
        f.stmt().set(x, i32(1)).jump(2);
        f.block();
        f.stmt().ret(reg(x));
      });
    assert.deepEqual(build(1).found, []);
    expectOne(build(0), 'uninitialised-read', /^x is read before it is written$/, 'end');
  });
  it('reports calls through wild and null pointers, and with too few arguments', () => {
    const call = (address: Expr) =>
      problems((f) => {
        f.stmt()
          .call(undefined, { kind: 'indirect', address, signature: { params: [], variadic: false } })
          .ret(i32(0));
      });
    expectOne(call(i64(0)), 'null-dereference', /null function pointer/);
    expectOne(call(i64(0x123456789abcdefn)), 'wild-dereference', /call of 0x123456789abcdef, which is no function/);
    expectOne(call(add(func(0), i64(1))), 'wild-dereference', /no function/);
    expectOne(call(func(500)), 'wild-dereference', /no function/);
    expectOne(call(func(0)), 'api-misuse', /kmalloc takes 1 arguments and is called with 0/);
  });
  it('reports unreachable code that is reached', () => {
    expectOne(
      problems((f) => f.stmt().end({ op: 'unreachable', why: 'fell off the end', loc: 9 }) && undefined),
      'unreachable-reached',
      /fell off the end/,
    );
  });
});
