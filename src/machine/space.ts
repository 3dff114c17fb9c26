import { DIRTY_SHIFT, GRANULE_SHIFT } from './layout.ts';
import type { CodeModule, ProgramCode } from './program-code.ts';
import { importNames } from './runtime-imports.ts';

/** What the generated code calls on the host. */
export interface HostFunctions {
  /** First call of a function, or a native: runs it. `variant` is what is running. */
  enter(frame: number, variant: VariantNumber): number;
  fault(address: bigint | number, info: number, loc: number, frame: number): number;
  shift(loc: number, frame: number, count: bigint, width: number): void;
  division(loc: number, frame: number): void;
  unset(register: number, loc: number, frame: number): void;
  unreachable(point: number, frame: number): void;
  badCall(address: bigint | number, passed: number, loc: number, frame: number): number;
}
/** Kinds of generated code. Each has its own table, so that one never calls the other. */
export const Variant = { through: 0, stops: 1, fast: 2, fastCounting: 3 } as const;
export type VariantNumber = (typeof Variant)[keyof typeof Variant];

interface Linked {
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
  /** The fast executor runs here: it wants to know which pages were written to, and notes what is readable. */
  tracksWrites = false;
  readonly #variants: (Linked | undefined)[] = [];
  #digest: ((from: number, to: number, seed: bigint) => bigint) | undefined;

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

  /** Runs frames until the thread ends or stops. */
  run(variant: VariantNumber): number {
    return this.#linked(variant).run();
  }

  /** Writes the trace record of a native's return. */
  traceReturn(frame: number, loc: number, variant: VariantNumber): void {
    this.#linked(variant).traceReturn(frame, loc);
  }

  /** A name for the bytes of a range, and for what `seed` names. */
  digest(from: number, to: number, seed: bigint): bigint {
    if (!this.#digest) this.#linked(Variant.through);
    return this.#digest!(from, to, seed);
  }

  /** The host is about to write here, or did. */
  touch(offset: number, size: number): void {
    if (!this.tracksWrites || size <= 0) return;
    const { watch } = this.code.layout;
    const last = (offset + size - 1) >>> DIRTY_SHIFT;
    for (let page = offset >>> DIRTY_SHIFT; page <= last; page++) this.bytes[watch + page] = 1;
  }

  /** Bytes of this range may not be readable any more. */
  forgetReadable(offset: number, size: number): void {
    if (size <= 0 || !this.tracksWrites) return;
    const { readable } = this.code.layout;
    this.bytes.fill(0, readable + (offset >>> GRANULE_SHIFT), readable + ((offset + size - 1) >>> GRANULE_SHIFT) + 1);
  }

  /** Makes compiled code callable: its functions put themselves into the table. */
  link({ module }: CodeModule, variant: VariantNumber): void {
    new WebAssembly.Instance(module, { m: this.#linked(variant).imports });
  }

  #linked(variant: VariantNumber): Linked {
    return (this.#variants[variant] ??= this.#makeVariant(variant));
  }

  #makeVariant(variant: VariantNumber): Linked {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: this.code.tableSize });
    const { memory } = this;
    const runtime = new WebAssembly.Instance(this.code.runtime, {
      m: {
        memory,
        table,
        enter: (frame: number) => this.host.enter(frame, variant),
        fault: (a: bigint | number, info: number, loc: number, frame: number) => this.host.fault(a, info, loc, frame),
        shift: (loc: number, frame: number, count: bigint, width: number) => this.host.shift(loc, frame, count, width),
        division: (loc: number, frame: number) => this.host.division(loc, frame),
        unset: (register: number, loc: number, frame: number) => this.host.unset(register, loc, frame),
        unreachable: (point: number, frame: number) => this.host.unreachable(point, frame),
        badCall: (a: bigint | number, n: number, loc: number, frame: number) => this.host.badCall(a, n, loc, frame),
      },
    }).exports;
    (runtime.fillTable as (n: number) => void)(this.code.tableSize);
    this.#digest ??= runtime.digest as (from: number, to: number, seed: bigint) => bigint;
    const imports: Record<string, unknown> = { memory, table };
    for (const name of importNames) imports[name] = runtime[name];
    return {
      table,
      run: runtime.run as () => number,
      traceReturn: runtime.traceReturn as Linked['traceReturn'],
      imports: imports as Record<string, never>,
    };
  }
}
