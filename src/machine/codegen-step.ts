import type { Expr, Instr, MemType, RegType, Terminator } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { isSelfAssignment, RegisterReads, written } from './analysis.ts';
import { ExprGenerator, type KnownAddress, knownAddress, wasmType } from './codegen-expr.ts';
import { Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import { COUNTERS, Control, Frame, type Layout, SIGNATURES, Status } from './layout.ts';
import type { Place, Plan } from './plan.ts';
import { GeneratedType, Import } from './runtime-imports.ts';
import { Access, POISON, Shadow, Tolerate } from './shadow.ts';

/*
 * One function as a resumable WebAssembly function `(frame) → status`.
 *
 *   block $exit                    ;; saves every register and the point, answers $status
 *     load the saved point; at 0 fetch the arguments, else reload every register
 *     loop $again
 *       block $other
 *         block … block            ;; one for each point that can be entered, the first innermost
 *           br_table $point
 *         end  code of the first
 *         end  code of the second …
 *       end
 *     end
 *   end
 *
 * Forward jumps leave blocks, backward jumps set $point and go around $again (paying from the budget). A call saves what
 * lives on, calls the callee directly, and goes on where it is when that is done; if the callee stopped instead, it answers
 * the same status at once, and the driver later resumes frame by frame from the innermost.
 *
 * Two variants: `stops` has a point at every statement, access and call and looks whether to stop there; the other runs
 * through, and can be entered only at blocks and after calls.
 */

/** What the generator asks of the program around the function. */
export interface StepEnvironment {
  globalOffset(index: number): number;
  /** A global whose every byte is known to be addressable and initialised (and writable, for a store). */
  plainGlobal(index: number, offset: number, size: number, write: boolean): boolean;
  /** Functions that the table has room for. */
  readonly tableSize: number;
}
export interface StepVariant {
  readonly stops: boolean;
  readonly trace: boolean;
}

const FRAME = 0;
const POINT = 1;
const STATUS = 2;
const OFFSET = 3;
const TEMP32 = 4;
const TEMP64 = 6;
const FIRST_REGISTER = 8;

const accessSize: Readonly<Record<MemType, 1 | 2 | 4 | 8>> = { s8: 1, u8: 1, s16: 2, u16: 2, '32': 4, '64': 8 };
const loadOp: Readonly<Record<MemType, number>> = {
  s8: Op.i32Load8S,
  u8: Op.i32Load8U,
  s16: Op.i32Load16S,
  u16: Op.i32Load16U,
  '32': Op.i32Load,
  '64': Op.i64Load,
};
const storeOp: Readonly<Record<MemType, number>> = {
  s8: Op.i32Store8,
  u8: Op.i32Store8,
  s16: Op.i32Store16,
  u16: Op.i32Store16,
  '32': Op.i32Store,
  '64': Op.i64Store,
};
/** Slots up to this size are filled by stores, larger ones by memory.fill. */
const INLINE_FILL = 64;

export class StepGenerator extends ExprGenerator {
  readonly #plan: Plan;
  readonly #env: StepEnvironment;
  readonly #variant: StepVariant;
  readonly #reads: RegisterReads;
  /** Label of each point, −1 where this variant cannot be entered. */
  readonly #label: Int32Array;
  readonly #labels: number;
  /** Last label whose block was closed. */
  #current = -1;
  /** Open `if`s around the code being written. */
  #nest = 0;
  #nextStatement = 0;

  constructor(layout: Layout, plan: Plan, env: StepEnvironment, variant: StepVariant) {
    super(layout, plan.fn.name);
    this.#plan = plan;
    this.#env = env;
    this.#variant = variant;
    this.#reads = new RegisterReads(plan.fn.name);
    this.#label = new Int32Array(plan.pointLoc.length).fill(-1);
    let labels = 0;
    const entered = new Set<number>();
    for (const b of plan.order) {
      entered.add(plan.blockPoint[b]!);
      const own = plan.instrPoint[b]!;
      plan.body.blocks[b]!.instrs.forEach((instr, i) => {
        if (own[i] === 0) return;
        if (variant.stops) entered.add(own[i]!);
        if (instr.op === 'call') entered.add(own[i]! + 1);
      });
    }
    for (let p = 1; p < this.#label.length; p++) if (entered.has(p)) this.#label[p] = labels++;
    this.#labels = labels;
  }

  /** Locals after the parameter, in runs. */
  get locals(): { type: number; count: number }[] {
    const runs: { type: number; count: number }[] = [
      { type: Wasm.i32, count: TEMP64 - POINT },
      { type: Wasm.i64, count: FIRST_REGISTER - TEMP64 },
    ];
    for (const type of this.#plan.locals) {
      const last = runs[runs.length - 1]!;
      if (last.type === wasmType(type)) last.count++;
      else runs.push({ type: wasmType(type), count: 1 });
    }
    return runs;
  }

  generate(): void {
    const { code } = this;
    code.open(Op.block);
    this.#prologue();
    code.open(Op.loop);
    code.open(Op.block);
    for (let l = 0; l < this.#labels; l++) code.open(Op.block);
    code.get(POINT);
    code.op(Op.brTable);
    code.u32(this.#label.length);
    for (const label of this.#label) code.u32(label < 0 ? this.#labels : label);
    code.u32(this.#labels);
    this.#plan.order.forEach((b, i) => {
      this.#block(b, this.#plan.order[i + 1]);
    });
    code.end();
    code.i32(Status.otherVariant);
    code.set(STATUS);
    code.br(1);
    code.end();
    code.end();
    this.#plan.locals.forEach((type, l) => {
      code.get(FRAME);
      code.get(FIRST_REGISTER + l);
      code.mem(type === 'i64' ? Op.i64Store : Op.i32Store, this.#plan.localCell[l]!);
    });
    code.get(FRAME);
    code.get(POINT);
    code.mem(Op.i32Store, Frame.pc);
    this.#setControl(Control.frame, () => code.get(FRAME));
    code.get(STATUS);
    code.end();
  }

  #prologue(): void {
    const { code } = this;
    const plan = this.#plan;
    code.get(FRAME);
    code.mem(Op.i32Load, Frame.pc);
    code.tee(POINT);
    code.open(Op.if);
    plan.locals.forEach((type, l) => {
      code.get(FRAME);
      code.mem(type === 'i64' ? Op.i64Load : Op.i32Load, plan.localCell[l]!);
      code.set(FIRST_REGISTER + l);
    });
    code.op(Op.else);
    // A new frame: enough stack, not too deep, budget left? If not it stays as the caller made it.
    code.i32(0);
    code.mem(Op.i32Load, Control.stackLimit);
    code.get(FRAME);
    code.i32(plan.frameBytes);
    code.op(Op.i32Add);
    code.op(Op.i32LtU);
    this.#leaveIf(Status.stack);
    code.get(FRAME);
    code.mem(Op.i32Load, Frame.depth);
    code.i32(0);
    code.mem(Op.i32Load, Control.depthLimit);
    code.op(Op.i32GtU);
    this.#leaveIf(Status.depth);
    this.#fuelIsOut();
    this.#leaveIf(Status.fuel);
    for (let p = 0; p < plan.params; p++) {
      const place = plan.registers[p]!;
      if (place.local < 0) continue;
      code.get(FRAME);
      code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, place.cell);
      code.set(FIRST_REGISTER + place.local);
    }
    for (const flag of plan.setFlags.values()) {
      if (flag.local >= 0) continue;
      code.get(FRAME);
      code.i32(0);
      code.mem(Op.i32Store, flag.cell);
    }
    code.i32(1);
    code.set(POINT);
    code.end();
  }

  #fuelIsOut(): void {
    this.code.i32(0);
    this.code.mem(Op.i32Load, Control.fuel);
    this.code.i32(0);
    this.code.op(Op.i32LtS);
  }

  /** On the condition on the stack: leaves without touching the frame. */
  #leaveIf(status: number): void {
    const { code } = this;
    code.open(Op.if);
    this.#setControl(Control.frame, () => code.get(FRAME));
    code.i32(status);
    code.op(Op.return);
    code.end();
  }

  #setControl(word: number, value: () => void): void {
    this.code.i32(0);
    value();
    this.code.mem(Op.i32Store, word);
  }

  // --- registers -----------------------------------------------------------------------------------------------------

  protected override readRegister(reg: number): RegType {
    const place = this.#placeOf(reg);
    this.#readPlace(place);
    return place.type;
  }
  #placeOf(reg: number): Place {
    const place = this.#plan.registers[reg];
    if (!place || place.cell < 0) throw malformedIr(this.name, `register ${reg} has no place`);
    return place;
  }
  #readPlace(place: Place): void {
    if (place.local >= 0) this.code.get(FIRST_REGISTER + place.local);
    else {
      this.code.get(FRAME);
      this.code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, place.cell);
    }
  }
  /** Writes a place with what `value` pushes. */
  #writePlace(place: Place, value: () => void): void {
    const { code } = this;
    if (place.local >= 0) {
      value();
      code.set(FIRST_REGISTER + place.local);
      return;
    }
    code.get(FRAME);
    value();
    code.mem(place.type === 'i64' ? Op.i64Store : Op.i32Store, place.cell);
  }
  #writeRegister(reg: number, value: () => void): void {
    this.#writePlace(this.#placeOf(reg), value);
    const flag = this.#plan.setFlags.get(reg);
    if (flag) this.#writePlace(flag, () => this.code.i32(1));
  }

  /** Reports registers that this instruction reads and that may be unset. */
  #checkSet(walk: (visit: (reg: number) => void) => void, loc: Loc): void {
    if (this.#plan.setFlags.size === 0) return;
    const seen = new Set<number>();
    walk((reg) => {
      const flag = this.#plan.setFlags.get(reg);
      if (!flag || seen.has(reg)) return;
      seen.add(reg);
      const { code } = this;
      this.#readPlace(flag);
      code.op(Op.i32Eqz);
      code.open(Op.if);
      code.i32(reg);
      code.i32(loc);
      code.get(FRAME);
      code.call(Import.unset);
      this.#writePlace(flag, () => code.i32(1));
      code.end();
    });
  }

  protected override slotOffset(slot: number, offset: number): void {
    const at = this.#plan.slots[slot];
    if (at === undefined) throw malformedIr(this.name, `slot ${slot}`);
    this.code.get(FRAME);
    this.code.i32(at + offset);
    this.code.op(Op.i32Add);
  }
  protected override globalOffset(global: number): number {
    return this.#env.globalOffset(global);
  }
  protected override temp(type: RegType, which: 0 | 1): number {
    return (type === 'i64' ? TEMP64 : TEMP32) + which;
  }
  protected override onShiftRange(loc: Loc, count: number, type: RegType): void {
    const { code } = this;
    code.i32(loc);
    code.get(FRAME);
    code.get(count);
    if (type === 'i32') code.op(Op.i64ExtendI32U);
    code.i32(type === 'i64' ? 64 : 32);
    code.call(Import.shift);
  }
  protected override onDivisionByZero(loc: Loc): void {
    const { code } = this;
    code.i32(loc);
    code.get(FRAME);
    code.call(Import.division);
    this.#nest++;
    this.#exit(Status.ended, undefined);
    this.#nest--;
  }

  // --- control -------------------------------------------------------------------------------------------------------

  /** Leaves to the driver with this status (or the one in $status), to be resumed at `point`. */
  #exit(status: number | undefined, point: number | undefined): void {
    const { code } = this;
    if (status !== undefined) {
      code.i32(status);
      code.set(STATUS);
    }
    if (point !== undefined) {
      code.i32(point);
      code.set(POINT);
    }
    code.br(this.#labels - 1 - this.#current + 2 + this.#nest);
  }

  /** Closes the block of a point, where this variant has one. */
  #enterPoint(point: number): void {
    const label = this.#label[point]!;
    if (label < 0) return;
    if (label !== this.#current + 1) throw malformedIr(this.name, 'points out of order');
    this.code.end();
    this.#current = label;
  }

  #jump(to: number, next: number | undefined): void {
    const { code } = this;
    const point = this.#plan.blockPoint[to]!;
    const label = this.#label[point]!;
    if (to === next && this.#nest === 0) return;
    if (label > this.#current) {
      code.br(label - this.#current - 1 + this.#nest);
      return;
    }
    // Backwards: every cycle passes here, and pays.
    code.i32(point);
    code.set(POINT);
    this.#fuelIsOut();
    code.open(Op.if);
    this.#nest++;
    this.#exit(Status.fuel, undefined);
    this.#nest--;
    code.end();
    code.br(this.#labels - 1 - this.#current + 1 + this.#nest);
  }

  #block(b: number, next: number | undefined): void {
    const plan = this.#plan;
    const { instrs, end } = plan.body.blocks[b]!;
    this.#enterPoint(plan.blockPoint[b]!);
    // A block pays for its statements at the first of them.
    let price = instrs.reduce((sum, i) => sum + (i.op === 'stmt' ? 1 : 0), 0);
    const own = plan.instrPoint[b]!;
    instrs.forEach((instr, i) => {
      if (instr.op === 'stmt') {
        this.#statement(instr.loc, own[i]!, i > 0, price);
        price = 0;
        return;
      }
      if (own[i]! > 0) this.#enterPoint(own[i]!);
      if (!isSelfAssignment(instr)) this.#checkSet((visit) => this.#reads.inInstr(instr, visit), instr.loc);
      this.#instr(b, i, instr, own[i]!);
    });
    if ('loc' in end) this.#checkSet((visit) => this.#reads.inEnd(end, visit), end.loc);
    this.#end(b, end, next);
  }

  #statement(loc: Loc, point: number, ownPoint: boolean, price: number): void {
    const { code } = this;
    if (ownPoint) this.#enterPoint(point);
    if (this.#variant.stops) {
      code.i32(0);
      code.mem(Op.i32Load, Control.stopStatements);
      code.open(Op.if);
      this.#nest++;
      code.call(Import.stopStatement);
      code.open(Op.if);
      this.#nest++;
      this.#exit(Status.statement, point);
      this.#nest--;
      code.end();
      this.#nest--;
      code.end();
    }
    this.#count(this.#plan.statements[this.#nextStatement++]!.counter);
    if (price > 0) this.#pay(price);
    if (this.#variant.trace) {
      code.i32(loc);
      code.call(Import.traceStatement);
    }
  }

  #count(counter: number): void {
    this.#addTo(COUNTERS + counter * 4, 1);
  }
  #pay(price: number): void {
    this.#addTo(Control.fuel, -price);
  }
  #addTo(word: number, amount: number): void {
    const { code } = this;
    code.i32(0);
    code.i32(0);
    code.mem(Op.i32Load, word);
    code.i32(amount);
    code.op(Op.i32Add);
    code.mem(Op.i32Store, word);
  }

  #end(b: number, end: Terminator, next: number | undefined): void {
    const { code } = this;
    switch (end.op) {
      case 'jump':
        this.#jump(end.to, next);
        return;
      case 'branch': {
        const invert = end.then === next;
        this.emitAs(end.cond, 'i32');
        if (invert) code.op(Op.i32Eqz);
        code.open(Op.if);
        this.#nest++;
        this.#jump(invert ? end.else : end.then, undefined);
        this.#nest--;
        code.end();
        this.#jump(invert ? end.then : end.else, next);
        return;
      }
      case 'switch':
        this.#switch(end, next);
        return;
      case 'return':
        this.#return(end);
        return;
      case 'unreachable':
        code.i32(this.#plan.blockPoint[b]!);
        code.get(FRAME);
        code.call(Import.unreachable);
        this.#exit(Status.ended, undefined);
        return;
    }
  }

  #return(end: Extract<Terminator, { op: 'return' }>): void {
    const { code } = this;
    code.get(FRAME);
    code.mem(Op.i32Load, Frame.previous);
    if (end.value) {
      if (this.emit(end.value) === 'i32') code.op(Op.i64ExtendI32U);
    } else code.i64(0, 0);
    code.mem(Op.i64Store, Frame.result);
    this.#plan.body.slots.forEach((slot, s) => {
      this.#fill(() => this.slotOffset(s, 0), this.layout.shadow, Shadow.none, slot.size);
    });
    if (this.#variant.trace) {
      code.get(FRAME);
      code.i32(end.loc);
      code.call(Import.traceReturn);
    }
    code.i32(Status.done);
    code.op(Op.return);
  }

  /** A decision tree over the sorted ranges: as deep as the logarithm of their number. */
  #switch(end: Extract<Terminator, { op: 'switch' }>, next: number | undefined): void {
    const { code } = this;
    const value = this.temp(end.type, 0);
    const bits = end.type === 'i64' ? 64 : 32;
    const wrap = (v: bigint): bigint => (end.signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v));
    const ranges = end.cases
      .map((c) => ({ low: wrap(c.low), high: wrap(c.high), to: c.to }))
      .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    this.emitAs(end.value, end.type);
    code.set(value);
    const wide = end.type === 'i64';
    const below = wide ? (end.signed ? Op.i64LtS : Op.i64LtU) : end.signed ? Op.i32LtS : Op.i32LtU;
    const above = wide ? (end.signed ? Op.i64GtS : Op.i64GtU) : end.signed ? Op.i32GtS : Op.i32GtU;
    const constant = (v: bigint): void => {
      if (wide) this.bigConstant(BigInt.asIntN(64, v));
      else code.i32(Number(BigInt.asIntN(32, v)));
    };
    const tree = (from: number, to: number): void => {
      if (from === to) {
        this.#jump(end.default, undefined);
        return;
      }
      const middle = (from + to) >> 1;
      const range = ranges[middle]!;
      code.get(value);
      constant(range.low);
      code.op(below);
      code.open(Op.if);
      this.#nest++;
      tree(from, middle);
      this.#nest--;
      code.end();
      code.get(value);
      constant(range.high);
      code.op(above);
      code.open(Op.if);
      this.#nest++;
      tree(middle + 1, to);
      this.#nest--;
      code.end();
      this.#jump(range.to, undefined);
    };
    if (ranges.length === 0) this.#jump(end.default, next);
    else tree(0, ranges.length);
  }

  // --- memory --------------------------------------------------------------------------------------------------------

  #instr(b: number, i: number, instr: Instr, point: number): void {
    const { code } = this;
    switch (instr.op) {
      case 'stmt':
        return;
      case 'loop':
        this.#count(this.#plan.loops[instr.loop] ?? this.#noLoop(instr.loop));
        this.#pay(1);
        return;
      case 'set':
        this.#writeRegister(instr.dst, () => this.emitAs(instr.value, this.#placeOf(instr.dst).type));
        return;
      case 'load': {
        const type = this.#placeOf(instr.dst).type;
        if ((instr.mem === '64') !== (type === 'i64')) throw malformedIr(this.name, `load ${instr.mem} into ${type}`);
        const size = accessSize[instr.mem];
        const flags = (instr.partial ? Access.partial : 0) | (instr.volatile ? Access.volatile : 0);
        const tolerate = instr.partial ? Tolerate.partial : Tolerate.load;
        const push = this.#access(instr.addr, size, size | flags, tolerate, instr.loc, point);
        this.#writeRegister(instr.dst, () => {
          const offset = push();
          code.mem(loadOp[instr.mem], offset);
        });
        return;
      }
      case 'store': {
        const size = accessSize[instr.mem];
        const info = size | Access.write | (instr.volatile ? Access.volatile : 0);
        const push = this.#access(instr.addr, size, info, Tolerate.store, instr.loc, point);
        const offset = push();
        this.emitAs(instr.value, instr.mem === '64' ? 'i64' : 'i32');
        code.mem(storeOp[instr.mem], offset);
        return;
      }
      case 'copy':
        this.emitAs(instr.dst, this.wordType);
        this.emitAs(instr.src, this.wordType);
        code.i32(instr.size);
        this.#finishRange(Import.copy, instr.loc, point);
        return;
      case 'zero':
        this.emitAs(instr.dst, this.wordType);
        code.i32(instr.size);
        this.#finishRange(Import.zero, instr.loc, point);
        return;
      case 'call':
        this.#call(b, i, instr, point);
        return;
      case 'enter': {
        const size = this.#plan.body.slots[instr.slot]?.size ?? 0;
        this.#fill(() => this.slotOffset(instr.slot, 0), 0, POISON, size);
        this.#fill(() => this.slotOffset(instr.slot, 0), this.layout.shadow, Shadow.uninitialised, size);
        return;
      }
      case 'leave':
        this.#fill(
          () => this.slotOffset(instr.slot, 0),
          this.layout.shadow,
          Shadow.dead,
          this.#plan.body.slots[instr.slot]?.size ?? 0,
        );
        return;
    }
  }

  #noLoop(loop: number): never {
    throw malformedIr(this.name, `loop ${loop} of ${this.#plan.loops.length}`);
  }

  /** Calls a range helper whose operands are on the stack; it answers a status. */
  #finishRange(helper: number, loc: Loc, point: number): void {
    const { code } = this;
    code.i32(loc);
    code.get(FRAME);
    code.call(helper);
    code.tee(STATUS);
    code.open(Op.if);
    this.#nest++;
    this.#exit(undefined, point);
    this.#nest--;
    code.end();
  }

  /**
   * Checks an access and answers a function that pushes the i32 base of the access and answers the immediate offset.
   * Slots and globals named directly need fewer checks: where they lie is known.
   */
  #access(addr: Expr, size: number, info: number, tolerate: number, loc: Loc, point: number): () => number {
    const { code } = this;
    const known = knownAddress(addr);
    if (known?.base === 'slot' && this.#insideSlot(known, size)) {
      const at = this.#plan.slots[known.index]! + known.offset;
      // Its own stack: no other thread sees it by this name. Only its initialisedness is in question.
      if (tolerate === Tolerate.store) {
        if (this.#variant.stops) this.#checkShadow(size, at, Tolerate.partial, addr, info, loc, point);
        code.get(FRAME);
        this.#pushOnes(size);
        code.mem(size === 8 ? Op.i64Store : shadowStore(size), this.layout.shadow + at);
      } else this.#checkShadow(size, at, tolerate, addr, info, loc, point);
      return () => {
        code.get(FRAME);
        return at;
      };
    }
    if (
      known?.base === 'global' &&
      this.#env.plainGlobal(known.index, known.offset, size, (info & Access.write) !== 0)
    ) {
      if (this.#variant.stops) {
        code.i32(0);
        code.mem(Op.i32Load, Control.stopAccesses);
        this.#slow(() => this.emitAs(addr, this.wordType), info, loc, point);
      }
      const at = this.globalOffset(known.index) + known.offset;
      return () => {
        code.i32(0);
        return at;
      };
    }
    return this.#checkAnywhere(addr, size, info, tolerate, loc, point);
  }

  #insideSlot(known: KnownAddress, size: number): boolean {
    const slot = this.#plan.body.slots[known.index];
    return slot !== undefined && known.offset >= 0 && known.offset + size <= slot.size;
  }

  /** Shadow of a place in this frame; on anything unusual the slow path. */
  #checkShadow(size: number, at: number, tolerate: number, addr: Expr, info: number, loc: Loc, point: number): void {
    const { code } = this;
    code.get(FRAME);
    this.#shadowIsBad(size, tolerate, this.layout.shadow + at);
    if (this.#variant.stops) this.#orStop();
    this.#slow(() => this.emitAs(addr, this.wordType), info, loc, point);
  }

  #checkAnywhere(addr: Expr, size: number, info: number, tolerate: number, loc: Loc, point: number): () => number {
    const { code, layout } = this;
    const wide = layout.wordSize === 8;
    const address = this.temp(this.wordType, 0);
    this.emitAs(addr, this.wordType);
    code.tee(address);
    if (wide) code.op(Op.i32WrapI64);
    code.i32(layout.mask);
    code.op(Op.i32And);
    code.tee(OFFSET);
    this.#shadowIsBad(size, tolerate, layout.shadow);
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
    if (this.#variant.stops) this.#orStop();
    this.#slow(() => code.get(address), info, loc, point);
    return () => {
      code.get(OFFSET);
      return 0;
    };
  }

  #orStop(): void {
    this.code.i32(0);
    this.code.mem(Op.i32Load, Control.stopAccesses);
    this.code.op(Op.i32Or);
  }

  /** From the i32 base on the stack: nonzero if any of the shadow bytes lacks a right. */
  #shadowIsBad(size: number, tolerate: number, offset: number): void {
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
  #slow(address: () => void, info: number, loc: Loc, point: number): void {
    const { code } = this;
    code.open(Op.if);
    this.#nest++;
    address();
    code.i32(info);
    code.i32(loc);
    code.get(FRAME);
    code.call(Import.slow);
    code.tee(STATUS);
    code.open(Op.if);
    this.#nest++;
    this.#exit(undefined, point);
    this.#nest--;
    code.end();
    this.#nest--;
    code.end();
  }

  #pushOnes(size: number): void {
    if (size === 8) this.code.i64(-1, -1);
    else this.code.i32(-1);
  }

  /** Fills bytes at the pushed base plus `offset`. */
  #fill(base: () => void, offset: number, value: number, size: number): void {
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

  // --- calls ---------------------------------------------------------------------------------------------------------

  #call(b: number, i: number, instr: Extract<Instr, { op: 'call' }>, point: number): void {
    const { code, layout } = this;
    const plan = this.#plan;
    const index = TEMP32;
    const { callee } = instr;
    if (callee.kind === 'indirect') {
      const wide = layout.wordSize === 8;
      const address = this.temp(this.wordType, 1);
      this.emitAs(callee.address, this.wordType);
      code.tee(address);
      // Distance from the first function, rotated so that anything but a multiple of 16 in range becomes huge.
      if (wide) {
        this.bigConstant(BigInt.asIntN(64, layout.functionBase));
        code.op(Op.i64Sub);
        code.i64(0, 4);
        code.op(Op.i64Rotr);
        code.tee(this.temp('i64', 0));
        code.i64(0, this.#env.tableSize);
        code.op(Op.i64GeU);
        code.get(this.temp('i64', 0));
        code.op(Op.i32WrapI64);
        code.set(index);
      } else {
        code.i32(Number(BigInt.asIntN(32, layout.functionBase)));
        code.op(Op.i32Sub);
        code.i32(4);
        code.op(Op.i32Rotr);
        code.tee(index);
        code.i32(this.#env.tableSize);
        code.op(Op.i32GeU);
      }
      // An index out of range must not be looked up: the first test short-circuits the second.
      code.openTyped(Op.if, Wasm.i32);
      code.i32(1);
      code.op(Op.else);
      code.get(index);
      code.mem(Op.i32Load8U, SIGNATURES);
      code.i32(0x7f);
      code.op(Op.i32And);
      code.i32(Math.min(0x7f, instr.args.length));
      code.op(Op.i32GtU);
      code.end();
      code.open(Op.if);
      this.#nest++;
      code.get(address);
      code.i32(instr.args.length);
      code.i32(instr.loc);
      code.get(FRAME);
      code.call(Import.badCall);
      code.set(STATUS);
      this.#exit(undefined, point);
      this.#nest--;
      code.end();
    }

    // The callee first: arguments may use the temporary that holds its index.
    const to = plan.frameBytes;
    code.get(FRAME);
    if (callee.kind === 'direct') code.i32(callee.func);
    else code.get(index);
    code.mem(Op.i32Store, to + Frame.func);
    instr.args.forEach((arg, a) => {
      code.get(FRAME);
      if (this.emit(arg) === 'i32') code.op(Op.i64ExtendI32U);
      code.mem(Op.i64Store, to + Frame.cells + a * 8);
    });
    code.get(FRAME);
    code.i32(0);
    code.mem(Op.i32Store, to + Frame.pc);
    code.get(FRAME);
    code.get(FRAME);
    code.mem(Op.i32Store, to + Frame.previous);
    code.get(FRAME);
    code.get(FRAME);
    code.mem(Op.i32Load, Frame.depth);
    code.i32(1);
    code.op(Op.i32Add);
    code.mem(Op.i32Store, to + Frame.depth);
    code.get(FRAME);
    code.i32(instr.args.length);
    code.mem(Op.i32Store, to + Frame.passed);

    const pushFrame = (): void => {
      code.get(FRAME);
      code.i32(to);
      code.op(Op.i32Add);
    };
    if (this.#variant.stops) {
      code.i32(0);
      code.mem(Op.i32Load, Control.stopAccesses);
      code.open(Op.if);
      this.#nest++;
      pushFrame();
      code.i32(instr.loc);
      code.call(Import.stopCall);
      code.tee(STATUS);
      code.open(Op.if);
      this.#nest++;
      this.#exit(undefined, point);
      this.#nest--;
      code.end();
      this.#nest--;
      code.end();
    }
    this.#saveLive(b, i, instr);
    code.get(FRAME);
    code.i32(point + 1);
    code.mem(Op.i32Store, Frame.pc);
    if (this.#variant.trace) {
      pushFrame();
      code.i32(instr.loc);
      code.call(Import.traceCall);
    }
    pushFrame();
    code.get(FRAME);
    code.mem(Op.i32Load, to + Frame.func);
    code.callIndirect(GeneratedType.function);
    code.tee(STATUS);
    code.open(Op.if);
    code.get(STATUS);
    code.op(Op.return);
    code.end();
    this.#enterPoint(point + 1);
    if (instr.dst !== undefined) {
      const place = this.#placeOf(instr.dst);
      this.#writeRegister(instr.dst, () => {
        code.get(FRAME);
        code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, Frame.result);
      });
    }
  }

  /** Saves registers that are needed after the call, or for doing it again if the callee sleeps. */
  #saveLive(b: number, i: number, call: Extract<Instr, { op: 'call' }>): void {
    const plan = this.#plan;
    const saved = new Set<number>();
    const save = (reg: number): void => {
      const place = plan.registers[reg]!;
      if (place.local < 0 || saved.has(place.local)) return;
      saved.add(place.local);
      this.#savePlace(place);
    };
    this.#reads.inInstr(call, save);
    for (const reg of this.#liveAfter(b, i)) save(reg);
    for (const flag of plan.setFlags.values()) if (flag.local >= 0) this.#savePlace(flag);
  }
  #savePlace(place: Place): void {
    const { code } = this;
    code.get(FRAME);
    code.get(FIRST_REGISTER + place.local);
    code.mem(place.type === 'i64' ? Op.i64Store : Op.i32Store, place.cell);
  }

  #liveBlock = -1;
  #liveByCall = new Map<number, readonly number[]>();

  /** Registers that are read after instruction `i` of block `b` before they are written again. */
  #liveAfter(b: number, i: number): readonly number[] {
    const plan = this.#plan;
    if (this.#liveBlock !== b) {
      this.#liveBlock = b;
      this.#liveByCall = this.#liveSets(b);
    }
    return this.#liveByCall.get(i) ?? plan.registers.map((_, r) => r);
  }

  #liveSets(b: number): Map<number, readonly number[]> {
    const plan = this.#plan;
    const sets = new Map<number, readonly number[]>();
    if (!plan.liveOut) return sets;
    const { instrs, end } = plan.body.blocks[b]!;
    const live = new Set<number>();
    // Only what has a local needs saving, which also bounds these sets.
    const read = (reg: number): void => {
      if (plan.registers[reg]!.local >= 0) live.add(reg);
    };
    plan.liveOut.each(b, read);
    const reads = new RegisterReads(this.name);
    reads.inEnd(end, read);
    for (let i = instrs.length - 1; i >= 0; i--) {
      const instr = instrs[i]!;
      const dst = written(instr);
      if (dst >= 0) live.delete(dst);
      if (instr.op === 'call') sets.set(i, [...live]);
      reads.inInstr(instr, read);
    }
    return sets;
  }
}

function shadowStore(size: number): number {
  return size === 4 ? Op.i32Store : size === 2 ? Op.i32Store16 : Op.i32Store8;
}
