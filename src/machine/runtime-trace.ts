import { type Code, Op } from './encode.ts';
import { Control, Frame } from './layout.ts';

/*
 * Code that writes the trace: records of 8-byte words. The first holds location and tag (thread, number of values, kind); for
 * calls and returns the function follows, then the values. trace.ts reads them.
 */

/** (loc). */
export function traceStatement(c: Code): void {
  const at = 1;
  record(
    c,
    at,
    () => c.i32(8),
    0,
    () => c.i32(1),
  );
  c.end();
}

/** (callee's frame, loc). At most six arguments. */
export function traceCall(c: Code): void {
  const at = 2;
  const values = 3;
  c.get(0);
  c.mem(Op.i32Load, Frame.passed);
  c.i32(6);
  c.get(0);
  c.mem(Op.i32Load, Frame.passed);
  c.i32(6);
  c.op(Op.i32LtU);
  c.op(Op.select);
  c.set(values);
  const length = (): void => {
    c.get(values);
    c.i32(3);
    c.op(Op.i32Shl);
    c.i32(16);
    c.op(Op.i32Add);
  };
  record(c, at, length, 1, () => {
    c.get(values);
    c.i32(4);
    c.op(Op.i32Shl);
    c.i32(2);
    c.op(Op.i32Or);
  });
  c.get(at);
  c.get(0);
  c.mem(Op.i32Load, Frame.func);
  c.op(Op.i64ExtendI32U);
  c.mem(Op.i64Store, 8);
  c.get(at);
  c.i32(16);
  c.op(Op.i32Add);
  c.get(0);
  c.i32(Frame.cells);
  c.op(Op.i32Add);
  c.get(values);
  c.i32(3);
  c.op(Op.i32Shl);
  c.memoryCopy();
  c.end();
}

/** (frame, loc). The result was already given to the caller's frame. */
export function traceReturn(c: Code): void {
  const at = 2;
  record(
    c,
    at,
    () => c.i32(24),
    1,
    () => c.i32(16 | 3),
  );
  c.get(at);
  c.get(0);
  c.mem(Op.i32Load, Frame.func);
  c.op(Op.i64ExtendI32U);
  c.mem(Op.i64Store, 8);
  c.get(at);
  c.get(0);
  c.mem(Op.i32Load, Frame.previous);
  c.mem(Op.i64Load, Frame.result);
  c.mem(Op.i64Store, 16);
  c.end();
}

/** Opens an `if` in which the record's first word is written and room is taken; without room, counts what is lost. */
function record(c: Code, at: number, length: () => void, loc: number, tag: () => void): void {
  load(c, Control.tracePosition);
  c.tee(at);
  length();
  c.op(Op.i32Add);
  load(c, Control.traceEnd);
  c.op(Op.i32GtU);
  c.open(Op.if);
  store(c, Control.traceDropped, () => {
    load(c, Control.traceDropped);
    c.i32(1);
    c.op(Op.i32Add);
  });
  c.op(Op.else);
  store(c, Control.tracePosition, () => {
    c.get(at);
    length();
    c.op(Op.i32Add);
  });
  c.get(at);
  c.get(loc);
  c.mem(Op.i32Store, 0);
  c.get(at);
  load(c, Control.thread);
  c.i32(8);
  c.op(Op.i32Shl);
  tag();
  c.op(Op.i32Or);
  c.mem(Op.i32Store, 4);
}

/** Pushes a control word. */
export function load(c: Code, word: number): void {
  c.i32(0);
  c.mem(Op.i32Load, word);
}
/** Sets a control word to what `value` pushes. */
export function store(c: Code, word: number, value: () => void): void {
  c.i32(0);
  value();
  c.mem(Op.i32Store, word);
}
