import { type Code, Op } from './encode.ts';

/*
 * A name for the bytes of a range, as a function of the runtime module: an exploration names the state in which each execution
 * ends. Four independent lanes, so that multiplications overlap. Each step of a lane is a bijection both of what the lane
 * held and of the word it takes in, so that ranges that differ in one word never have the same name.
 */

const LANES = 4;
/** Odd constants of the 64-bit xxHash (Y. Collet, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). */
const MULTIPLIER = [0x9e3779b1, 0x85ebca87] as const;
const START: readonly (readonly [number, number])[] = [
  [0xc2b2ae3d, 0x27d4eb4f],
  [0x165667b1, 0x9e3779f9],
  [0x85ebca77, 0xc2b2ae63],
  [0x27d4eb2f, 0x165667c5],
];
const ROTATE = 29;

/** (from, to, seed i64) → i64. */
export function digestRange(c: Code): void {
  const [from, to, seed, first] = [0, 1, 2, 3];
  const lane = (i: number): number => first + i;
  const constant = ([high, low]: readonly [number, number]): void => c.i64(high | 0, low | 0);
  /** Takes what `word` pushes into a lane. */
  const take = (at: number, word: () => void): void => {
    c.get(at);
    word();
    c.op(Op.i64Xor);
    c.i64(0, ROTATE);
    c.op(Op.i64Rotr);
    constant(MULTIPLIER);
    c.op(Op.i64Mul);
    c.set(at);
  };
  /** As long as `bytes` are left. */
  const each = (bytes: number, act: () => void): void => {
    c.open(Op.block);
    c.open(Op.loop);
    c.get(to);
    c.get(from);
    c.op(Op.i32Sub);
    c.i32(bytes);
    c.op(Op.i32LtU);
    c.brIf(1);
    act();
    c.get(from);
    c.i32(bytes);
    c.op(Op.i32Add);
    c.set(from);
    c.br(0);
    c.end();
    c.end();
  };
  for (let i = 0; i < LANES; i++) {
    c.get(seed);
    constant(START[i]!);
    c.op(Op.i64Xor);
    c.set(lane(i));
  }
  // How long it is: zeros at the end count.
  take(lane(0), () => {
    c.get(to);
    c.get(from);
    c.op(Op.i32Sub);
    c.op(Op.i64ExtendI32U);
  });
  each(8 * LANES, () => {
    for (let i = 0; i < LANES; i++)
      take(lane(i), () => {
        c.get(from);
        c.mem(Op.i64Load, 8 * i);
      });
  });
  each(8, () =>
    take(lane(0), () => {
      c.get(from);
      c.mem(Op.i64Load, 0);
    }),
  );
  each(1, () =>
    take(lane(1), () => {
      c.get(from);
      c.mem(Op.i32Load8U, 0);
      c.op(Op.i64ExtendI32U);
    }),
  );
  for (let i = 1; i < LANES; i++) take(lane(0), () => c.get(lane(i)));
  // What the last words changed reaches every bit.
  take(lane(0), () => {
    c.get(lane(0));
    c.i64(0, 32);
    c.op(Op.i64ShrU);
  });
  c.get(lane(0));
}
