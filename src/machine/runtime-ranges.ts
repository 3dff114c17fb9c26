import { type Code, Op } from './encode.ts';
import { Control, GRANULE_SHIFT, type Layout, LOG_ENTRY_BYTES, WATCH_BYTES } from './layout.ts';
import { load, store } from './runtime-trace.ts';
import { Access, Tolerate } from './shadow.ts';

/*
 * Functions of the runtime that look at ranges of the data region: which bytes may be touched, and which accesses are noted
 * rather than stopped at.
 */

/** (offset, size, tolerance) → 1 when every byte has the rights that are not tolerated. Eight bytes at a time. */
export function rangeIsGood(c: Code, layout: Layout): void {
  const { shadow, mask } = layout;
  // A range that leaves the data region is bad; sizes are below 2^31, so the sum does not wrap.
  c.get(0);
  c.get(1);
  c.op(Op.i32Add);
  c.i32(mask);
  c.op(Op.i32GtU);
  c.open(Op.if);
  c.i32(0);
  c.op(Op.return);
  c.end();
  const each = (size: number, bad: () => void): void => {
    c.open(Op.block);
    c.open(Op.loop);
    c.get(1);
    c.i32(size);
    c.op(Op.i32LtU);
    c.brIf(1);
    c.get(0);
    bad();
    c.open(Op.if);
    c.i32(0);
    c.op(Op.return);
    c.end();
    c.get(0);
    c.i32(size);
    c.op(Op.i32Add);
    c.set(0);
    c.get(1);
    c.i32(size);
    c.op(Op.i32Sub);
    c.set(1);
    c.br(0);
    c.end();
    c.end();
  };
  each(8, () => {
    c.mem(Op.i64Load, shadow);
    c.get(2);
    c.op(Op.i64ExtendI32U);
    c.i64(0x01010101, 0x01010101);
    c.op(Op.i64Mul);
    c.op(Op.i64Or);
    c.i64(-1, -1);
    c.op(Op.i64Ne);
  });
  each(1, () => {
    c.mem(Op.i32Load8U, shadow);
    c.get(2);
    c.op(Op.i32Or);
    c.i32(0xff);
    c.op(Op.i32Ne);
  });
  c.i32(1);
}

/** (base, offset, size) → 1 where these bytes may not be read. Notes where all of their granule may. `rangeIsGoodIndex`: of that function in the module. */
export function unreadable(c: Code, layout: Layout, rangeIsGoodIndex: number): void {
  const { mask, stacks, readable } = layout;
  c.get(0);
  c.i32(mask);
  c.op(Op.i32GtU);
  c.open(Op.if);
  c.i32(1);
  c.op(Op.return);
  c.end();
  c.get(0);
  c.get(1);
  c.op(Op.i32Add);
  c.tee(0);
  c.get(2);
  c.i32(Tolerate.load);
  c.call(rangeIsGoodIndex);
  c.op(Op.i32Eqz);
  c.open(Op.if);
  c.i32(1);
  c.op(Op.return);
  c.end();
  // Frames come and go too fast to be noted.
  c.get(0);
  c.i32(stacks);
  c.op(Op.i32LtU);
  c.open(Op.if);
  c.get(0);
  c.i32(-(1 << GRANULE_SHIFT));
  c.op(Op.i32And);
  c.i32(1 << GRANULE_SHIFT);
  c.i32(Tolerate.load);
  c.call(rangeIsGoodIndex);
  c.open(Op.if);
  c.get(0);
  c.i32(GRANULE_SHIFT);
  c.op(Op.i32ShrU);
  c.i32(1);
  c.mem(Op.i32Store8, readable);
  c.end();
  c.end();
  c.i32(0);
}

/** (offset, size) → 1 where a byte of the range lies in a word that is, by its hash, watched. */
export function watched(c: Code, layout: Layout): void {
  const end = 2;
  load(c, Control.watching);
  c.get(1);
  c.op(Op.i32Eqz);
  c.op(Op.i32Eqz);
  c.op(Op.i32And);
  c.open(Op.if);
  c.get(0);
  c.get(1);
  c.op(Op.i32Add);
  c.i32(1);
  c.op(Op.i32Sub);
  c.i32(3);
  c.op(Op.i32ShrU);
  c.set(end);
  c.get(0);
  c.i32(3);
  c.op(Op.i32ShrU);
  c.set(0);
  c.open(Op.loop);
  c.get(0);
  c.i32(WATCH_BYTES - 1);
  c.op(Op.i32And);
  c.mem(Op.i32Load8U, layout.watch);
  c.open(Op.if);
  c.i32(1);
  c.op(Op.return);
  c.end();
  c.get(0);
  c.i32(1);
  c.op(Op.i32Add);
  c.tee(0);
  c.get(end);
  c.op(Op.i32GtU);
  c.op(Op.i32Eqz);
  c.brIf(0);
  c.end();
  c.end();
  c.i32(0);
}

/** (offset, size, info, loc) → 1 where there is no room to note it. */
export function note(c: Code): void {
  const at = 4;
  load(c, Control.logPosition);
  c.tee(at);
  c.i32(2 * LOG_ENTRY_BYTES);
  c.op(Op.i32Add);
  load(c, Control.logEnd);
  c.op(Op.i32GtU);
  c.open(Op.if);
  c.i32(1);
  c.op(Op.return);
  c.end();
  c.get(at);
  c.get(0);
  c.mem(Op.i32Store, 0);
  c.get(at);
  c.get(1);
  c.i32(8);
  c.op(Op.i32Shl);
  c.get(2);
  c.i32(Access.write | Access.copy);
  c.op(Op.i32And);
  c.op(Op.i32Or);
  c.mem(Op.i32Store, 4);
  c.get(at);
  c.get(3);
  c.mem(Op.i32Store, 8);
  store(c, Control.logPosition, () => {
    c.get(at);
    c.i32(LOG_ENTRY_BYTES);
    c.op(Op.i32Add);
  });
  c.i32(0);
}
