import type { Expr, RegType } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { RegisterReads } from './analysis.ts';
import { ExprGenerator, type KnownAddress, knownAddress, wasmType } from './codegen-expr.ts';
import { Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import type { Call } from './fast-blocks.ts';
import { COUNTERS, DIRTY_SHIFT, GRANULE_SHIFT, type Layout, SIGNATURES } from './layout.ts';
import type { Place, Plan } from './plan.ts';
import { Import } from './runtime-imports.ts';
import { Access, Shadow, Tolerate } from './shadow.ts';

/** What the generator asks of the program around the function. */
export interface FastEnvironment {
  globalOffset(index: number): number;
  plainGlobal(index: number, offset: number, size: number, write: boolean): boolean;
  /** The plan of a callee that is so small that its code is written in place of this call. */
  inlined(call: Call): Plan | undefined;
  /** How deep calls whose code is written in place nest in a function, and the bytes of stack their frames take. */
  inlineSize(plan: Plan): { readonly depth: number; readonly bytes: number };
  /** A function of the module that is being made, and its number there. */
  member(index: number): { readonly at: number; readonly plan: Plan } | undefined;
  readonly tableSize: number;
  /** Keep counters of blocks. */
  readonly coverage: boolean;
}

/** Parameters of every function: its frame, how deep it is; then its own. */
export const FRAME = 0;
export const DEPTH = 1;
export const FIRST_PARAM = 2;
const MAX_FACT_LOCALS = 1000;
const GRANULE_REST = (1 << GRANULE_SHIFT) - 1;
const MAX_FACTS = 48;

/** What is known on every way to a place. */
export interface Facts {
  /** Register → local that holds the offset of the address in it, found to lie in the machine's half of the space. */
  readonly offsets: Map<number, number>;
  /** Accesses whose shadow was looked at already: by local or slot, offset and size. */
  readonly checked: Set<string>;
}

/** The function whose code is being written: the outermost one, or one in place of a call. */
export interface Scope {
  readonly plan: Plan;
  /** WebAssembly local of the plan's local 0. */
  readonly firstLocal: number;
  /** Its frame lies so far behind the outermost one's. */
  readonly frameAt: number;
  /** Parameters that hold the address of a variable of a calling frame. */
  readonly pointees: ReadonlyMap<number, Pointee>;
}

/** A variable in a frame. */
export interface Pointee {
  /** From the outermost frame. */
  readonly at: number;
  readonly size: number;
}

/**
 * Registers, slots and checked accesses of the fast code. A check that fails where nothing is to be mended traps: the
 * stepper then says what is wrong.
 */
export abstract class FastAccess extends ExprGenerator {
  protected readonly env: FastEnvironment;
  /** Types of the locals after the parameters. */
  readonly localTypes: number[] = [];
  protected readonly params: number;
  protected scope: Scope;
  protected facts: Facts = { offsets: new Map(), checked: new Set() };
  protected reads: RegisterReads;
  readonly #scratch = new Map<string, number>();
  #factLocals = 0;
  /** By local that holds an offset: the one that holds the granule it begins, or one that is never known to be readable. */
  readonly #granules = new Map<number, number>();

  constructor(layout: Layout, plan: Plan, env: FastEnvironment) {
    super(layout, plan.fn.name);
    this.env = env;
    this.params = FIRST_PARAM + plan.params;
    this.reads = new RegisterReads(plan.fn.name);
    this.scope = { plan, firstLocal: FIRST_PARAM, frameAt: 0, pointees: new Map() };
    // Parameters come first among a plan's locals: they are this function's own.
    for (const type of plan.locals.slice(plan.params)) this.newLocal(wasmType(type));
  }

  protected newLocal(type: number): number {
    this.localTypes.push(type);
    return this.params + this.localTypes.length - 1;
  }
  protected scratch(name: string, type: number): number {
    let local = this.#scratch.get(name);
    if (local === undefined) this.#scratch.set(name, (local = this.newLocal(type)));
    return local;
  }
  protected override temp(type: RegType, which: 0 | 1): number {
    return this.scratch(`${type} ${which}`, wasmType(type));
  }

  // --- registers -----------------------------------------------------------------------------------------------------

  protected placeOf(reg: number): Place {
    const place = this.scope.plan.registers[reg];
    if (!place || place.cell < 0) throw malformedIr(this.name, `register ${reg} has no place`);
    return place;
  }
  protected override readRegister(reg: number): RegType {
    const place = this.placeOf(reg);
    this.#readPlace(place);
    return place.type;
  }
  #readPlace(place: Place): void {
    if (place.local >= 0) this.code.get(this.scope.firstLocal + place.local);
    else {
      this.code.get(FRAME);
      this.code.mem(place.type === 'i64' ? Op.i64Load : Op.i32Load, this.scope.frameAt + place.cell);
    }
  }
  protected writePlace(place: Place, value: () => void): void {
    const { code } = this;
    if (place.local >= 0) {
      value();
      code.set(this.scope.firstLocal + place.local);
      return;
    }
    code.get(FRAME);
    value();
    code.mem(place.type === 'i64' ? Op.i64Store : Op.i32Store, this.scope.frameAt + place.cell);
  }
  protected writeRegister(reg: number, value: () => void): void {
    this.writePlace(this.placeOf(reg), value);
    this.facts.offsets.delete(reg);
    const flag = this.scope.plan.setFlags.get(reg);
    if (flag) this.writePlace(flag, () => this.code.i32(1));
  }

  /** Traps where a register that is read here may be unset and is. */
  protected checkSet(walk: (visit: (reg: number) => void) => void): void {
    const { setFlags } = this.scope.plan;
    if (setFlags.size === 0) return;
    const seen = new Set<number>();
    walk((reg) => {
      const flag = setFlags.get(reg);
      if (!flag || seen.has(reg)) return;
      seen.add(reg);
      this.#readPlace(flag);
      this.code.op(Op.i32Eqz);
      this.trapIf();
    });
  }

  protected slotPlace(slot: number): number {
    const at = this.scope.plan.slots[slot];
    if (at === undefined) throw malformedIr(this.name, `slot ${slot}`);
    return this.scope.frameAt + at;
  }
  protected override slotOffset(slot: number, offset: number): void {
    this.code.get(FRAME);
    this.code.i32(this.slotPlace(slot) + offset);
    this.code.op(Op.i32Add);
  }
  protected override globalOffset(global: number): number {
    return this.env.globalOffset(global);
  }
  protected override onShiftRange(): void {
    this.code.op(Op.unreachable);
  }
  protected override onDivisionByZero(): void {
    this.code.op(Op.unreachable);
  }

  /**
   * Gives up on the condition on the stack: leaves the outermost block, behind which the function traps. A trap of its own in
   * each place would lie in the way of the engine's straight code.
   */
  protected trapIf(): void {
    this.code.brIf(this.code.depth - 1);
  }

  // --- accesses ------------------------------------------------------------------------------------------------------

  /** Checks an access. Answers a function that pushes the i32 base of the access and answers the immediate offset. */
  protected access(addr: Expr, size: number, info: number, tolerate: number, loc: Loc): () => number {
    const { code, layout } = this;
    const write = (info & Access.write) !== 0;
    const known = knownAddress(addr);
    const place = this.#frameAccess(addr, known, size);
    if (place) {
      this.#checkFrame(place.at, size, write, place.direct, tolerate);
      return () => {
        code.get(FRAME);
        return place.at;
      };
    }
    if (known?.base === 'global' && this.env.plainGlobal(known.index, known.offset, size, write)) {
      const at = this.globalOffset(known.index) + known.offset;
      if (write) this.#dirty(() => code.i32(at));
      return () => {
        code.i32(0);
        return at;
      };
    }
    const { local, offset } = this.#pointer(addr);
    const key = `${write ? 'w' : 'r'}${local} ${offset} ${size}`;
    if (!this.facts.checked.has(key)) {
      if (tolerate === Tolerate.load && size > 1 && (offset & GRANULE_REST) + size <= 1 << GRANULE_SHIFT) {
        this.#checkReadable(local, offset, size);
      } else {
        code.get(local);
        this.#shadowIsBad(size, tolerate, layout.shadow + offset);
        if (!write) this.trapIf();
      }
      if (write) {
        // Never written before, most likely: the runtime marks it, or has the host judge, which ends this.
        code.open(Op.if);
        this.emitAs(addr, this.wordType);
        code.i32(info);
        code.i32(loc);
        code.get(FRAME);
        code.call(Import.slow);
        this.trapIf();
        code.end();
      }
      if (this.#isFact(local) && tolerate !== Tolerate.partial) {
        this.#learn(key);
        if (write) this.#learn(`r${key.slice(1)}`);
      }
    }
    if (write) {
      this.#dirty(() => {
        code.get(local);
        if (offset > 0) {
          code.i32(offset);
          code.op(Op.i32Add);
        }
      });
    }
    return () => {
      code.get(local);
      return offset;
    };
  }

  /** Asks the granule first. Where the pointer is a granule's begin, this access does not cross into the next. */
  #checkReadable(local: number, offset: number, size: number): void {
    const { code } = this;
    code.get(this.#granules.get(local)!);
    code.mem(Op.i32Load8U, this.layout.readable + (offset >>> GRANULE_SHIFT));
    code.op(Op.i32Eqz);
    code.open(Op.if);
    code.get(local);
    code.i32(offset);
    code.i32(size);
    code.call(Import.unreadable);
    this.trapIf();
    code.end();
  }

  /** An access inside a variable of this frame, or of one of those that this code is written in. */
  #frameAccess(
    addr: Expr,
    known: KnownAddress | undefined,
    size: number,
  ): { readonly at: number; readonly direct: boolean } | undefined {
    if (known?.base === 'slot') {
      const slot = this.scope.plan.body.slots[known.index];
      if (!slot || known.offset < 0 || known.offset + size > slot.size) return undefined;
      return { at: this.slotPlace(known.index) + known.offset, direct: true };
    }
    const { base, offset } = split(addr);
    const pointee = base.op === 'reg' ? this.scope.pointees.get(base.reg) : undefined;
    if (!pointee || offset + size > pointee.size) return undefined;
    return { at: pointee.at + offset, direct: false };
  }

  /** What an argument points at, if that is a variable of a frame. */
  protected pointeeOf(arg: Expr): Pointee | undefined {
    if (arg.op === 'reg') return this.scope.pointees.get(arg.reg);
    const slot = arg.op === 'slot' && arg.offset === 0 ? this.scope.plan.body.slots[arg.slot] : undefined;
    return slot && arg.op === 'slot' ? { at: this.slotPlace(arg.slot), size: slot.size } : undefined;
  }

  #checkFrame(at: number, size: number, write: boolean, direct: boolean, tolerate: number): void {
    const { code, layout } = this;
    const key = `s${at} ${size}`;
    if (this.facts.checked.has(key)) return;
    if (write) {
      if (!direct) {
        // Through a pointer the variable may be out of its scope.
        code.get(FRAME);
        this.#shadowIsBad(size, Tolerate.partial, layout.shadow + at);
        this.trapIf();
      }
      code.get(FRAME);
      if (size === 8) code.i64(-1, -1);
      else code.i32(-1);
      code.mem(shadowStore(size), layout.shadow + at);
    } else {
      code.get(FRAME);
      this.#shadowIsBad(size, tolerate, layout.shadow + at);
      this.trapIf();
      if (tolerate !== Tolerate.load) return;
    }
    this.#learn(key);
  }

  #learn(key: string): void {
    if (this.facts.checked.size < MAX_FACTS * 4) this.facts.checked.add(key);
  }
  #isFact(local: number): boolean {
    return local !== this.scratch('offset', Wasm.i32);
  }

  /** A local that holds the offset of an address, less `offset`; the address lies in the machine's part of the space. */
  #pointer(addr: Expr): { readonly local: number; readonly offset: number } {
    const { base, offset } = split(addr);
    if (base.op !== 'reg') {
      const local = this.scratch('offset', Wasm.i32);
      const address = this.temp(this.wordType, 0);
      this.emitAs(addr, this.wordType);
      this.code.set(address);
      this.#toOffset(() => this.code.get(address), local);
      this.#toGranule(local);
      return { local, offset: 0 };
    }
    let local = this.facts.offsets.get(base.reg);
    if (local === undefined) {
      const keep = this.facts.offsets.size < MAX_FACTS && this.#factLocals < MAX_FACT_LOCALS;
      local = keep ? this.newLocal(Wasm.i32) : this.scratch('offset', Wasm.i32);
      if (keep) {
        this.#factLocals++;
        this.facts.offsets.set(base.reg, local);
      }
      this.#toOffset(() => {
        if (this.readRegister(base.reg) !== this.wordType)
          throw malformedIr(this.name, 'an address of the wrong width');
      }, local);
      this.#toGranule(local);
    }
    return { local, offset };
  }

  #toGranule(local: number): void {
    const { code, layout } = this;
    let granule = this.#granules.get(local);
    if (granule === undefined) this.#granules.set(local, (granule = this.newLocal(Wasm.i32)));
    // Of stacks none is readable at a glance, and there are more than an offset can pass.
    code.i32(layout.stacks >>> GRANULE_SHIFT);
    code.get(local);
    code.i32(GRANULE_SHIFT);
    code.op(Op.i32ShrU);
    code.get(local);
    code.i32(GRANULE_REST);
    code.op(Op.i32And);
    code.op(Op.select);
    code.set(granule);
  }

  /**
   * The upper half of an address must be the machine's. What is above the data in the lower half finds no shadow that
   * allows anything: behind the shadow lie dirty marks, an empty log, and the end of memory.
   */
  #toOffset(push: () => void, local: number): void {
    const { code, layout } = this;
    push();
    if (layout.wordSize === 8) {
      code.op(Op.i32WrapI64);
      code.set(local);
      push();
      code.i64(0, 32);
      code.op(Op.i64ShrU);
      code.op(Op.i32WrapI64);
      code.i32(layout.dataBaseHigh | 0);
      code.op(Op.i32Ne);
    } else {
      code.i32(layout.mask);
      code.op(Op.i32And);
      code.set(local);
      push();
      code.i32(layout.log);
      code.op(Op.i32ShrU);
      code.i32(layout.dataBaseLow >>> layout.log);
      code.op(Op.i32Ne);
    }
    this.trapIf();
  }

  /** Offset of an address, checked as far as {@link #toOffset} does, in a scratch local of this name. */
  protected offsetOf(addr: Expr, name: string): number {
    const local = this.scratch(name, Wasm.i32);
    const address = this.temp(this.wordType, 0);
    this.emitAs(addr, this.wordType);
    this.code.set(address);
    this.#toOffset(() => this.code.get(address), local);
    return local;
  }

  #dirty(offset: () => void): void {
    const { code } = this;
    offset();
    code.i32(DIRTY_SHIFT);
    code.op(Op.i32ShrU);
    code.i32(1);
    code.mem(Op.i32Store8, this.layout.watch);
  }
  /** Marks the pages of a range whose start is in a local. */
  protected dirtyRange(local: number, size: number): void {
    const { code } = this;
    if (size === 0) return;
    code.get(local);
    code.i32(DIRTY_SHIFT);
    code.op(Op.i32ShrU);
    code.i32(this.layout.watch);
    code.op(Op.i32Add);
    code.i32(1);
    code.i32((size >>> DIRTY_SHIFT) + 2);
    code.memoryFill();
  }

  /** From the i32 base on the stack: nonzero if any of the shadow bytes lacks a right. */
  #shadowIsBad(size: number, tolerate: number, offset: number): void {
    const { code } = this;
    const spread = tolerate * 0x01010101;
    if (size === 8) {
      code.mem(Op.i64Load, offset);
      if (tolerate) {
        code.i64(spread, spread);
        code.op(Op.i64Or);
      }
      code.i64(-1, -1);
      code.op(Op.i64Ne);
      return;
    }
    code.mem(size === 4 ? Op.i32Load : size === 2 ? Op.i32Load16S : Op.i32Load8S, offset);
    if (tolerate) {
      code.i32(spread);
      code.op(Op.i32Or);
    }
    code.i32(-1);
    code.op(Op.i32Ne);
  }

  /** Fills bytes of a slot, or of its shadow `delta` behind. */
  protected fillSlot(slot: number, delta: number, value: number): void {
    const { code } = this;
    const size = this.scope.plan.body.slots[slot]?.size ?? 0;
    const at = this.slotPlace(slot) + delta;
    const spread = value * 0x01010101;
    if (size <= INLINE_FILL) {
      let done = 0;
      for (const step of [8, 4, 2, 1]) {
        for (; size - done >= step; done += step) {
          code.get(FRAME);
          if (step === 8) code.i64(spread, spread);
          else code.i32(spread);
          code.mem(shadowStore(step), at + done);
        }
      }
      return;
    }
    code.get(FRAME);
    code.i32(at);
    code.op(Op.i32Add);
    code.i32(value);
    code.i32(size);
    code.memoryFill();
  }
  protected endSlots(): void {
    this.scope.plan.body.slots.forEach((_, slot) => {
      this.fillSlot(slot, this.layout.shadow, Shadow.none);
    });
  }

  /** Writes a word of the frame. */
  protected word(at: number, value: () => void): void {
    this.code.get(FRAME);
    value();
    this.code.mem(Op.i32Store, at);
  }
  /** Pushes a control word. */
  protected load(control: number): void {
    this.code.i32(0);
    this.code.mem(Op.i32Load, control);
  }
  /** The index of the function that an address names, if it may be called with so many arguments. */
  protected lookUp(address: Expr, passed: number, index: number): void {
    const { code, layout } = this;
    this.emitAs(address, this.wordType);
    if (layout.wordSize === 8) {
      const distance = this.temp('i64', 0);
      this.bigConstant(BigInt.asIntN(64, layout.functionBase));
      code.op(Op.i64Sub);
      code.i64(0, 4);
      code.op(Op.i64Rotr);
      code.tee(distance);
      code.i64(0, this.env.tableSize);
      code.op(Op.i64GeU);
      this.trapIf();
      code.get(distance);
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
      this.trapIf();
    }
    code.get(index);
    code.mem(Op.i32Load8U, SIGNATURES);
    code.i32(0x7f);
    code.op(Op.i32And);
    code.i32(Math.min(0x7f, passed));
    code.op(Op.i32GtU);
    this.trapIf();
  }

  protected countAt(counter: number): void {
    const { code } = this;
    const at = COUNTERS + counter * 4;
    code.i32(0);
    code.i32(0);
    code.mem(Op.i32Load, at);
    code.i32(1);
    code.op(Op.i32Add);
    code.mem(Op.i32Store, at);
  }
}

/** Slots up to this size are filled by stores, larger ones by memory.fill. */
const INLINE_FILL = 64;

function shadowStore(size: number): number {
  return size === 8 ? Op.i64Store : size === 4 ? Op.i32Store : size === 2 ? Op.i32Store16 : Op.i32Store8;
}

/** An address as something plus a constant, where that constant is small and not negative. */
function split(addr: Expr): { readonly base: Expr; readonly offset: number } {
  let offset = 0;
  let at = addr;
  while (at.op === 'binary' && at.fn === 'add') {
    const { a, b } = at;
    const plus: number =
      b.op === 'i64' && b.value >= 0n && b.value < 65536n ? Number(b.value) : b.op === 'i32' ? b.value : -1;
    if (plus < 0 || plus >= 65536 || offset > 1 << 20) break;
    offset += plus;
    at = a;
  }
  return { base: at, offset };
}
