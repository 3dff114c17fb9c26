import type { Expr, Instr, RegType, Terminator } from '../c/ir.ts';
import { isSelfAssignment, written } from './analysis.ts';
import { accessSize, loadOp, storeOp } from './codegen-access.ts';
import { wasmType } from './codegen-expr.ts';
import { Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import { DEPTH, type Facts, FastAccess, FRAME, type Pointee, type Scope } from './fast-access.ts';
import { assignedIn, type Call, callsOf, countersOf } from './fast-blocks.ts';
import { between, type Flow, structure } from './fast-flow.ts';
import { Control, Frame } from './layout.ts';
import type { Plan } from './plan.ts';
import { GeneratedType, Import } from './runtime-imports.ts';
import { Access, POISON, Shadow, Tolerate } from './shadow.ts';

/*
 * One function as a WebAssembly function `(frame, depth, parameters…) → result` that runs through to its end or traps.
 *
 * Control flow is structured (fast-flow.ts); where a graph cannot be, a loop around a br_table stands for it. Registers are
 * locals. Calls of functions in the same module are direct; all others, natives among them, go through the table, with their
 * arguments in the frame to be, as the stepper has it. Frames lie where the stepper puts them and say who called whom, so
 * that natives see the same stack and objects get the same addresses. Small functions that call nothing (or only such) are
 * written in place of their calls.
 */

interface Label {
  readonly kind: 'loop' | 'merge' | 'other';
  readonly block: number;
}

export class FastGenerator extends FastAccess {
  #labels: Label[] = [];
  #flow: Flow | undefined;
  /** How `return` leaves: the function, or the block of what stands in place of a call. */
  #leave: { readonly result: number | undefined } | undefined;
  /** All its calls are written in place: nobody looks at its frame. */
  readonly #leaf: boolean;
  #fuel = -1;
  /** What is known at the function's start, and at the end of blocks. */
  #entry: Facts | undefined;
  #exits = new Map<number, Facts>();

  constructor(...args: ConstructorParameters<typeof FastAccess>) {
    super(...args);
    this.#leaf = callsOf(this.scope.plan).every((call) => this.env.inlined(call) !== undefined);
  }

  generate(): void {
    const { code } = this;
    const { plan } = this.scope;
    this.#fuel = this.newLocal(Wasm.i32);
    // Parameters arrive in locals, whatever the plan has room for.
    for (let p = 0; p < plan.params; p++) {
      if (plan.registers[p]!.local !== p) throw malformedIr(this.name, 'too many parameters');
    }
    code.open(Op.block);
    // What stands in place of calls counts as calls.
    this.load(Control.stackLimit);
    code.get(FRAME);
    code.i32(plan.frameBytes + this.env.inlineSize(plan).bytes);
    code.op(Op.i32Add);
    code.op(Op.i32LtU);
    code.get(DEPTH);
    code.i32(this.env.inlineSize(plan).depth);
    code.op(Op.i32Add);
    this.load(Control.depthLimit);
    code.op(Op.i32GtU);
    code.op(Op.i32Or);
    this.trapIf();
    this.#loadFuel();
    this.#checkFuel();
    if (!this.#leaf) {
      this.word(Frame.func, () => code.i32(plan.index));
      this.word(Frame.retries, () => code.i32(0));
    }
    for (const flag of plan.setFlags.values()) if (flag.local < 0) this.writePlace(flag, () => code.i32(0));
    this.#body({ offsets: new Map(), checked: new Set() });
    code.end();
    code.op(Op.unreachable);
  }

  // --- control flow --------------------------------------------------------------------------------------------------

  /** Answers what is known at the end of its first block. */
  #body(entry: Facts): Facts | undefined {
    const outer = { flow: this.#flow, labels: this.#labels, exits: this.#exits, entry: this.#entry };
    this.#labels = [];
    this.#exits = new Map();
    this.#entry = entry;
    this.#flow = structure(this.scope.plan.body);
    if (this.#flow) this.#tree(0);
    else this.#dispatch();
    const first = this.#flow && this.#exits.get(0);
    this.#flow = outer.flow;
    this.#labels = outer.labels;
    this.#exits = outer.exits;
    this.#entry = outer.entry;
    return first;
  }

  /** A block and all that it dominates. */
  #tree(b: number): void {
    const { code } = this;
    const flow = this.#flow!;
    const isLoop = flow.isLoop[b] === 1;
    if (isLoop) {
      code.open(Op.loop);
      this.#labels.push({ kind: 'loop', block: b });
    }
    const merges = (flow.children.get(b) ?? []).filter((c) => flow.isMerge[c] === 1);
    for (const m of merges) {
      code.open(Op.block);
      this.#labels.push({ kind: 'merge', block: m });
    }
    this.#block(b);
    for (const m of merges.reverse()) {
      code.end();
      this.#labels.pop();
      this.#tree(m);
    }
    if (isLoop) {
      this.#labels.pop();
      code.end();
      code.op(Op.unreachable);
    }
  }

  #goto(from: number, to: number): void {
    const flow = this.#flow;
    if (!flow) {
      // Blocks stand in ascending order.
      this.code.i32(to);
      this.code.set(this.scratch('point', Wasm.i32));
      if (to <= from) this.#checkFuel();
      this.#branch('loop', -1);
      return;
    }
    if (flow.number[to]! <= flow.number[from]!) {
      // Every cycle passes here.
      this.#checkFuel();
      this.#branch('loop', to);
    } else if (flow.isMerge[to] === 1) this.#branch('merge', to);
    else this.#tree(to);
  }

  #branch(kind: Label['kind'], block: number): void {
    for (let i = this.#labels.length - 1; i >= 0; i--) {
      const label = this.#labels[i]!;
      if (label.kind !== kind || label.block !== block) continue;
      this.code.br(this.#labels.length - 1 - i);
      return;
    }
    throw malformedIr(this.name, `block ${block} has no label`);
  }

  /** Any graph: a loop around a jump table. */
  #dispatch(): void {
    const { code } = this;
    const { order, body } = this.scope.plan;
    const point = this.scratch('point', Wasm.i32);
    code.i32(0);
    code.set(point);
    code.open(Op.loop);
    this.#labels.push({ kind: 'loop', block: -1 });
    for (const _ of order) {
      code.open(Op.block);
      this.#labels.push({ kind: 'other', block: -1 });
    }
    code.get(point);
    code.op(Op.brTable);
    const label = new Int32Array(body.blocks.length);
    order.forEach((b, i) => {
      label[b] = i;
    });
    code.u32(label.length);
    for (const l of label) code.u32(l);
    code.u32(0);
    for (const b of order) {
      code.end();
      this.#labels.pop();
      this.#block(b);
    }
    this.#labels.pop();
    code.end();
    code.op(Op.unreachable);
  }

  #nested(kind: number, write: () => void): void {
    this.code.open(kind);
    this.#labels.push({ kind: 'other', block: -1 });
    write();
    this.#labels.pop();
  }

  #block(b: number): void {
    const { plan } = this.scope;
    const { instrs, end } = plan.body.blocks[b]!;
    this.facts = this.#factsAt(b);
    this.#pay(plan, b, instrs);
    instrs.forEach((instr, i) => {
      if (!isSelfAssignment(instr)) this.checkSet((visit) => this.reads.inInstr(instr, visit));
      this.#instr(instr, plan.instrPoint[b]![i]!);
    });
    this.checkSet((visit) => this.reads.inEnd(end, visit));
    this.#exits.set(b, this.facts);
    this.#end(b, end);
  }

  /** What held at the end of the immediate dominator holds here, unless something in between may have changed it. */
  #factsAt(b: number): Facts {
    const flow = this.#flow;
    const known = b === 0 ? this.#entry : flow && this.#exits.get(flow.dominator[b]!);
    const blocks = known && flow && between(flow, b);
    const facts: Facts = { offsets: new Map(), checked: new Set() };
    if (!known || !blocks) return facts;
    for (const [reg, local] of known.offsets) facts.offsets.set(reg, local);
    let keepsRights = true;
    const { plan } = this.scope;
    for (const other of blocks) {
      for (const instr of plan.body.blocks[other]!.instrs) {
        facts.offsets.delete(written(instr));
        if (this.#changesRights(instr)) keepsRights = false;
      }
    }
    if (keepsRights) for (const key of known.checked) facts.checked.add(key);
    return facts;
  }

  /** May take rights from bytes that were found to have them. */
  #changesRights(instr: Instr): boolean {
    switch (instr.op) {
      case 'copy':
      case 'enter':
      case 'leave':
        return true;
      case 'call': {
        const callee = this.env.inlined(instr);
        return !callee || callee.order.some((b) => callee.body.blocks[b]!.instrs.some((i) => this.#changesRights(i)));
      }
      default:
        return false;
    }
  }

  /** A block pays, and is counted, once. */
  #pay(plan: Plan, b: number, instrs: readonly Instr[]): void {
    const { code } = this;
    const price = instrs.reduce((sum, i) => sum + (i.op === 'stmt' || i.op === 'loop' ? 1 : 0), 0);
    if (price === 0) return;
    code.get(this.#fuel);
    code.i32(price);
    code.op(Op.i32Sub);
    code.set(this.#fuel);
    if (this.env.coverage) this.countAt(countersOf(plan).get(b)!.counter);
  }

  #checkFuel(): void {
    this.code.get(this.#fuel);
    this.code.i32(0);
    this.code.op(Op.i32LtS);
    this.trapIf();
  }

  #end(b: number, end: Terminator): void {
    const { code } = this;
    switch (end.op) {
      case 'jump':
        this.#goto(b, end.to);
        return;
      case 'branch':
        this.emitAs(end.cond, 'i32');
        this.#nested(Op.if, () => this.#goto(b, end.then));
        code.op(Op.else);
        this.#labels.push({ kind: 'other', block: -1 });
        this.#goto(b, end.else);
        this.#labels.pop();
        code.end();
        code.op(Op.unreachable);
        return;
      case 'switch':
        this.#switch(b, end);
        return;
      case 'return':
        this.#return(end.value);
        return;
      case 'unreachable':
        code.op(Op.unreachable);
        return;
    }
  }

  #return(value: Expr | undefined): void {
    const { code } = this;
    const { result } = this.scope.plan.fn.signature;
    if (result) {
      if (value) this.#emitTo(value, result);
      else this.#zero(result);
    } else if (value) {
      this.emit(value);
      code.op(Op.drop);
    }
    const leave = this.#leave;
    if (leave?.result !== undefined) code.set(leave.result);
    this.endSlots();
    if (leave) {
      code.br(this.#labels.length);
      return;
    }
    this.#storeFuel();
    code.op(Op.return);
  }

  /** A decision tree over the sorted ranges: as deep as the logarithm of their number. */
  #switch(b: number, end: Extract<Terminator, { op: 'switch' }>): void {
    const { code } = this;
    const wide = end.type === 'i64';
    const bits = wide ? 64 : 32;
    const wrap = (v: bigint): bigint => (end.signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v));
    const ranges = end.cases
      .map((c) => ({ low: wrap(c.low), high: wrap(c.high), to: c.to }))
      .sort((x, y) => (x.low < y.low ? -1 : x.low > y.low ? 1 : 0));
    const value = this.newLocal(wasmType(end.type));
    this.emitAs(end.value, end.type);
    code.set(value);
    const below = wide ? (end.signed ? Op.i64LtS : Op.i64LtU) : end.signed ? Op.i32LtS : Op.i32LtU;
    const above = wide ? (end.signed ? Op.i64GtS : Op.i64GtU) : end.signed ? Op.i32GtS : Op.i32GtU;
    const test = (limit: bigint, op: number, then: () => void): void => {
      code.get(value);
      if (wide) this.bigConstant(BigInt.asIntN(64, limit));
      else code.i32(Number(BigInt.asIntN(32, limit)));
      code.op(op);
      this.#nested(Op.if, then);
      code.end();
    };
    const tree = (from: number, to: number): void => {
      if (from === to) {
        this.#goto(b, end.default);
        return;
      }
      const middle = (from + to) >> 1;
      const range = ranges[middle]!;
      test(range.low, below, () => tree(from, middle));
      test(range.high, above, () => tree(middle + 1, to));
      this.#goto(b, range.to);
    };
    tree(0, ranges.length);
  }

  // --- instructions --------------------------------------------------------------------------------------------------

  #instr(instr: Instr, point: number): void {
    const { code } = this;
    switch (instr.op) {
      case 'stmt':
      case 'loop':
        return;
      case 'set':
        this.writeRegister(instr.dst, () => this.emitAs(instr.value, this.placeOf(instr.dst).type));
        return;
      case 'load': {
        const { type } = this.placeOf(instr.dst);
        if ((instr.mem === '64') !== (type === 'i64')) throw malformedIr(this.name, `load ${instr.mem} into ${type}`);
        const size = accessSize[instr.mem];
        const flags = instr.partial ? Access.partial : 0;
        const tolerate = instr.partial ? Tolerate.partial : Tolerate.load;
        const push = this.access(instr.addr, size, size | flags, tolerate, instr.loc);
        this.writeRegister(instr.dst, () => {
          const offset = push();
          code.mem(loadOp[instr.mem], offset);
        });
        return;
      }
      case 'store': {
        const size = accessSize[instr.mem];
        const push = this.access(instr.addr, size, size | Access.write, Tolerate.store, instr.loc);
        const offset = push();
        this.emitAs(instr.value, instr.mem === '64' ? 'i64' : 'i32');
        code.mem(storeOp[instr.mem], offset);
        return;
      }
      case 'copy': {
        const to = this.offsetOf(instr.dst, 'copy to');
        this.emitAs(instr.dst, this.wordType);
        this.emitAs(instr.src, this.wordType);
        code.i32(instr.size);
        code.i32(instr.loc);
        code.get(FRAME);
        code.call(Import.copy);
        this.trapIf();
        this.dirtyRange(to, instr.size);
        this.facts.checked.clear();
        return;
      }
      case 'zero': {
        const at = this.offsetOf(instr.dst, 'copy to');
        this.emitAs(instr.dst, this.wordType);
        code.i32(instr.size);
        code.i32(instr.loc);
        code.get(FRAME);
        code.call(Import.zero);
        this.trapIf();
        this.dirtyRange(at, instr.size);
        return;
      }
      case 'call':
        this.#call(instr, point);
        return;
      case 'enter':
        this.fillSlot(instr.slot, 0, POISON);
        this.fillSlot(instr.slot, this.layout.shadow, Shadow.uninitialised);
        this.facts.checked.clear();
        return;
      case 'leave':
        this.fillSlot(instr.slot, this.layout.shadow, Shadow.dead);
        this.facts.checked.clear();
        return;
    }
  }

  /** Emits a value as it sits in a cell: i32 in i64 zero-extended, i64 in i32 cut. */
  #emitTo(value: Expr, type: RegType): void {
    const got = this.emit(value);
    this.#convert(got, type);
  }
  #convert(from: RegType, to: RegType): void {
    if (from === to) return;
    this.code.op(to === 'i64' ? Op.i64ExtendI32U : Op.i32WrapI64);
  }
  #zero(type: RegType): void {
    if (type === 'i64') this.code.i64(0, 0);
    else this.code.i32(0);
  }

  // --- calls ---------------------------------------------------------------------------------------------------------

  #call(instr: Call, point: number): void {
    const inlined = this.env.inlined(instr);
    if (inlined) {
      this.#inline(instr, inlined);
      return;
    }
    const member = instr.callee.kind === 'direct' ? this.env.member(instr.callee.func) : undefined;
    if (member && instr.args.length >= member.plan.params) this.#direct(instr, point, member);
    else this.#throughTable(instr, point);
  }

  #direct(instr: Call, point: number, { at, plan: callee }: { readonly at: number; readonly plan: Plan }): void {
    const { code } = this;
    const to = this.scope.plan.frameBytes;
    this.word(Frame.pc, () => code.i32(point + 1));
    this.word(to + Frame.previous, () => code.get(FRAME));
    this.#storeFuel();
    code.get(FRAME);
    code.i32(to);
    code.op(Op.i32Add);
    code.get(DEPTH);
    code.i32(1);
    code.op(Op.i32Add);
    this.#arguments(instr.args, callee);
    code.call(at);
    this.#loadFuel();
    this.facts.checked.clear();
    this.#takeResult(instr.dst, callee.fn.signature.result);
  }

  #arguments(args: readonly Expr[], callee: Plan): void {
    args.forEach((arg, i) => {
      if (i < callee.params) this.#emitTo(arg, callee.body.registers[i]!.type);
    });
  }

  /** What is on the stack, of this type, goes where the call's result goes. */
  #takeResult(dst: number | undefined, result: RegType | undefined): void {
    const { code } = this;
    if (dst === undefined) {
      if (result) code.op(Op.drop);
      return;
    }
    const { type } = this.placeOf(dst);
    const local = this.temp(type, 0);
    if (result) this.#convert(result, type);
    else this.#zero(type);
    code.set(local);
    this.writeRegister(dst, () => code.get(local));
  }

  /** Writes the callee's code here. Its frame is where a call would have put it. */
  #inline(instr: Call, callee: Plan): void {
    const { code } = this;
    const { result } = callee.fn.signature;
    const outer: Scope = this.scope;
    const pointees = new Map<number, Pointee>();
    const assigned = assignedIn(callee);
    const inner: Scope = {
      pointees,
      plan: callee,
      firstLocal: this.params + this.localTypes.length,
      frameAt: outer.frameAt + outer.plan.frameBytes,
    };
    for (const type of callee.locals) this.newLocal(wasmType(type));
    const answer = result === undefined ? undefined : this.newLocal(wasmType(result));
    // Arguments are read in the caller's scope.
    const offsets = new Map<number, number>();
    instr.args.forEach((arg, i) => {
      if (i >= callee.params) return;
      this.#emitTo(arg, callee.body.registers[i]!.type);
      code.set(inner.firstLocal + callee.registers[i]!.local);
      const known = arg.op === 'reg' ? this.facts.offsets.get(arg.reg) : undefined;
      if (known !== undefined) offsets.set(i, known);
      const pointee = assigned.has(i) ? undefined : this.pointeeOf(arg);
      if (pointee) pointees.set(i, pointee);
    });
    for (const flag of callee.setFlags.values()) {
      code.i32(0);
      code.set(inner.firstLocal + flag.local);
    }
    const before = { facts: this.facts, leave: this.#leave };
    this.scope = inner;
    this.#leave = { result: answer };
    code.open(Op.block);
    const first = this.#body({ offsets, checked: new Set(before.facts.checked) });
    code.op(Op.unreachable);
    code.end();
    this.scope = outer;
    this.#leave = before.leave;
    this.facts = before.facts;
    if (this.#changesRights(instr)) this.facts.checked.clear();
    else for (const key of first?.checked ?? []) this.facts.checked.add(key);
    this.#learnFrom(instr, callee, first);
    if (answer !== undefined) code.get(answer);
    this.#takeResult(instr.dst, result);
  }

  /** What the first block of a callee found out about its parameters holds of the registers that were passed. */
  #learnFrom(call: Call, callee: Plan, first: Facts | undefined): void {
    const assigned = assignedIn(callee);
    call.args.forEach((arg, i) => {
      const local = first?.offsets.get(i);
      if (arg.op === 'reg' && i < callee.params && local !== undefined && !assigned.has(i))
        this.facts.offsets.set(arg.reg, local);
    });
  }

  /** By the table, with arguments in cells: natives, functions of other modules, and what a pointer names. */
  #throughTable(instr: Call, point: number): void {
    const { code } = this;
    const { plan } = this.scope;
    const to = plan.frameBytes;
    const { callee } = instr;
    const index = this.scratch('callee', Wasm.i32);
    if (callee.kind === 'indirect') this.lookUp(callee.address, instr.args.length, index);
    this.word(to + Frame.func, () => (callee.kind === 'direct' ? code.i32(callee.func) : code.get(index)));
    instr.args.forEach((arg, a) => {
      code.get(FRAME);
      this.#emitTo(arg, 'i64');
      code.mem(Op.i64Store, to + Frame.cells + a * 8);
    });
    this.word(to + Frame.pc, () => code.i32(0));
    this.word(to + Frame.previous, () => code.get(FRAME));
    this.word(to + Frame.depth, () => {
      code.get(DEPTH);
      code.i32(1);
      code.op(Op.i32Add);
    });
    this.word(to + Frame.passed, () => code.i32(instr.args.length));
    this.word(Frame.pc, () => code.i32(point + 1));
    this.#storeFuel();
    code.get(FRAME);
    code.i32(to);
    code.op(Op.i32Add);
    if (callee.kind === 'direct') code.i32(callee.func);
    else code.get(index);
    code.callIndirect(GeneratedType.function);
    this.trapIf();
    this.#loadFuel();
    this.facts.checked.clear();
    if (instr.dst === undefined) return;
    const { type } = this.placeOf(instr.dst);
    this.writeRegister(instr.dst, () => {
      code.get(FRAME);
      code.mem(type === 'i64' ? Op.i64Load : Op.i32Load, Frame.result);
    });
  }

  // --- words ---------------------------------------------------------------------------------------------------------

  #loadFuel(): void {
    this.load(Control.fuel);
    this.code.set(this.#fuel);
  }
  #storeFuel(): void {
    this.code.i32(0);
    this.code.get(this.#fuel);
    this.code.mem(Op.i32Store, Control.fuel);
  }
}
