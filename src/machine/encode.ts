/**
 * Writes WebAssembly's binary format (core specification 2.0, chapter 5): a growing byte buffer, LEB128 numbers, and the
 * few sections a module of ours has. Nothing here knows the IR.
 */

/** Opcodes that the generators use, by their names in the specification. */
export const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8S: 0x2c,
  i32Load8U: 0x2d,
  i32Load16S: 0x2e,
  i32Load16U: 0x2f,
  i32Store: 0x36,
  i64Store: 0x37,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32LeS: 0x4c,
  i32LeU: 0x4d,
  i32GeS: 0x4e,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64LtU: 0x54,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i64LeS: 0x57,
  i64LeU: 0x58,
  i64GeS: 0x59,
  i64GeU: 0x5a,
  i32Clz: 0x67,
  i32Ctz: 0x68,
  i32Popcnt: 0x69,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivS: 0x6d,
  i32DivU: 0x6e,
  i32RemS: 0x6f,
  i32RemU: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  i32Rotr: 0x78,
  i64Clz: 0x79,
  i64Ctz: 0x7a,
  i64Popcnt: 0x7b,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64DivS: 0x7f,
  i64DivU: 0x80,
  i64RemS: 0x81,
  i64RemU: 0x82,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrS: 0x87,
  i64ShrU: 0x88,
  i64Rotr: 0x8a,
  i32WrapI64: 0xa7,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  i32Extend8S: 0xc0,
  i32Extend16S: 0xc1,
} as const;

/** Value types, and the empty block type. */
export const Wasm = { i32: 0x7f, i64: 0x7e, void: 0x40 } as const;

/** A growing buffer with the primitive encodings. */
export class Bytes {
  data: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.data = new Uint8Array(capacity);
  }

  /** Makes room for at least `more` bytes. */
  reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const bigger = new Uint8Array(Math.max(this.data.length * 2, this.length + more));
    bigger.set(this.data);
    this.data = bigger;
  }
  byte(value: number): void {
    if (this.length === this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }
  /** Unsigned LEB128 of a number below 2^32. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }
  /** Signed LEB128 of an i32. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }
  /** Signed LEB128 of an i64 given as two i32 halves: no bigint, since addresses are written for every access. */
  s64(high: number, low: number): void {
    let h = high | 0;
    let l = low | 0;
    for (;;) {
      const seven = l & 0x7f;
      l = (l >>> 7) | (h << 25);
      h >>= 7;
      if ((h === 0 && l === 0 && (seven & 0x40) === 0) || (h === -1 && l === -1 && (seven & 0x40) !== 0)) {
        this.byte(seven);
        return;
      }
      this.byte(seven | 0x80);
    }
  }
  append(other: Bytes): void {
    this.reserve(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
  }
  /** A name of ours, which is ASCII. */
  name(text: string): void {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }
  finish(): Uint8Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }
}

/** The body of one function: instructions with their immediates. */
export class Code extends Bytes {
  /** Blocks, loops and ifs that are open. */
  depth = 0;

  op(opcode: number): void {
    this.byte(opcode);
  }
  i32(value: number): void {
    this.byte(Op.i32Const);
    this.s32(value);
  }
  i64(high: number, low: number): void {
    this.byte(Op.i64Const);
    this.s64(high, low);
  }
  get(local: number): void {
    this.byte(Op.localGet);
    this.u32(local);
  }
  set(local: number): void {
    this.byte(Op.localSet);
    this.u32(local);
  }
  tee(local: number): void {
    this.byte(Op.localTee);
    this.u32(local);
  }
  /** A load or store; alignment is always given as 1 (a hint only). */
  mem(opcode: number, offset: number): void {
    this.byte(opcode);
    this.byte(0);
    this.u32(offset);
  }
  /** `block`, `loop` or `if` without a result. */
  open(opcode: number): void {
    this.depth++;
    this.byte(opcode);
    this.byte(Wasm.void);
  }
  openTyped(opcode: number, type: number): void {
    this.depth++;
    this.byte(opcode);
    this.byte(type);
  }
  end(): void {
    this.depth--;
    this.byte(Op.end);
  }
  br(depth: number): void {
    this.byte(Op.br);
    this.u32(depth);
  }
  brIf(depth: number): void {
    this.byte(Op.brIf);
    this.u32(depth);
  }
  call(func: number): void {
    this.byte(Op.call);
    this.u32(func);
  }
  callIndirect(type: number): void {
    this.byte(Op.callIndirect);
    this.u32(type);
    this.byte(0);
  }
  /** Fills `size` bytes at the i32 address on the stack: address, value, size are pushed before. */
  memoryFill(): void {
    this.byte(0xfc);
    this.u32(11);
    this.byte(0);
  }
  /** Destination, source, size are pushed before. */
  memoryCopy(): void {
    this.byte(0xfc);
    this.u32(10);
    this.byte(0);
    this.byte(0);
  }
}

export interface FuncType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}
export interface ImportedFunction {
  readonly name: string;
  readonly type: number;
}
export interface ModuleFunction {
  /** Index into the module's types. */
  readonly type: number;
  /** Made reachable by name, or by its place in the table. */
  readonly exportAs?: string;
  readonly element?: number;
  /** Locals after the parameters, in runs of one type. */
  readonly locals: readonly { readonly type: number; readonly count: number }[];
  readonly code: Code;
}
export interface ModuleParts {
  readonly types: readonly FuncType[];
  /** All from module `m`. The memory is `m.memory`, the table `m.table`. */
  readonly imports: readonly ImportedFunction[];
  readonly memoryPages: number;
  readonly functions: readonly ModuleFunction[];
}

/** Puts a module together. Imported functions come first in the index space, in the order given. */
export function encodeModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const size = parts.functions.reduce((sum, f) => sum + f.code.length + 64, 1024);
  const out = new Bytes(size);
  for (const b of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(b);

  section(out, 1, (s) => {
    s.u32(parts.types.length);
    for (const type of parts.types) {
      s.byte(0x60);
      s.u32(type.params.length);
      for (const p of type.params) s.byte(p);
      s.u32(type.results.length);
      for (const r of type.results) s.byte(r);
    }
  });
  section(out, 2, (s) => {
    s.u32(parts.imports.length + 2);
    s.name('m');
    s.name('memory');
    s.byte(2);
    s.byte(1);
    s.u32(parts.memoryPages);
    s.u32(parts.memoryPages);
    s.name('m');
    s.name('table');
    s.byte(1);
    s.byte(0x70);
    s.byte(0);
    s.u32(0);
    for (const f of parts.imports) {
      s.name('m');
      s.name(f.name);
      s.byte(0);
      s.u32(f.type);
    }
  });
  section(out, 3, (s) => {
    s.u32(parts.functions.length);
    for (const f of parts.functions) s.u32(f.type);
  });
  const indices = [...parts.functions.keys()];
  const exported = indices.filter((i) => parts.functions[i]!.exportAs !== undefined);
  section(out, 7, (s) => {
    s.u32(exported.length);
    for (const i of exported) {
      s.name(parts.functions[i]!.exportAs!);
      s.byte(0);
      s.u32(parts.imports.length + i);
    }
  });
  const elements = indices.filter((i) => parts.functions[i]!.element !== undefined);
  section(out, 9, (s) => {
    s.u32(elements.length);
    for (const i of elements) {
      s.byte(0);
      s.byte(Op.i32Const);
      s.s32(parts.functions[i]!.element!);
      s.byte(Op.end);
      s.u32(1);
      s.u32(parts.imports.length + i);
    }
  });
  section(out, 10, (s) => {
    s.u32(parts.functions.length);
    for (const f of parts.functions) {
      const locals = new Bytes(16);
      locals.u32(f.locals.length);
      for (const run of f.locals) {
        locals.u32(run.count);
        locals.byte(run.type);
      }
      s.u32(locals.length + f.code.length);
      s.append(locals);
      s.append(f.code);
    }
  });
  return out.finish();
}

function section(out: Bytes, id: number, write: (body: Bytes) => void): void {
  const body = new Bytes(256);
  write(body);
  out.byte(id);
  out.u32(body.length);
  out.append(body);
}
