import { type Code, Op, Wasm } from './encode.ts';
import {
  Control,
  Frame,
  GRANULE_SHIFT,
  type Layout,
  SIGNATURES,
  STACK_BYTES,
  Status,
  VISIBLE_NATIVE,
} from './layout.ts';
import { load, store } from './runtime-trace.ts';
import { Access } from './shadow.ts';

/** Function indices of the runtime module that its own code calls. */
export const ENTER = 0;
const FAULT = 1;
/** Host functions that are handed on as they are. */
export const forwarded = ['shift', 'division', 'unset', 'unreachable', 'badCall'] as const;
const FIRST = 2 + forwarded.length;

/** Types of the runtime module, by index. */
export const T = { enter: 0, fault: 1, run: 2, fillTable: 3, ranged: 4 } as const;

export const RANGE_IS_GOOD = FIRST;
export const ENTER_FUNCTION = FIRST + 11;
const WATCHED = FIRST + 12;
const NOTE = FIRST + 13;

/** Writes the bodies of the runtime's functions. */
export class RuntimeAssembler {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** () → status. Runs the frame in `Control.frame`, then its caller, until the thread's first frame is done or one stops. */
  run(c: Code): void {
    const frame = 0;
    const status = 1;
    c.open(Op.loop);
    load(c, Control.frame);
    c.tee(frame);
    load(c, Control.stackBase);
    c.op(Op.i32Eq);
    c.open(Op.if);
    c.i32(Status.done);
    c.op(Op.return);
    c.end();
    c.get(frame);
    c.get(frame);
    c.mem(Op.i32Load, Frame.func);
    c.callIndirect(T.enter);
    c.tee(status);
    c.open(Op.if);
    c.get(status);
    c.op(Op.return);
    c.end();
    store(c, Control.frame, () => {
      c.get(frame);
      c.mem(Op.i32Load, Frame.previous);
    });
    c.br(0);
    c.end();
    c.op(Op.unreachable);
  }

  /** Consumes `skip`: answers 1 from the enclosing function's point of view when it was set. */
  #takeSkip(c: Code): void {
    load(c, Control.skip);
    c.open(Op.if);
    store(c, Control.skip, () => c.i32(0));
  }

  stopStatement(c: Code): void {
    this.#takeSkip(c);
    c.i32(0);
    c.op(Op.return);
    c.end();
    c.i32(1);
  }

  /** (callee's frame, loc) → status. Only natives that synchronise are visible; mode 2 stops before any call. */
  stopCall(c: Code): void {
    this.#takeSkip(c);
    c.i32(0);
    c.op(Op.return);
    c.end();
    load(c, Control.stopAccesses);
    c.i32(2);
    c.op(Op.i32Eq);
    c.get(0);
    c.mem(Op.i32Load, Frame.func);
    c.mem(Op.i32Load8U, SIGNATURES);
    c.i32(VISIBLE_NATIVE);
    c.op(Op.i32And);
    c.op(Op.i32Or);
    c.op(Op.i32Eqz);
    c.open(Op.if);
    c.i32(0);
    c.op(Op.return);
    c.end();
    store(c, Control.pendingFrame, () => c.get(0));
    store(c, Control.pendingLoc, () => c.get(1));
    c.i32(Status.native);
  }

  /** (address, info, loc, frame) → status. */
  slow(c: Code): void {
    const offset = 4;
    const tolerance = 5;
    const size = 6;
    this.#offset(c, 0, offset);
    c.get(1);
    c.i32(Access.sizeMask);
    c.op(Op.i32And);
    c.set(size);
    this.#stopUnless(
      c,
      () => this.#onOwnStack(c, 0, offset),
      () => {
        this.#isData(c, 0);
        c.openTyped(Op.if, Wasm.i32);
        c.i32(1);
        c.get(1);
        c.i32(Access.volatile);
        c.op(Op.i32And);
        c.brIf(0);
        c.get(offset);
        c.get(size);
        c.call(WATCHED);
        c.brIf(0);
        c.op(Op.drop);
        c.get(offset);
        c.get(size);
        c.get(1);
        c.get(2);
        c.call(NOTE);
        c.op(Op.else);
        c.i32(0);
        c.end();
      },
      () => {
        store(c, Control.pendingSize, () => c.get(size));
        this.#pend(c, 0, () => c.get(1), 2);
      },
    );
    // Writes may touch unwritten bytes; reads may touch constants, and of partial reads both.
    c.i32(2);
    c.i32(3);
    c.i32(1);
    c.get(1);
    c.i32(Access.partial);
    c.op(Op.i32And);
    c.op(Op.select);
    c.get(1);
    c.i32(Access.write);
    c.op(Op.i32And);
    c.op(Op.select);
    c.set(tolerance);
    this.#isData(c, 0);
    c.open(Op.if);
    c.get(offset);
    c.get(size);
    c.get(tolerance);
    c.call(RANGE_IS_GOOD);
    c.open(Op.if);
    c.get(1);
    c.i32(Access.write);
    c.op(Op.i32And);
    c.open(Op.if);
    this.#fillShadow(c, offset, size, 0xff);
    c.end();
    c.i32(Status.done);
    c.op(Op.return);
    c.end();
    c.end();
    c.get(0);
    c.get(1);
    c.get(2);
    c.get(3);
    c.call(FAULT);
  }

  /** (to, from, size, loc, frame) → status. Bytes and their initialisedness move together. */
  copy(c: Code): void {
    const to = 5;
    const from = 6;
    const i = 7;
    this.#offset(c, 0, to);
    this.#offset(c, 1, from);
    this.#stopUnless(
      c,
      () => {
        this.#onOwnStack(c, 0, to);
        this.#onOwnStack(c, 1, from);
        c.op(Op.i32And);
      },
      () => {
        this.#isData(c, 0);
        this.#isData(c, 1);
        c.op(Op.i32And);
        c.openTyped(Op.if, Wasm.i32);
        c.i32(1);
        for (const at of [to, from]) {
          c.get(at);
          c.get(2);
          c.call(WATCHED);
          c.brIf(0);
        }
        c.op(Op.drop);
        for (const [at, info] of [
          [to, Access.write],
          [from, Access.copy],
        ] as const) {
          c.get(at);
          c.get(2);
          c.i32(info);
          c.get(3);
          c.call(NOTE);
        }
        // There is room for two where there is room for one.
        c.op(Op.drop);
        c.op(Op.else);
        c.i32(0);
        c.end();
      },
      () => {
        store(c, Control.pendingSize, () => c.get(2));
        c.i32(0);
        this.#pushWord(c, 1);
        c.mem(Op.i64Store, Control.pendingFrom);
        this.#pend(c, 0, () => c.i32(Access.write | Access.copy), 3);
      },
    );
    this.#checkRange(c, 1, from, 2, 3, Access.partial, 3, 4);
    this.#checkRange(c, 0, to, 2, 2, Access.write, 3, 4);
    this.#forgetReadable(c, to, 2);
    c.get(to);
    c.get(from);
    c.get(2);
    c.memoryCopy();
    // The copy is writable, whatever the original was.
    c.open(Op.loop);
    c.get(i);
    c.get(2);
    c.op(Op.i32LtU);
    c.open(Op.if);
    c.get(to);
    c.get(i);
    c.op(Op.i32Add);
    c.get(from);
    c.get(i);
    c.op(Op.i32Add);
    c.mem(Op.i32Load8U, this.#layout.shadow);
    c.i32(1);
    c.op(Op.i32Or);
    c.mem(Op.i32Store8, this.#layout.shadow);
    c.get(i);
    c.i32(1);
    c.op(Op.i32Add);
    c.set(i);
    c.br(1);
    c.end();
    c.end();
    c.i32(Status.done);
  }

  /** (at, size, loc, frame) → status. */
  zero(c: Code): void {
    const at = 4;
    this.#offset(c, 0, at);
    this.#stopUnless(
      c,
      () => this.#onOwnStack(c, 0, at),
      () => {
        this.#isData(c, 0);
        c.openTyped(Op.if, Wasm.i32);
        c.i32(1);
        c.get(at);
        c.get(1);
        c.call(WATCHED);
        c.brIf(0);
        c.op(Op.drop);
        c.get(at);
        c.get(1);
        c.i32(Access.write);
        c.get(2);
        c.call(NOTE);
        c.op(Op.else);
        c.i32(0);
        c.end();
      },
      () => {
        store(c, Control.pendingSize, () => c.get(1));
        this.#pend(c, 0, () => c.i32(Access.write), 2);
      },
    );
    this.#checkRange(c, 0, at, 1, 2, Access.write, 2, 3);
    c.get(at);
    c.i32(0);
    c.get(1);
    c.memoryFill();
    this.#fillShadow(c, at, 1, 0xff);
    c.i32(Status.done);
  }

  // --- pieces --------------------------------------------------------------------------------------------------------

  #offset(c: Code, address: number, offset: number): void {
    c.get(address);
    if (this.#layout.wordSize === 8) c.op(Op.i32WrapI64);
    c.i32(this.#layout.mask);
    c.op(Op.i32And);
    c.set(offset);
  }

  /** Pushes whether the address lies in the data region at all. */
  #isData(c: Code, address: number): void {
    const { wordSize, log, dataBase, dataBaseLow } = this.#layout;
    c.get(address);
    if (wordSize === 8) {
      const top = dataBase >> BigInt(log);
      c.i64(0, log);
      c.op(Op.i64ShrU);
      c.i64(Number(top >> 32n), Number(BigInt.asIntN(32, top)));
      c.op(Op.i64Eq);
    } else {
      c.i32(log);
      c.op(Op.i32ShrU);
      c.i32(dataBaseLow >>> log);
      c.op(Op.i32Eq);
    }
  }

  #onOwnStack(c: Code, address: number, offset: number): void {
    this.#isData(c, address);
    c.get(offset);
    load(c, Control.stackBase);
    c.op(Op.i32Sub);
    c.i32(STACK_BYTES);
    c.op(Op.i32LtU);
    c.op(Op.i32And);
  }

  /**
   * Where stops are asked for: consumes `skip`, or runs `pend` unless the access is private (mode 2 stops at any). In mode 3
   * `note` pushes whether to stop, and writes the access down where not.
   */
  #stopUnless(c: Code, isPrivate: () => void, note: () => void, pend: () => void): void {
    load(c, Control.stopAccesses);
    c.open(Op.if);
    this.#takeSkip(c);
    c.op(Op.else);
    isPrivate();
    load(c, Control.stopAccesses);
    c.i32(2);
    c.op(Op.i32Ne);
    c.op(Op.i32And);
    c.op(Op.i32Eqz);
    c.open(Op.if);
    load(c, Control.stopAccesses);
    c.i32(3);
    c.op(Op.i32Eq);
    c.openTyped(Op.if, Wasm.i32);
    note();
    c.op(Op.else);
    c.i32(1);
    c.end();
    c.open(Op.if);
    pend();
    c.end();
    c.end();
    c.end();
    c.end();
  }

  #pushWord(c: Code, local: number): void {
    c.get(local);
    if (this.#layout.wordSize === 4) c.op(Op.i64ExtendI32U);
  }

  #pend(c: Code, address: number, info: () => void, loc: number): void {
    c.i32(0);
    this.#pushWord(c, address);
    c.mem(Op.i64Store, Control.pendingAddress);
    store(c, Control.pendingInfo, info);
    store(c, Control.pendingLoc, () => c.get(loc));
    c.i32(Status.access);
    c.op(Op.return);
  }

  /** Faults unless the range is good; size 0 is always good. `info` has no size: it is in `pendingSize`. */
  #checkRange(
    c: Code,
    address: number,
    offset: number,
    size: number,
    tolerance: number,
    info: number,
    loc: number,
    frame: number,
  ): void {
    c.get(size);
    c.open(Op.if);
    c.open(Op.block);
    this.#isData(c, address);
    c.op(Op.i32Eqz);
    c.brIf(0);
    c.get(offset);
    c.get(size);
    c.i32(tolerance);
    c.call(RANGE_IS_GOOD);
    c.brIf(1);
    c.end();
    store(c, Control.pendingSize, () => c.get(size));
    c.get(address);
    c.i32(info);
    c.get(loc);
    c.get(frame);
    c.call(FAULT);
    c.op(Op.return);
    c.end();
  }

  /** What is known of the granules of a range is known no more. */
  #forgetReadable(c: Code, offset: number, size: number): void {
    c.get(offset);
    c.i32(GRANULE_SHIFT);
    c.op(Op.i32ShrU);
    c.i32(this.#layout.readable);
    c.op(Op.i32Add);
    c.i32(0);
    c.get(size);
    c.i32(2 * (1 << GRANULE_SHIFT) - 2);
    c.op(Op.i32Add);
    c.i32(GRANULE_SHIFT);
    c.op(Op.i32ShrU);
    c.memoryFill();
  }

  #fillShadow(c: Code, offset: number, size: number, value: number): void {
    c.get(offset);
    c.i32(this.#layout.shadow);
    c.op(Op.i32Add);
    c.i32(value);
    c.get(size);
    c.memoryFill();
  }
}
