import { Code, encodeModule, type FuncType, type ModuleFunction, Op, Wasm } from './encode.ts';
import { Frame, type Layout, Status } from './layout.ts';
import { ENTER, ENTER_FUNCTION, forwarded, RANGE_IS_GOOD, RuntimeAssembler, T } from './runtime-code.ts';
import { digestRange } from './runtime-digest.ts';
import { importTypes } from './runtime-imports.ts';
import { note, rangeIsGood, unreadable, watched } from './runtime-ranges.ts';
import { traceCall, traceReturn, traceStatement } from './runtime-trace.ts';

/*
 * The hand-written part of the machine that runs as WebAssembly: the driver loop, the second look at an access, range
 * copies, and trace records. One module for each layout.
 *
 * The only module with imports from the host (`enter` for what has no code yet, `fault` to judge a bad access, and reports):
 * an import from JavaScript costs its module a compiled wrapper, so the modules of functions import from here alone.
 */

export function encodeRuntime(layout: Layout): Uint8Array<ArrayBuffer> {
  const imports = importTypes(layout.wordSize);
  const { i32, i64 } = Wasm;
  const types: FuncType[] = [
    { params: [i32], results: [i32] },
    imports.slow,
    { params: [], results: [i32] },
    { params: [i32], results: [] },
    // (offset, size, tolerance) → 1 when every byte has the rights
    { params: [i32, i32, i32], results: [i32] },
  ];
  const typeOf = (type: FuncType): number => types.push(type) - 1;
  const forwardedTypes = forwarded.map((name) => typeOf(imports[name]));
  const asm = new RuntimeAssembler(layout);
  const functions: ModuleFunction[] = [
    fn('rangeIsGood', T.ranged, [], (c) => rangeIsGood(c, layout)),
    fn('run', T.run, [i32, i32], (c) => asm.run(c)),
    fn('fillTable', T.fillTable, [], (c) => fillTable(c)),
    fn('slow', T.fault, [i32, i32, i32], (c) => asm.slow(c)),
    fn('stopStatement', T.run, [], (c) => asm.stopStatement(c)),
    fn('stopCall', typeOf(imports.stopCall), [], (c) => asm.stopCall(c)),
    fn('copy', typeOf(imports.copy), [i32, i32, i32], (c) => asm.copy(c)),
    fn('zero', typeOf(imports.zero), [i32], (c) => asm.zero(c)),
    fn('traceStatement', typeOf(imports.traceStatement), [i32], (c) => traceStatement(c)),
    fn('traceCall', typeOf(imports.traceCall), [i32, i32], (c) => traceCall(c)),
    fn('traceReturn', typeOf(imports.traceReturn), [i32], (c) => traceReturn(c)),
    // Exported so that `ref.func` may name it.
    fn('enterFunction', T.enter, [i32], (c) => enterFunction(c)),
    fn('watched', typeOf({ params: [i32, i32], results: [i32] }), [i32], (c) => watched(c, layout)),
    fn('note', typeOf({ params: [i32, i32, i32, i32], results: [i32] }), [i32], (c) => note(c)),
    fn('unreadable', typeOf(imports.unreadable), [], (c) => unreadable(c, layout, RANGE_IS_GOOD)),
    fn('digest', typeOf({ params: [i32, i32, i64], results: [i64] }), [i64, i64, i64, i64], (c) => digestRange(c)),
    ...forwarded.map((name, f) =>
      fn(name, forwardedTypes[f]!, [], (c) => {
        for (let p = 0; p < imports[name].params.length; p++) c.get(p);
        c.call(2 + f);
      }),
    ),
  ];
  return encodeModule({
    types,
    imports: [
      { name: 'enter', type: T.enter },
      { name: 'fault', type: T.fault },
      ...forwarded.map((name, f) => ({ name, type: forwardedTypes[f]! })),
    ],
    memoryPages: layout.pages,
    functions: functions.map((f) => {
      f.code.end();
      return f;
    }),
  });
}

function fn(exportAs: string, type: number, locals: readonly number[], write: (code: Code) => void): ModuleFunction {
  const code = new Code(256);
  write(code);
  return { type, exportAs, locals: locals.map((t) => ({ type: t, count: 1 })), code };
}

/** (frame) → status. Asks the host; where that made the function callable, calls it. */
function enterFunction(c: Code): void {
  c.get(0);
  c.call(ENTER);
  c.tee(1);
  c.i32(Status.installed);
  c.op(Op.i32Eq);
  c.open(Op.if);
  c.get(0);
  c.get(0);
  c.mem(Op.i32Load, Frame.func);
  c.callIndirect(T.enter);
  c.op(Op.return);
  c.end();
  c.get(1);
}

/** Puts the host's entry into the first n places of the table. */
function fillTable(c: Code): void {
  c.i32(0);
  c.byte(0xd2); // ref.func
  c.u32(ENTER_FUNCTION);
  c.get(0);
  c.byte(0xfc); // table.fill
  c.u32(17);
  c.u32(0);
}
