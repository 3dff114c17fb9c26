import type { CodeModule, ProgramCode } from './program-code.ts';
import { importNames } from './runtime-imports.ts';

/** What the generated code calls on the host. */
export interface HostFunctions {
  /** First call of a function, or a native: runs it. `stops` tells which variant is running. */
  enter(frame: number, stops: boolean): number;
  fault(address: bigint | number, info: number, loc: number, frame: number): number;
  shift(loc: number, frame: number, count: bigint, width: number): void;
  division(loc: number, frame: number): void;
  unset(register: number, loc: number, frame: number): void;
  unreachable(point: number, frame: number): void;
  badCall(address: bigint | number, passed: number, loc: number, frame: number): number;
}
interface Variant {
  readonly table: WebAssembly.Table;
  readonly run: () => number;
  readonly traceReturn: (frame: number, loc: number) => void;
  /** What function modules import: never looked into here. */
  readonly imports: Record<string, never>;
}

/** One linear memory with the code instantiated over it. Costly to make, so machines hand it on (`Machine.dispose`). */
export class Space {
  readonly code: ProgramCode;
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly longs: BigUint64Array;
  readonly view: DataView;
  /** The machine that owns the space now. */
  host: HostFunctions;
  readonly #variants: (Variant | undefined)[] = [undefined, undefined];

  constructor(code: ProgramCode, host: HostFunctions) {
    this.code = code;
    this.host = host;
    const { pages } = code.layout;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { buffer } = this.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.longs = new BigUint64Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Runs frames until the thread ends or stops, with the code that looks for stops or the code that does not. */
  run(stops: boolean): number {
    return this.#variant(stops).run();
  }

  /** Writes the trace record of a native's return. */
  traceReturn(frame: number, loc: number, stops: boolean): void {
    this.#variant(stops).traceReturn(frame, loc);
  }

  /** Makes the code of a function callable. */
  install(index: number, stops: boolean): void {
    this.#instantiate(this.code.module(this.code.plan(index)!, stops), stops);
  }

  /** Makes the code of many functions callable. */
  prepare(indices: readonly number[], stops: boolean): void {
    const module = this.code.prepare(indices, stops);
    if (module) this.#instantiate(module, stops);
  }

  /** Its functions put themselves into the table. */
  #instantiate({ module }: CodeModule, stops: boolean): void {
    new WebAssembly.Instance(module, { m: this.#variant(stops).imports });
  }

  #variant(stops: boolean): Variant {
    return (this.#variants[stops ? 1 : 0] ??= this.#makeVariant(stops));
  }

  #makeVariant(stops: boolean): Variant {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: this.code.tableSize });
    const { memory } = this;
    const runtime = new WebAssembly.Instance(this.code.runtime, {
      m: {
        memory,
        table,
        enter: (frame: number) => this.host.enter(frame, stops),
        fault: (a: bigint | number, info: number, loc: number, frame: number) => this.host.fault(a, info, loc, frame),
        shift: (loc: number, frame: number, count: bigint, width: number) => this.host.shift(loc, frame, count, width),
        division: (loc: number, frame: number) => this.host.division(loc, frame),
        unset: (register: number, loc: number, frame: number) => this.host.unset(register, loc, frame),
        unreachable: (point: number, frame: number) => this.host.unreachable(point, frame),
        badCall: (a: bigint | number, n: number, loc: number, frame: number) => this.host.badCall(a, n, loc, frame),
      },
    }).exports;
    (runtime.fillTable as (n: number) => void)(this.code.tableSize);
    const imports: Record<string, unknown> = { memory, table };
    for (const name of importNames) imports[name] = runtime[name];
    return {
      table,
      run: runtime.run as () => number,
      traceReturn: runtime.traceReturn as Variant['traceReturn'],
      imports: imports as Record<string, never>,
    };
  }
}
