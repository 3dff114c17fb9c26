import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BinaryOp, ConvertOp, Expr, RegType, UnaryOp } from '../../../src/c/ir.ts';
import { Builder, bin, i32, i64, int, reg, ulong } from './ir-builder.ts';

/** What an expression is, computed with bigint: i32 and i64 as unsigned numbers of their width; undefined where it traps. */
function evaluate(e: Expr, regs: readonly bigint[]): { type: RegType; value: bigint } | undefined {
  switch (e.op) {
    case 'i32':
      return { type: 'i32', value: BigInt.asUintN(32, BigInt(e.value)) };
    case 'i64':
      return { type: 'i64', value: BigInt.asUintN(64, e.value) };
    case 'reg':
      return e.reg < 2
        ? { type: 'i32', value: BigInt.asUintN(32, regs[e.reg]!) }
        : { type: 'i64', value: BigInt.asUintN(64, regs[e.reg]!) };
    case 'unary': {
      const a = evaluate(e.a, regs);
      return a && unary(e.fn, a.value, e.type);
    }
    case 'convert': {
      const a = evaluate(e.a, regs);
      return a && convert(e.fn, a.value);
    }
    case 'select': {
      const c = evaluate(e.cond, regs);
      const a = evaluate(e.a, regs);
      const b = evaluate(e.b, regs);
      return c && a && b && (c.value !== 0n ? a : b);
    }
    case 'binary': {
      const a = evaluate(e.a, regs);
      const b = a && evaluate(e.b, regs);
      return a && b && binary(e.fn, e.type, a.value, b.value);
    }
    default:
      throw new Error(e.op);
  }
}
function unary(fn: UnaryOp, v: bigint, type: RegType): { type: RegType; value: bigint } {
  const width = type === 'i64' ? 64 : 32;
  const bits = v.toString(2).padStart(width, '0');
  switch (fn) {
    case 'eqz':
      return { type: 'i32', value: v === 0n ? 1n : 0n };
    case 'clz':
      return { type, value: BigInt(v === 0n ? width : bits.indexOf('1')) };
    case 'ctz':
      return { type, value: BigInt(v === 0n ? width : width - 1 - bits.lastIndexOf('1')) };
    case 'popcnt':
      return { type, value: BigInt([...bits].filter((b) => b === '1').length) };
  }
}
function convert(fn: ConvertOp, v: bigint): { type: RegType; value: bigint } {
  const signed = (bits: number, to: number): bigint => BigInt.asUintN(to, BigInt.asIntN(bits, v));
  switch (fn) {
    case 'wrap':
      return { type: 'i32', value: BigInt.asUintN(32, v) };
    case 'exts':
      return { type: 'i64', value: signed(32, 64) };
    case 'extu':
      return { type: 'i64', value: v };
    case 's8':
      return { type: 'i32', value: signed(8, 32) };
    case 's16':
      return { type: 'i32', value: signed(16, 32) };
    case 'u8':
      return { type: 'i32', value: BigInt.asUintN(8, v) };
    case 'u16':
      return { type: 'i32', value: BigInt.asUintN(16, v) };
  }
}
function binary(fn: BinaryOp, type: RegType, a: bigint, b: bigint): { type: RegType; value: bigint } | undefined {
  const w = type === 'i64' ? 64 : 32;
  const s = (v: bigint): bigint => BigInt.asIntN(w, v);
  const number = (v: bigint) => ({ type, value: BigInt.asUintN(w, v) });
  const truth = (v: boolean) => ({ type: 'i32' as const, value: v ? 1n : 0n });
  const count = b & BigInt(w - 1);
  switch (fn) {
    case 'add':
      return number(a + b);
    case 'sub':
      return number(a - b);
    case 'mul':
      return number(a * b);
    case 'divs':
      return b === 0n ? undefined : number(s(a) / s(b));
    case 'divu':
      return b === 0n ? undefined : number(a / b);
    case 'rems':
      return b === 0n ? undefined : number(s(a) % s(b));
    case 'remu':
      return b === 0n ? undefined : number(a % b);
    case 'and':
      return number(a & b);
    case 'or':
      return number(a | b);
    case 'xor':
      return number(a ^ b);
    case 'shl':
      return number(a << count);
    case 'shrs':
      return number(s(a) >> count);
    case 'shru':
      return number(a >> count);
    case 'eq':
      return truth(a === b);
    case 'ne':
      return truth(a !== b);
    case 'lts':
      return truth(s(a) < s(b));
    case 'ltu':
      return truth(a < b);
    case 'les':
      return truth(s(a) <= s(b));
    case 'leu':
      return truth(a <= b);
    case 'gts':
      return truth(s(a) > s(b));
    case 'gtu':
      return truth(a > b);
    case 'ges':
      return truth(s(a) >= s(b));
    case 'geu':
      return truth(a >= b);
  }
}

const numbers: BinaryOp[] = 'add sub mul divs divu rems remu and or xor shl shrs shru'.split(' ') as BinaryOp[];
const truths: BinaryOp[] = 'eq ne lts ltu les leu gts gtu ges geu'.split(' ') as BinaryOp[];
const edge = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    -1n,
    2n,
    31n,
    32n,
    63n,
    64n,
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    1n << 32n,
    (1n << 63n) - 1n,
    1n << 63n,
  ),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
);
const expressions = fc.letrec<{ i32: Expr; i64: Expr }>((tie) => ({
  i32: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'e' },
    fc.oneof(
      edge.map((v) => i32(Number(BigInt.asIntN(32, v)))),
      fc.constantFrom(reg(0), reg(1)),
    ),
    fc.tuple(fc.constantFrom(...numbers, ...truths), tie('i32'), tie('i32')).map(([fn, a, b]) => bin(fn, 'i32', a, b)),
    fc.tuple(fc.constantFrom(...truths), tie('i64'), tie('i64')).map(([fn, a, b]) => bin(fn, 'i64', a, b)),
    fc
      .tuple(fc.constantFrom<UnaryOp>('eqz', 'clz', 'ctz', 'popcnt'), tie('i32'))
      .map(([fn, a]) => ({ op: 'unary' as const, fn, type: 'i32' as const, a })),
    tie('i64').map((a) => ({ op: 'unary' as const, fn: 'eqz' as const, type: 'i64' as const, a })),
    fc
      .tuple(fc.constantFrom<ConvertOp>('s8', 'u8', 's16', 'u16'), tie('i32'))
      .map(([fn, a]) => ({ op: 'convert' as const, fn, a })),
    tie('i64').map((a) => ({ op: 'convert' as const, fn: 'wrap' as const, a })),
    fc
      .tuple(tie('i32'), tie('i32'), tie('i32'))
      .map(([cond, a, b]) => ({ op: 'select' as const, type: 'i32' as const, cond, a, b })),
  ),
  i64: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'e' },
    fc.oneof(
      edge.map((v) => i64(v)),
      fc.constantFrom(reg(2), reg(3)),
    ),
    fc.tuple(fc.constantFrom(...numbers), tie('i64'), tie('i64')).map(([fn, a, b]) => bin(fn, 'i64', a, b)),
    fc
      .tuple(fc.constantFrom<UnaryOp>('clz', 'ctz', 'popcnt'), tie('i64'))
      .map(([fn, a]) => ({ op: 'unary' as const, fn, type: 'i64' as const, a })),
    fc
      .tuple(fc.constantFrom<ConvertOp>('exts', 'extu'), tie('i32'))
      .map(([fn, a]) => ({ op: 'convert' as const, fn, a })),
    fc
      .tuple(tie('i32'), tie('i64'), tie('i64'))
      .map(([cond, a, b]) => ({ op: 'select' as const, type: 'i64' as const, cond, a, b })),
  ),
}));

describe('machine: arithmetic', () => {
  it('agrees with bigint arithmetic on random expressions', () => {
    fc.assert(
      fc.property(
        fc.array(expressions.i64, { minLength: 12, maxLength: 12 }),
        fc.array(edge, { minLength: 4, maxLength: 4 }),
        (es, values) => {
          const b = new Builder();
          es.forEach((e, i) => {
            b.fn(`f${i}`, [int, int, ulong, ulong], ulong, (f) => f.stmt().ret(e) && undefined);
          });
          const m = b.machine();
          const start = m.snapshot();
          es.forEach((e, i) => {
            m.restore(start);
            const t = m.spawn('t', i, values);
            const stop = m.run(t, 'end');
            const want = evaluate(e, values);
            if (want === undefined) assert.equal(stop, 'fatal');
            else {
              assert.equal(stop, 'end');
              assert.equal(m.threads[t]!.result, want.value);
            }
          });
          m.dispose!();
        },
      ),
      { numRuns: 60 },
    );
  });
});
