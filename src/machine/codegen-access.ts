import type { Expr, MemType } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { type KnownAddress, knownAddress } from './codegen-expr.ts';
import { FRAME, FrameGenerator, OFFSET, STATUS } from './codegen-frame.ts';
import { Op } from './encode.ts';
import { malformedIr } from './errors.ts';
import { Control } from './layout.ts';
import { Import } from './runtime-imports.ts';
import { Access, Tolerate } from './shadow.ts';

export const accessSize: Readonly<Record<MemType, 1 | 2 | 4 | 8>> = { s8: 1, u8: 1, s16: 2, u16: 2, '32': 4, '64': 8 };
export const loadOp: Readonly<Record<MemType, number>> = {
  s8: Op.i32Load8S,
  u8: Op.i32Load8U,
  s16: Op.i32Load16S,
  u16: Op.i32Load16U,
  '32': Op.i32Load,
  '64': Op.i64Load,
};
export const storeOp: Readonly<Record<MemType, number>> = {
  s8: Op.i32Store8,
  u8: Op.i32Store8,
  s16: Op.i32Store16,
  u16: Op.i32Store16,
  '32': Op.i32Store,
  '64': Op.i64Store,
};
/** Slots up to this size are filled by stores, larger ones by memory.fill. */
const INLINE_FILL = 64;
/** Checked accesses to memory, and fills of slots. */
export abstract class AccessGenerator extends FrameGenerator {
  protected noLoop(loop: number): never {
    throw malformedIr(this.name, `loop ${loop} of ${this.plan.loops.length}`);
  }

  /** Calls a range helper whose operands are on the stack; it answers a status. */
  protected finishRange(helper: number, loc: Loc, point: number): void {
    const { code } = this;
    code.i32(loc);
    code.get(FRAME);
    code.call(helper);
    this.leaveOnStatus(point);
  }

  /** Consumes a status: unless it is `done`, the frame is saved to go on at `point`, and the function returns it. */
  protected leaveOnStatus(point: number): void {
    const { code } = this;
    code.tee(STATUS);
    code.open(Op.if);
    this.nest++;
    this.exit(undefined, point);
    this.nest--;
    code.end();
  }

  /**
   * Checks an access and answers a function that pushes the i32 base of the access and answers the immediate offset.
   * Slots and globals named directly need fewer checks: where they lie is known.
   */
  protected access(addr: Expr, size: number, info: number, tolerate: number, loc: Loc, point: number): () => number {
    const { code } = this;
    const known = knownAddress(addr);
    if (known?.base === 'slot' && this.insideSlot(known, size)) {
      const at = this.plan.slots[known.index]! + known.offset;
      // Its own stack: no other thread sees it by this name. Only its initialisedness is in question.
      if (tolerate === Tolerate.store) {
        if (this.variant.stops) this.checkShadow(size, at, Tolerate.partial, addr, info, loc, point);
        code.get(FRAME);
        this.pushOnes(size);
        code.mem(size === 8 ? Op.i64Store : shadowStore(size), this.layout.shadow + at);
      } else this.checkShadow(size, at, tolerate, addr, info, loc, point);
      return () => {
        code.get(FRAME);
        return at;
      };
    }
    if (
      known?.base === 'global' &&
      this.env.plainGlobal(known.index, known.offset, size, (info & Access.write) !== 0)
    ) {
      if (this.variant.stops) {
        code.i32(0);
        code.mem(Op.i32Load, Control.stopAccesses);
        this.slow(() => this.emitAs(addr, this.wordType), info, loc, point);
      }
      const at = this.globalOffset(known.index) + known.offset;
      return () => {
        code.i32(0);
        return at;
      };
    }
    return this.checkAnywhere(addr, size, info, tolerate, loc, point);
  }

  protected insideSlot(known: KnownAddress, size: number): boolean {
    const slot = this.plan.body.slots[known.index];
    return slot !== undefined && known.offset >= 0 && known.offset + size <= slot.size;
  }

  /** Shadow of a place in this frame; on anything unusual the slow path. */
  protected checkShadow(
    size: number,
    at: number,
    tolerate: number,
    addr: Expr,
    info: number,
    loc: Loc,
    point: number,
  ): void {
    const { code } = this;
    code.get(FRAME);
    this.shadowIsBad(size, tolerate, this.layout.shadow + at);
    if (this.variant.stops) this.orStop();
    this.slow(() => this.emitAs(addr, this.wordType), info, loc, point);
  }

  protected checkAnywhere(
    addr: Expr,
    size: number,
    info: number,
    tolerate: number,
    loc: Loc,
    point: number,
  ): () => number {
    const { code, layout } = this;
    const wide = layout.wordSize === 8;
    const address = this.temp(this.wordType, 0);
    this.emitAs(addr, this.wordType);
    code.tee(address);
    if (wide) code.op(Op.i32WrapI64);
    code.i32(layout.mask);
    code.op(Op.i32And);
    code.tee(OFFSET);
    this.shadowIsBad(size, tolerate, layout.shadow);
    code.get(address);
    if (wide) {
      code.i64(0, layout.log);
      code.op(Op.i64ShrU);
      const top = layout.dataBase >> BigInt(layout.log);
      this.bigConstant(top);
      code.op(Op.i64Ne);
    } else {
      code.i32(layout.log);
      code.op(Op.i32ShrU);
      code.i32(layout.dataBaseLow >>> layout.log);
      code.op(Op.i32Ne);
    }
    code.op(Op.i32Or);
    if (this.variant.stops) this.orStop();
    this.slow(() => code.get(address), info, loc, point);
    return () => {
      code.get(OFFSET);
      return 0;
    };
  }

  protected orStop(): void {
    this.code.i32(0);
    this.code.mem(Op.i32Load, Control.stopAccesses);
    this.code.op(Op.i32Or);
  }

  /** From the i32 base on the stack: nonzero if any of the shadow bytes lacks a right. */
  protected shadowIsBad(size: number, tolerate: number, offset: number): void {
    const { code } = this;
    const spread = tolerate * 0x01010101;
    switch (size) {
      case 8:
        code.mem(Op.i64Load, offset);
        if (tolerate) {
          code.i64(spread, spread);
          code.op(Op.i64Or);
        }
        code.i64(-1, -1);
        code.op(Op.i64Ne);
        return;
      case 4:
        code.mem(Op.i32Load, offset);
        break;
      case 2:
        code.mem(Op.i32Load16S, offset);
        break;
      default:
        code.mem(Op.i32Load8S, offset);
    }
    if (tolerate) {
      code.i32(spread);
      code.op(Op.i32Or);
    }
    code.i32(-1);
    code.op(Op.i32Ne);
  }

  /** On the condition on the stack: asks the runtime, and leaves if it says so. */
  protected slow(address: () => void, info: number, loc: Loc, point: number): void {
    const { code } = this;
    code.open(Op.if);
    this.nest++;
    address();
    code.i32(info);
    code.i32(loc);
    code.get(FRAME);
    code.call(Import.slow);
    this.leaveOnStatus(point);
    this.nest--;
    code.end();
  }

  protected pushOnes(size: number): void {
    if (size === 8) this.code.i64(-1, -1);
    else this.code.i32(-1);
  }

  /** Fills bytes at the pushed base plus `offset`. */
  protected fill(base: () => void, offset: number, value: number, size: number): void {
    const { code } = this;
    if (size === 0) return;
    const spread = value * 0x01010101;
    if (size <= INLINE_FILL) {
      let at = 0;
      for (; at + 8 <= size; at += 8) {
        base();
        code.i64(spread, spread);
        code.mem(Op.i64Store, offset + at);
      }
      for (const step of [4, 2, 1]) {
        if (size - at < step) continue;
        base();
        code.i32(spread);
        code.mem(shadowStore(step), offset + at);
        at += step;
      }
      return;
    }
    base();
    code.i32(offset);
    code.op(Op.i32Add);
    code.i32(value);
    code.i32(size);
    code.memoryFill();
  }
}

function shadowStore(size: number): number {
  return size === 4 ? Op.i32Store : size === 2 ? Op.i32Store16 : Op.i32Store8;
}
