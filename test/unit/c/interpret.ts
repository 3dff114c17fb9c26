import type { Expr, FunctionBody, Instr, MemType, Program, RegType } from '../../../src/c/ir.ts';

/*
 * A small interpreter of the IR, only for tests of the front end: slow, exact (everything is a bigint), and strict. Reading a
 * register that was never written, a slot outside its life, or the null page is an error; so are shifts out of range.
 */

const BASE = 0x10000;
const SIZE = 1 << 22;
const FUNCTIONS = 0x7f000000n;

export type TestNative = (args: readonly bigint[], machine: Interpreter) => bigint | undefined;

class Stop extends Error {}

interface Frame {
  readonly body: FunctionBody;
  readonly regs: (bigint | undefined)[];
  readonly slots: number[];
  readonly live: boolean[];
}

export class Interpreter {
  readonly program: Program;
  readonly bytes = new Uint8Array(SIZE);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #globals: number[] = [];
  readonly #natives: ReadonlyMap<string, TestNative>;
  #top = BASE;
  #steps = 0;
  /** Loop heads passed, by function name and loop number; statements by location. */
  readonly loops = new Map<string, number>();
  statements = 0;

  constructor(program: Program, natives: Readonly<Record<string, TestNative>> = {}) {
    this.program = program;
    this.#natives = new Map(Object.entries(natives));
  }

  /** Calls a function by name; answers its result as an unsigned register, undefined for void. */
  call(name: string, ...args: (bigint | number)[]): bigint | undefined {
    const index = this.program.functionNamed(name);
    if (index === undefined) throw new Error(`no function ${name}`);
    return this.#call(index, args.map(BigInt));
  }
  /** The same, as a signed number of its width. */
  int(name: string, ...args: (bigint | number)[]): bigint {
    const index = this.program.functionNamed(name)!;
    const bits = this.program.functions[index]!.signature.result === 'i64' ? 64 : 32;
    return BigInt.asIntN(bits, this.call(name, ...args) ?? 0n);
  }

  address(global: number): number {
    this.#layOut();
    return this.#globals[global]!;
  }
  text(address: bigint): string {
    let end = Number(address);
    while (this.bytes[end] !== 0) end++;
    return new TextDecoder().decode(this.bytes.subarray(Number(address), end));
  }
  read(address: bigint, size: number): bigint {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[this.#check(address, size) + i]!);
    return value;
  }

  #layOut(): void {
    const { globals } = this.program;
    const from = this.#globals.length;
    for (let i = from; i < globals.length; i++) {
      const global = globals[i]!;
      this.#top = Math.ceil(this.#top / global.align) * global.align;
      this.#globals.push(this.#top);
      this.bytes.set(global.bytes, this.#top);
      this.#top += Math.max(1, global.size);
    }
    const { wordSize } = this.program.target;
    for (let i = from; i < globals.length; i++) {
      for (const { at, target, addend } of globals[i]!.relocations) {
        const value = target.kind === 'func' ? this.#func(target.index) : BigInt(this.#globals[target.index]!) + addend;
        this.#write(BigInt(this.#globals[i]! + at), wordSize, value);
      }
    }
  }
  #func(index: number): bigint {
    return FUNCTIONS + BigInt(index) * 16n;
  }
  #check(address: bigint, size: number): number {
    if (address < BigInt(BASE) || address + BigInt(size) > BigInt(SIZE))
      throw new Error(`wild address 0x${address.toString(16)}`);
    return Number(address);
  }
  #write(address: bigint, size: number, value: bigint): void {
    const at = this.#check(address, size);
    for (let i = 0; i < size; i++) this.bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  #call(index: number, args: readonly bigint[]): bigint | undefined {
    const fn = this.program.functions[index]!;
    const wanted = fn.signature.params.length + (fn.signature.variadic ? 1 : 0);
    if (args.length !== wanted) throw new Error(`${fn.name} called with ${args.length} of ${wanted} arguments`);
    const body = fn.body();
    if (!body) {
      const native = this.#natives.get(fn.plainName);
      if (!native) throw new Error(`no body: ${fn.name}`);
      const result = native(args, this) ?? 0n;
      return fn.signature.result && unsigned(fn.signature.result, result);
    }
    this.#layOut();
    const saved = this.#top;
    const slots = body.slots.map((slot) => {
      this.#top = Math.ceil(this.#top / slot.align) * slot.align;
      const at = this.#top;
      this.#top += Math.max(1, slot.size);
      return at;
    });
    if (this.#top > SIZE) throw new Error('out of memory');
    const frame: Frame = { body, regs: [], slots, live: slots.map(() => false) };
    args.forEach((arg, i) => {
      frame.regs[i] = unsigned(body.registers[i]!.type, arg);
    });
    let result: bigint | undefined;
    let block = 0;
    for (;;) {
      const { instrs, end } = body.blocks[block]!;
      for (const instr of instrs) this.#instr(fn.name, frame, instr);
      if (++this.#steps > 3_000_000) throw new Error('too many steps');
      if (end.op === 'jump') block = end.to;
      else if (end.op === 'branch') block = this.#value(frame, end.cond) !== 0n ? end.then : end.else;
      else if (end.op === 'return') {
        result = end.value && this.#value(frame, end.value);
        break;
      } else if (end.op === 'switch') {
        const bits = end.type === 'i64' ? 64 : 32;
        const raw = this.#value(frame, end.value);
        const value = end.signed ? BigInt.asIntN(bits, raw) : raw;
        block = end.cases.find((each) => each.low <= value && value <= each.high)?.to ?? end.default;
      } else throw new Stop(`unreachable: ${end.why}`);
    }
    this.#top = Math.max(saved, this.#globalsEnd());
    return result;
  }
  /** Globals that were laid out during the call lie above the frame: they stay. */
  #globalsEnd(): number {
    const last = this.#globals.length - 1;
    return last < 0 ? BASE : this.#globals[last]! + Math.max(1, this.program.globals[last]!.size);
  }

  #instr(name: string, frame: Frame, i: Instr): void {
    switch (i.op) {
      case 'stmt':
        this.statements++;
        return;
      case 'loop': {
        const key = `${name}:${i.loop}`;
        this.loops.set(key, (this.loops.get(key) ?? 0) + 1);
        return;
      }
      case 'set':
        frame.regs[i.dst] = this.#value(frame, i.value);
        return;
      case 'load':
        frame.regs[i.dst] = this.#load(this.#value(frame, i.addr), i.mem);
        return;
      case 'store':
        this.#write(this.#value(frame, i.addr), sizeOf(i.mem), this.#value(frame, i.value));
        return;
      case 'copy': {
        const dst = this.#check(this.#value(frame, i.dst), i.size);
        this.bytes.copyWithin(
          dst,
          this.#check(this.#value(frame, i.src), i.size),
          Number(this.#value(frame, i.src)) + i.size,
        );
        return;
      }
      case 'zero': {
        const dst = this.#check(this.#value(frame, i.dst), i.size);
        this.bytes.fill(0, dst, dst + i.size);
        return;
      }
      case 'call': {
        const args = i.args.map((arg) => this.#value(frame, arg));
        const callee =
          i.callee.kind === 'direct' ? i.callee.func : Number((this.#value(frame, i.callee.address) - FUNCTIONS) / 16n);
        const result = this.#call(callee, args);
        if (i.dst !== undefined) frame.regs[i.dst] = result;
        return;
      }
      case 'enter': {
        const at = frame.slots[i.slot]!;
        this.bytes.fill(0xa5, at, at + frame.body.slots[i.slot]!.size);
        frame.live[i.slot] = true;
        return;
      }
      case 'leave':
        frame.live[i.slot] = false;
    }
  }

  #load(address: bigint, mem: MemType): bigint {
    const at = this.#check(address, sizeOf(mem));
    switch (mem) {
      case 's8':
        return BigInt.asUintN(32, BigInt(this.#view.getInt8(at)));
      case 'u8':
        return BigInt(this.#view.getUint8(at));
      case 's16':
        return BigInt.asUintN(32, BigInt(this.#view.getInt16(at, true)));
      case 'u16':
        return BigInt(this.#view.getUint16(at, true));
      case '32':
        return BigInt(this.#view.getUint32(at, true));
      case '64':
        return this.#view.getBigUint64(at, true);
    }
  }

  #value(frame: Frame, e: Expr): bigint {
    switch (e.op) {
      case 'i32':
        if ((e.value | 0) !== e.value) throw new Error(`a constant that is not canonical: ${e.value}`);
        return BigInt.asUintN(32, BigInt(e.value));
      case 'i64':
        if (BigInt.asIntN(64, e.value) !== e.value) throw new Error(`a constant that is not canonical: ${e.value}`);
        return BigInt.asUintN(64, e.value);
      case 'reg': {
        const value = frame.regs[e.reg];
        if (value === undefined) throw new Error(`register ${e.reg} is read before it is written`);
        return value;
      }
      case 'slot':
        if (!frame.live[e.slot]) throw new Error(`slot ${e.slot} is used outside of its life`);
        return BigInt(frame.slots[e.slot]! + e.offset);
      case 'global':
        return BigInt(this.address(e.global) + e.offset);
      case 'func':
        return this.#func(e.func);
      case 'unary':
        return unary(e.fn, e.type, this.#typed(frame, e.a, e.type));
      case 'convert':
        return converted(e.fn, this.#value(frame, e.a));
      case 'select':
        return this.#value(frame, this.#value(frame, e.cond) !== 0n ? e.a : e.b);
      case 'binary':
        return binary(e.fn, e.type, this.#typed(frame, e.a, e.type), this.#typed(frame, e.b, e.type));
    }
  }
  #typed(frame: Frame, e: Expr, type: RegType): bigint {
    const value = this.#value(frame, e);
    if (type === 'i32' && value >> 32n !== 0n) throw new Error('a 64-bit value in a 32-bit operation');
    return value;
  }
}

function unsigned(type: RegType, value: bigint): bigint {
  return BigInt.asUintN(type === 'i64' ? 64 : 32, value);
}
function sizeOf(mem: MemType): number {
  return { s8: 1, u8: 1, s16: 2, u16: 2, '32': 4, '64': 8 }[mem];
}
function unary(fn: string, type: RegType, a: bigint): bigint {
  const bits = type === 'i64' ? 64 : 32;
  const digits = a.toString(2);
  if (fn === 'eqz') return a === 0n ? 1n : 0n;
  if (fn === 'clz') return BigInt(a === 0n ? bits : bits - digits.length);
  if (fn === 'ctz') return BigInt(a === 0n ? bits : digits.length - 1 - digits.lastIndexOf('1'));
  return BigInt(digits.replaceAll('0', '').length);
}
function converted(fn: string, a: bigint): bigint {
  switch (fn) {
    case 'wrap':
      return BigInt.asUintN(32, a);
    case 'exts':
      return BigInt.asUintN(64, BigInt.asIntN(32, a));
    case 'extu':
      return a;
    case 's8':
      return BigInt.asUintN(32, BigInt.asIntN(8, a));
    case 'u8':
      return BigInt.asUintN(8, a);
    case 's16':
      return BigInt.asUintN(32, BigInt.asIntN(16, a));
    default:
      return BigInt.asUintN(16, a);
  }
}
function binary(fn: string, type: RegType, a: bigint, b: bigint): bigint {
  const bits = type === 'i64' ? 64 : 32;
  const [x, y] = [BigInt.asIntN(bits, a), BigInt.asIntN(bits, b)];
  const wrap = (value: bigint) => BigInt.asUintN(bits, value);
  const bool = (value: boolean) => (value ? 1n : 0n);
  if ((fn === 'shl' || fn === 'shrs' || fn === 'shru') && b >= BigInt(bits)) throw new Error(`a shift by ${y}`);
  if (/^(div|rem)/.test(fn) && b === 0n) throw new Error('a division by zero');
  switch (fn) {
    case 'add':
      return wrap(a + b);
    case 'sub':
      return wrap(a - b);
    case 'mul':
      return wrap(a * b);
    case 'divs':
      return wrap(x / y);
    case 'divu':
      return a / b;
    case 'rems':
      return wrap(x % y);
    case 'remu':
      return a % b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return wrap(a << b);
    case 'shrs':
      return wrap(x >> b);
    case 'shru':
      return a >> b;
    case 'eq':
      return bool(a === b);
    case 'ne':
      return bool(a !== b);
    case 'lts':
      return bool(x < y);
    case 'ltu':
      return bool(a < b);
    case 'les':
      return bool(x <= y);
    case 'leu':
      return bool(a <= b);
    case 'gts':
      return bool(x > y);
    case 'gtu':
      return bool(a > b);
    case 'ges':
      return bool(x >= y);
    case 'geu':
      return bool(a >= b);
    default:
      throw new Error(`no such operator: ${fn}`);
  }
}
