import type { RegType } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { RegisterReads } from './analysis.ts';
import { ExprGenerator, wasmType } from './codegen-expr.ts';
import { Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import { COUNTERS, Control, type Layout, Status } from './layout.ts';
import type { Place, Plan } from './plan.ts';
import { Import } from './runtime-imports.ts';

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

/** Locals: the frame (the parameter), the point to go on at, a status, an offset, temporaries, then registers. */
export const FRAME = 0;
export const POINT = 1;
export const STATUS = 2;
export const OFFSET = 3;
export const TEMP32 = 4;
export const TEMP64 = 6;
export const FIRST_REGISTER = 8;

/** Registers, points and jumps of a resumable function (codegen-step.ts tells how it is built). */
export abstract class FrameGenerator extends ExprGenerator {
  protected readonly plan: Plan;
  protected readonly env: StepEnvironment;
  protected readonly variant: StepVariant;
  protected readonly reads: RegisterReads;
  /** Label of each point, −1 where this variant cannot be entered. */
  protected readonly label: Int32Array;
  protected readonly labels: number;
  /** Last label whose block was closed. */
  protected current = -1;
  /** Open `if`s around the code being written. */
  protected nest = 0;

  constructor(layout: Layout, plan: Plan, env: StepEnvironment, variant: StepVariant) {
    super(layout, plan.fn.name);
    this.plan = plan;
    this.env = env;
    this.variant = variant;
    this.reads = new RegisterReads(plan.fn.name);
    this.label = new Int32Array(plan.pointLoc.length).fill(-1);
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
    for (let p = 1; p < this.label.length; p++) if (entered.has(p)) this.label[p] = labels++;
    this.labels = labels;
  }

  /** Locals after the parameter, in runs. */
  get locals(): { type: number; count: number }[] {
    const runs: { type: number; count: number }[] = [
      { type: Wasm.i32, count: TEMP64 - POINT },
      { type: Wasm.i64, count: FIRST_REGISTER - TEMP64 },
    ];
    for (const type of this.plan.locals) {
      const last = runs[runs.length - 1]!;
      if (last.type === wasmType(type)) last.count++;
      else runs.push({ type: wasmType(type), count: 1 });
    }
    return runs;
  }

  protected fuelIsOut(): void {
    this.code.i32(0);
    this.code.mem(Op.i32Load, Control.fuel);
    this.code.i32(0);
    this.code.op(Op.i32LtS);
  }

  /** On the condition on the stack: leaves without touching the frame. */
  protected leaveIf(status: number): void {
    const { code } = this;
    code.open(Op.if);
    this.setControl(Control.frame, () => code.get(FRAME));
    code.i32(status);
    code.op(Op.return);
    code.end();
  }

  protected setControl(word: number, value: () => void): void {
    this.code.i32(0);
    value();
    this.code.mem(Op.i32Store, word);
  }

  protected count(counter: number): void {
    this.addTo(COUNTERS + counter * 4, 1);
  }
  protected pay(price: number): void {
    this.addTo(Control.fuel, -price);
  }
  protected addTo(word: number, amount: number): void {
    const { code } = this;
    code.i32(0);
    code.i32(0);
    code.mem(Op.i32Load, word);
    code.i32(amount);
    code.op(Op.i32Add);
    code.mem(Op.i32Store, word);
  }

  // --- registers -----------------------------------------------------------------------------------------------------

  protected override readRegister(reg: number): RegType {
    const place = this.placeOf(reg);
    this.readPlace(place);
    return place.type;
  }
  protected placeOf(reg: number): Place {
    const place = this.plan.registers[reg];
    if (!place || place.cell < 0) throw malformedIr(this.name, `register ${reg} has no place`);
    return place;
  }
  protected readPlace(place: Place): void {
    if (place.local >= 0) this.code.get(FIRST_REGISTER + place.local);
    else {
      this.code.get(FRAME);
      this.code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, place.cell);
    }
  }
  /** Writes a place with what `value` pushes. */
  protected writePlace(place: Place, value: () => void): void {
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
  protected writeRegister(reg: number, value: () => void): void {
    this.writePlace(this.placeOf(reg), value);
    const flag = this.plan.setFlags.get(reg);
    if (flag) this.writePlace(flag, () => this.code.i32(1));
  }

  /** Reports registers that this instruction reads and that may be unset. */
  protected checkSet(walk: (visit: (reg: number) => void) => void, loc: Loc): void {
    if (this.plan.setFlags.size === 0) return;
    const seen = new Set<number>();
    walk((reg) => {
      const flag = this.plan.setFlags.get(reg);
      if (!flag || seen.has(reg)) return;
      seen.add(reg);
      const { code } = this;
      this.readPlace(flag);
      code.op(Op.i32Eqz);
      code.open(Op.if);
      code.i32(reg);
      code.i32(loc);
      code.get(FRAME);
      code.call(Import.unset);
      this.writePlace(flag, () => code.i32(1));
      code.end();
    });
  }

  protected override slotOffset(slot: number, offset: number): void {
    const at = this.plan.slots[slot];
    if (at === undefined) throw malformedIr(this.name, `slot ${slot}`);
    this.code.get(FRAME);
    this.code.i32(at + offset);
    this.code.op(Op.i32Add);
  }
  protected override globalOffset(global: number): number {
    return this.env.globalOffset(global);
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
    this.nest++;
    this.exit(Status.ended, undefined);
    this.nest--;
  }

  // --- control -------------------------------------------------------------------------------------------------------

  /** Leaves to the driver with this status (or the one in $status), to be resumed at `point`. */
  protected exit(status: number | undefined, point: number | undefined): void {
    const { code } = this;
    if (status !== undefined) {
      code.i32(status);
      code.set(STATUS);
    }
    if (point !== undefined) {
      code.i32(point);
      code.set(POINT);
    }
    code.br(this.labels - 1 - this.current + 2 + this.nest);
  }

  /** Closes the block of a point, where this variant has one. */
  protected enterPoint(point: number): void {
    const label = this.label[point]!;
    if (label < 0) return;
    if (label !== this.current + 1) throw malformedIr(this.name, 'points out of order');
    this.code.end();
    this.current = label;
  }

  protected jump(to: number, next: number | undefined): void {
    const { code } = this;
    const point = this.plan.blockPoint[to]!;
    const label = this.label[point]!;
    if (to === next && this.nest === 0) return;
    if (label > this.current) {
      code.br(label - this.current - 1 + this.nest);
      return;
    }
    // Backwards: every cycle passes here, and pays.
    code.i32(point);
    code.set(POINT);
    this.fuelIsOut();
    code.open(Op.if);
    this.nest++;
    this.exit(Status.fuel, undefined);
    this.nest--;
    code.end();
    code.br(this.labels - 1 - this.current + 1 + this.nest);
  }
}
