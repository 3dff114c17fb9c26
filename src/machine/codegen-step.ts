import type { Instr, Terminator } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { isSelfAssignment, RegisterReads, written } from './analysis.ts';
import { AccessGenerator, accessSize, loadOp, storeOp } from './codegen-access.ts';
import { FIRST_REGISTER, FRAME, POINT, STATUS, TEMP32 } from './codegen-frame.ts';
import { Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import { Control, Frame, SIGNATURES, Status } from './layout.ts';
import type { Place } from './plan.ts';
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

export class StepGenerator extends AccessGenerator {
  #nextStatement = 0;

  generate(): void {
    const { code } = this;
    code.open(Op.block);
    this.#prologue();
    code.open(Op.loop);
    code.open(Op.block);
    for (let l = 0; l < this.labels; l++) code.open(Op.block);
    code.get(POINT);
    code.op(Op.brTable);
    code.u32(this.label.length);
    for (const label of this.label) code.u32(label < 0 ? this.labels : label);
    code.u32(this.labels);
    this.plan.order.forEach((b, i) => {
      this.#block(b, this.plan.order[i + 1]);
    });
    code.end();
    code.i32(Status.otherVariant);
    code.set(STATUS);
    code.br(1);
    code.end();
    code.end();
    this.plan.locals.forEach((type, l) => {
      code.get(FRAME);
      code.get(FIRST_REGISTER + l);
      code.mem(type === 'i64' ? Op.i64Store : Op.i32Store, this.plan.localCell[l]!);
    });
    code.get(FRAME);
    code.get(POINT);
    code.mem(Op.i32Store, Frame.pc);
    this.setControl(Control.frame, () => code.get(FRAME));
    code.get(STATUS);
    code.end();
  }

  #prologue(): void {
    const { code } = this;
    const plan = this.plan;
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
    this.leaveIf(Status.stack);
    code.get(FRAME);
    code.mem(Op.i32Load, Frame.depth);
    code.i32(0);
    code.mem(Op.i32Load, Control.depthLimit);
    code.op(Op.i32GtU);
    this.leaveIf(Status.depth);
    this.fuelIsOut();
    this.leaveIf(Status.fuel);
    // What lay here before may have left anything.
    code.get(FRAME);
    code.i32(0);
    code.mem(Op.i32Store, Frame.retries);
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

  #block(b: number, next: number | undefined): void {
    const plan = this.plan;
    const { instrs, end } = plan.body.blocks[b]!;
    this.enterPoint(plan.blockPoint[b]!);
    // A block pays for its statements at the first of them.
    let price = instrs.reduce((sum, i) => sum + (i.op === 'stmt' ? 1 : 0), 0);
    const own = plan.instrPoint[b]!;
    instrs.forEach((instr, i) => {
      if (instr.op === 'stmt') {
        this.#statement(instr.loc, own[i]!, i > 0, price);
        price = 0;
        return;
      }
      if (own[i]! > 0) this.enterPoint(own[i]!);
      if (!isSelfAssignment(instr)) this.checkSet((visit) => this.reads.inInstr(instr, visit), instr.loc);
      this.#instr(b, i, instr, own[i]!);
    });
    if ('loc' in end) this.checkSet((visit) => this.reads.inEnd(end, visit), end.loc);
    this.#end(b, end, next);
  }

  #statement(loc: Loc, point: number, ownPoint: boolean, price: number): void {
    const { code } = this;
    if (ownPoint) this.enterPoint(point);
    if (this.variant.stops) {
      code.i32(0);
      code.mem(Op.i32Load, Control.stopStatements);
      code.open(Op.if);
      this.nest++;
      code.call(Import.stopStatement);
      code.open(Op.if);
      this.nest++;
      this.exit(Status.statement, point);
      this.nest--;
      code.end();
      this.nest--;
      code.end();
    }
    this.count(this.plan.statements[this.#nextStatement++]!.counter);
    if (price > 0) this.pay(price);
    if (this.variant.trace) {
      code.i32(loc);
      code.call(Import.traceStatement);
    }
  }

  #end(b: number, end: Terminator, next: number | undefined): void {
    const { code } = this;
    switch (end.op) {
      case 'jump':
        this.jump(end.to, next);
        return;
      case 'branch': {
        const invert = end.then === next;
        this.emitAs(end.cond, 'i32');
        if (invert) code.op(Op.i32Eqz);
        code.open(Op.if);
        this.nest++;
        this.jump(invert ? end.else : end.then, undefined);
        this.nest--;
        code.end();
        this.jump(invert ? end.then : end.else, next);
        return;
      }
      case 'switch':
        this.#switch(end, next);
        return;
      case 'return':
        this.#return(end);
        return;
      case 'unreachable':
        code.i32(this.plan.blockPoint[b]!);
        code.get(FRAME);
        code.call(Import.unreachable);
        this.exit(Status.ended, undefined);
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
    this.plan.body.slots.forEach((slot, s) => {
      this.fill(() => this.slotOffset(s, 0), this.layout.shadow, Shadow.none, slot.size);
    });
    if (this.variant.trace) {
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
        this.jump(end.default, undefined);
        return;
      }
      const middle = (from + to) >> 1;
      const range = ranges[middle]!;
      code.get(value);
      constant(range.low);
      code.op(below);
      code.open(Op.if);
      this.nest++;
      tree(from, middle);
      this.nest--;
      code.end();
      code.get(value);
      constant(range.high);
      code.op(above);
      code.open(Op.if);
      this.nest++;
      tree(middle + 1, to);
      this.nest--;
      code.end();
      this.jump(range.to, undefined);
    };
    if (ranges.length === 0) this.jump(end.default, next);
    else tree(0, ranges.length);
  }

  // --- memory --------------------------------------------------------------------------------------------------------

  #instr(b: number, i: number, instr: Instr, point: number): void {
    const { code } = this;
    switch (instr.op) {
      case 'stmt':
        return;
      case 'loop':
        this.count(this.plan.loops[instr.loop] ?? this.noLoop(instr.loop));
        this.pay(1);
        return;
      case 'set':
        this.writeRegister(instr.dst, () => this.emitAs(instr.value, this.placeOf(instr.dst).type));
        return;
      case 'load': {
        const type = this.placeOf(instr.dst).type;
        if ((instr.mem === '64') !== (type === 'i64')) throw malformedIr(this.name, `load ${instr.mem} into ${type}`);
        const size = accessSize[instr.mem];
        const flags = (instr.partial ? Access.partial : 0) | (instr.volatile ? Access.volatile : 0);
        const tolerate = instr.partial ? Tolerate.partial : Tolerate.load;
        const push = this.access(instr.addr, size, size | flags, tolerate, instr.loc, point);
        this.writeRegister(instr.dst, () => {
          const offset = push();
          code.mem(loadOp[instr.mem], offset);
        });
        return;
      }
      case 'store': {
        const size = accessSize[instr.mem];
        const info = size | Access.write | (instr.volatile ? Access.volatile : 0);
        const push = this.access(instr.addr, size, info, Tolerate.store, instr.loc, point);
        const offset = push();
        this.emitAs(instr.value, instr.mem === '64' ? 'i64' : 'i32');
        code.mem(storeOp[instr.mem], offset);
        return;
      }
      case 'copy':
        this.emitAs(instr.dst, this.wordType);
        this.emitAs(instr.src, this.wordType);
        code.i32(instr.size);
        this.finishRange(Import.copy, instr.loc, point);
        return;
      case 'zero':
        this.emitAs(instr.dst, this.wordType);
        code.i32(instr.size);
        this.finishRange(Import.zero, instr.loc, point);
        return;
      case 'call':
        this.#call(b, i, instr, point);
        return;
      case 'enter': {
        const size = this.plan.body.slots[instr.slot]?.size ?? 0;
        this.fill(() => this.slotOffset(instr.slot, 0), 0, POISON, size);
        this.fill(() => this.slotOffset(instr.slot, 0), this.layout.shadow, Shadow.uninitialised, size);
        return;
      }
      case 'leave':
        this.fill(
          () => this.slotOffset(instr.slot, 0),
          this.layout.shadow,
          Shadow.dead,
          this.plan.body.slots[instr.slot]?.size ?? 0,
        );
        return;
    }
  }

  // --- calls ---------------------------------------------------------------------------------------------------------

  #call(b: number, i: number, instr: Extract<Instr, { op: 'call' }>, point: number): void {
    const { code, layout } = this;
    const plan = this.plan;
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
        code.i64(0, this.env.tableSize);
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
        code.i32(this.env.tableSize);
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
      this.nest++;
      code.get(address);
      code.i32(instr.args.length);
      code.i32(instr.loc);
      code.get(FRAME);
      code.call(Import.badCall);
      code.set(STATUS);
      this.exit(undefined, point);
      this.nest--;
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
    if (this.variant.stops) {
      code.i32(0);
      code.mem(Op.i32Load, Control.stopAccesses);
      code.open(Op.if);
      this.nest++;
      pushFrame();
      code.i32(instr.loc);
      code.call(Import.stopCall);
      this.leaveOnStatus(point);
      this.nest--;
      code.end();
    }
    this.#saveLive(b, i, instr);
    code.get(FRAME);
    code.i32(point + 1);
    code.mem(Op.i32Store, Frame.pc);
    if (this.variant.trace) {
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
    this.enterPoint(point + 1);
    if (instr.dst !== undefined) {
      const place = this.placeOf(instr.dst);
      this.writeRegister(instr.dst, () => {
        code.get(FRAME);
        code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, Frame.result);
      });
    }
  }

  /** Saves registers that are needed after the call, or for doing it again if the callee sleeps. */
  #saveLive(b: number, i: number, call: Extract<Instr, { op: 'call' }>): void {
    const plan = this.plan;
    const saved = new Set<number>();
    const save = (reg: number): void => {
      const place = plan.registers[reg]!;
      if (place.local < 0 || saved.has(place.local)) return;
      saved.add(place.local);
      this.#savePlace(place);
    };
    this.reads.inInstr(call, save);
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
    const plan = this.plan;
    if (this.#liveBlock !== b) {
      this.#liveBlock = b;
      this.#liveByCall = this.#liveSets(b);
    }
    return this.#liveByCall.get(i) ?? plan.registers.map((_, r) => r);
  }

  #liveSets(b: number): Map<number, readonly number[]> {
    const plan = this.plan;
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
