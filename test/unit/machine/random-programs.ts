import fc from 'fast-check';
import {
  add,
  type Body,
  type Builder,
  bin,
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

/** One step of a random function; numbers are taken modulo what there is. */
type Step = {
  readonly op: 'arith' | 'load' | 'store' | 'heap' | 'free' | 'call' | 'scope' | 'copy' | 'stmt' | 'indirect';
  readonly x: number;
  readonly y: number;
};
export interface Shape {
  readonly blocks: readonly {
    readonly steps: readonly Step[];
    readonly next: number;
    readonly other: number;
    readonly bit: number;
  }[];
}
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(
    'arith',
    'arith',
    'load',
    'store',
    'heap',
    'free',
    'call',
    'scope',
    'copy',
    'stmt',
    'stmt',
    'stmt',
    'indirect',
  ),
  x: fc.nat(63),
  y: fc.nat(63),
});
export const shape: fc.Arbitrary<Shape> = fc.record({
  blocks: fc.array(
    fc.record({ steps: fc.array(step, { maxLength: 9 }), next: fc.nat(20), other: fc.nat(20), bit: fc.nat(5) }),
    { minLength: 1, maxLength: 9 },
  ),
});

const VARIABLES = 5;

/** Any graph of blocks, with variables that may be unset, wild jumps, overflows of slots and heap objects. */
export function build(b: Builder, shapes: readonly Shape[]): { entry: number } {
  const g = b.global('g', 64);
  const alloc = b.fn('kmalloc', [ulong], pointer());
  const free = b.fn('kfree', [pointer()], voidType);
  const first = b.functions.length;
  shapes.forEach(({ blocks }, index) => {
    b.fn(`f${index}`, [int, ulong], ulong, (f: Body, p0, p1) => {
      const v: number[] = [p1];
      for (let i = 1; i < VARIABLES; i++) v.push(f.reg('i64', `v${i}`));
      const heap = f.reg('i64', 'heap');
      const s = f.slot(24, 's');
      f.stmt()
        .enter(s)
        .set(heap, global(g))
        .set(v[1]!, i64(5))
        .set(v[2]!, { op: 'convert', fn: 'exts', a: reg(p0) });
      f.jump(1);
      blocks.forEach(({ steps, next, other, bit }) => {
        f.block();
        f.stmt();
        for (const { op, x, y } of steps) {
          const a = v[x % VARIABLES]!;
          const c = v[y % VARIABLES]!;
          if (op === 'arith')
            f.set(a, bin((['add', 'mul', 'xor', 'sub'] as const)[(x + y) % 4]!, 'i64', reg(a), reg(c)));
          else if (op === 'load') {
            const t = f.reg('i64');
            f.load(
              t,
              '64',
              x % 3 === 0
                ? slot(s, y === 3 ? 20 : y % 16)
                : x % 3 === 1
                  ? global(g, y % 57)
                  : add(reg(heap), i64(y % 57)),
              y % 4 === 0,
            );
            f.set(a, bin('add', 'i64', reg(a), reg(t)));
          } else if (op === 'store') {
            f.store(
              '64',
              x % 3 === 0
                ? slot(s, y === 3 ? 20 : y % 16)
                : x % 3 === 1
                  ? global(g, y % 57)
                  : add(reg(heap), i64(y % 40)),
              reg(c),
            );
          } else if (op === 'heap') f.call(heap, alloc, i64(y === 1 ? 20 : 64));
          else if (op === 'free') f.call(undefined, free, y === 2 ? reg(heap) : i64(0));
          else if (op === 'scope') f.enter(s);
          else if (op === 'copy') f.copy(slot(s), add(reg(heap), i64(y % 24)), 16);
          else if (op === 'stmt') f.stmt();
          else {
            // Mostly forwards, so that recursion is rare.
            const target = first + (y === 4 ? x % shapes.length : index + 1 + (x % 2));
            if (target >= first + shapes.length) continue;
            const args = [i32(y), reg(c)];
            if (op === 'call') f.call(a, target, ...args);
            else {
              const signature = { params: ['i32', 'i64'] as const, result: 'i64' as const, variadic: false };
              f.call(a, { kind: 'indirect', address: { op: 'func', func: target }, signature }, ...args);
            }
          }
        }
        if (next % 3 === 0) f.ret(reg(v[other % VARIABLES]!));
        else {
          const cond = bin(
            'and',
            'i32',
            { op: 'convert', fn: 'wrap', a: bin('shru', 'i64', reg(v[0]!), i64(bit)) },
            i32(1),
          );
          f.set(v[0]!, bin('add', 'i64', reg(v[0]!), i64(3)));
          f.branch(cond, 1 + (next % blocks.length), 1 + (other % blocks.length));
        }
      });
    });
  });
  return { entry: first };
}
