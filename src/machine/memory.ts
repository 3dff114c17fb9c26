import type { Loc } from '../c/token.ts';
import type { AllocationKind, MachineMemory, StackEntry } from './api.ts';
import { errnoName } from './errno.ts';
import type { Execution } from './execution.ts';
import type { HeapRecord } from './heap.ts';
import { Control, FUNCTION_STRIDE } from './layout.ts';
import { Shadow } from './shadow.ts';

/** Bytes of a string literal that name it. */
const NAME_BYTES = 40;
const DEFAULT_STRING = 4096;
/** Numbering an object looks at those before it: as many cost as much as a statement. */
const WALK_SHIFT = 4;
/** What an object costs, in statements: it is kept with its stack, and looked for when all has ended. */
const ALLOCATION = 4;

const utf8 = new TextDecoder('utf-8');
/** Longer texts are worth the decoder's call. */
const SHORT = 128;

function decoded(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80 || i - start > SHORT) return utf8.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Numbering an object of the heap takes a walk over it: only where the name is asked for. */
class HeapPlace {
  readonly #memory: Memory;
  readonly #record: HeapRecord;
  readonly base: bigint;
  readonly size: number;
  readonly state: 'live' | 'freed';
  readonly kind: AllocationKind;

  constructor(memory: Memory, record: HeapRecord) {
    this.#memory = memory;
    this.#record = record;
    this.base = record.address;
    this.size = record.size;
    this.state = record.freedAt === undefined ? 'live' : 'freed';
    this.kind = record.kind;
  }

  get name(): string {
    return this.#memory.heapName(this.#record);
  }
}

/** The machine's memory as natives, runners and debuggers see it: by address, unchecked, never outside the data region. */
export class Memory implements MachineMemory {
  readonly wordSize: 4 | 8;
  readonly #x: Execution;
  /** What to blame an allocation on: set while a native runs. */
  caller: { readonly loc: Loc; origin(): readonly StackEntry[] } | undefined;

  constructor(execution: Execution) {
    this.#x = execution;
    this.wordSize = execution.code.layout.wordSize;
  }

  /** Offset of an address that has `size` bytes of data region after it. */
  offset(address: bigint, size: number): number | undefined {
    const { layout } = this.#x.code;
    const distance =
      (this.wordSize === 8 ? BigInt.asUintN(64, address) : BigInt.asUintN(32, address)) - layout.dataBase;
    if (distance < BigInt(layout.constants) || distance + BigInt(size) > BigInt(layout.mask)) return undefined;
    return Number(distance);
  }

  read(address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined {
    const at = this.offset(address, size);
    if (at === undefined) return undefined;
    const { view } = this.#x.space;
    switch (size) {
      case 1:
        return BigInt(view.getUint8(at));
      case 2:
        return BigInt(view.getUint16(at, true));
      case 4:
        return BigInt(view.getUint32(at, true));
      case 8:
        return view.getBigUint64(at, true);
    }
  }

  pointers(address: bigint, size: number, from: bigint, span: number): readonly number[] {
    const start = this.offset(address, size);
    const found: number[] = [];
    if (start === undefined) return found;
    const { words } = this.#x.space;
    const step = this.wordSize >> 2;
    const high = Number(BigInt.asIntN(32, from >> 32n));
    const low = Number(BigInt.asUintN(32, from));
    for (let i = (start + this.wordSize - 1) & -this.wordSize; i + this.wordSize <= start + size; i += this.wordSize) {
      const at = i >> 2;
      // The data region does not cross a multiple of 2^32.
      if (step === 2 && words[at + 1] !== high) continue;
      const distance = (words[at]! >>> 0) - low;
      if (distance >= 0 && distance <= span) found.push(distance);
    }
    return found;
  }

  write(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): void {
    const at = this.offset(address, size);
    if (at === undefined) return;
    const { view, bytes } = this.#x.space;
    const { shadow, heap, globals } = this.#x.code.layout;
    this.#x.space.touch(at, size);
    switch (size) {
      case 1:
        view.setUint8(at, Number(BigInt.asUintN(8, value)));
        break;
      case 2:
        view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
        break;
      case 4:
        view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
        break;
      case 8:
        view.setBigUint64(at, BigInt.asUintN(64, value), true);
        break;
    }
    for (let i = at; i < at + size; i++) if (bytes[shadow + i] === Shadow.uninitialised) bytes[shadow + i] = Shadow.ok;
    if (at < heap) this.#x.setWord(at < globals ? Control.constantsTouched : Control.globalsTouched, 1);
  }

  readWords(address: bigint, count: number): BigUint64Array {
    const at = this.offset(address, 8 * count);
    return at === undefined ? new BigUint64Array(count) : this.#x.space.longs.slice(at >> 3, (at >> 3) + count);
  }

  writeWords(address: bigint, words: BigUint64Array): void {
    const size = 8 * words.length;
    const at = this.offset(address, size);
    if (at === undefined || size === 0) return;
    const { longs, bytes } = this.#x.space;
    const { shadow, heap, globals } = this.#x.code.layout;
    this.#x.space.touch(at, size);
    longs.set(words, at >> 3);
    const rights = bytes.subarray(shadow + at, shadow + at + size);
    for (let i = rights.indexOf(Shadow.uninitialised); i >= 0; i = rights.indexOf(Shadow.uninitialised, i + 1))
      rights[i] = Shadow.ok;
    if (at < heap) this.#x.setWord(at < globals ? Control.constantsTouched : Control.globalsTouched, 1);
  }

  readString(address: bigint, max = DEFAULT_STRING): string | undefined {
    const at = this.offset(address, 1);
    if (at === undefined) return undefined;
    const { bytes } = this.#x.space;
    const { shadow, mask } = this.#x.code.layout;
    const limit = Math.min(at + max, mask);
    let end = at;
    // A string without its NUL ends where its object ends.
    while (end < limit && bytes[end] !== 0 && (bytes[shadow + end]! & 0x80) !== 0) end++;
    return decoded(bytes, at, end);
  }

  allocate(size: number, kind: AllocationKind, zero: boolean): bigint {
    const x = this.#x;
    const loc = this.caller?.loc ?? 0;
    const stack = this.caller?.origin() ?? [];
    if (x.current >= 0) x.charge(ALLOCATION);
    const record = x.heap.allocate(size, kind, zero, loc, stack, Math.max(0, x.current));
    if (record) return record.address;
    x.overBudget({
      rule: 'memory-budget',
      message: `an allocation of ${size} bytes: the heap may hold ${x.budget.heapBytes} bytes in one execution`,
      loc,
      stack,
    });
    return 0n;
  }

  addressOfGlobal(index: number): bigint {
    this.#x.writeGlobals();
    return this.#x.code.globals.address(index);
  }
  addressOfFunction(index: number): bigint {
    return this.#x.code.globals.functionAddress(index);
  }
  functionAt(address: bigint): number | undefined {
    const distance = address - this.#x.code.layout.functionBase;
    if (distance < 0n || distance % BigInt(FUNCTION_STRIDE) !== 0n) return undefined;
    const index = distance / BigInt(FUNCTION_STRIDE);
    return index < BigInt(this.#x.code.program.functions.length) ? Number(index) : undefined;
  }

  objectAt(address: bigint): ReturnType<MachineMemory['objectAt']> {
    const at = this.offset(address, 0);
    const { heap, stacks } = this.#x.code.layout;
    if (at !== undefined && at >= heap && at < stacks) {
      // Asked of each object that is freed.
      const record = this.#x.heap.near(at);
      return record && at >= record.offset && at < record.offset + Math.max(1, record.size)
        ? new HeapPlace(this, record)
        : undefined;
    }
    const found = this.#find(address);
    if (!found || found.offset < 0 || found.offset >= Math.max(1, found.size)) return undefined;
    return {
      base: address - BigInt(found.offset),
      size: found.size,
      state: found.state,
      ...(found.kind === undefined ? {} : { kind: found.kind }),
      // Numbering an object of the heap takes a walk over it: only where the name is asked for.
      get name() {
        return found.name;
      },
    };
  }

  describe(address: bigint): string {
    const value = BigInt.asUintN(this.wordSize * 8, address);
    if (value === 0n) return 'NULL';
    const top = 1n << BigInt(this.wordSize * 8);
    if (value >= top - 4095n) return errnoName(Number(top - value));
    const func = this.functionAt(value);
    if (func !== undefined) return this.#x.code.program.functions[func]!.plainName;
    const found = this.#find(value);
    // One past the end is a pointer C allows.
    if (found && found.offset >= 0 && found.offset <= found.size) {
      const freed = found.state === 'freed' ? ' (freed)' : '';
      return `${found.name}${found.offset === 0 ? '' : `+${found.offset}`}${freed}`;
    }
    return `0x${value.toString(16)}`;
  }

  heapName(record: HeapRecord): string {
    const { number, func } = this.#x.heap.nameOf(record);
    if (this.#x.current >= 0) this.#x.charge(record.id >> WALK_SHIFT);
    const thread = record.thread > 0 ? `@${this.#x.threads[record.thread]?.name ?? record.thread}` : '';
    const owner = func === undefined ? '' : ` (${this.#x.code.program.functions[func]!.plainName})`;
    return `heap#${number}${thread}${owner}`;
  }

  #find(address: bigint):
    | {
        readonly name: string;
        readonly offset: number;
        readonly size: number;
        readonly state: 'live' | 'freed';
        readonly kind?: AllocationKind;
      }
    | undefined {
    const at = this.offset(address, 0);
    if (at === undefined) return undefined;
    const { globals, program, layout } = this.#x.code;
    const index = globals.near(at);
    if (index !== undefined) {
      const global = program.globals[index]!;
      const start = globals.offset(index);
      const literal = (): string => this.#literal(start, global.size);
      return {
        offset: at - start,
        size: global.size,
        state: 'live',
        get name() {
          return global.string ? literal() : global.name;
        },
      };
    }
    const record = this.#x.heap.near(at);
    if (record) {
      const state = record.freedAt === undefined ? 'live' : 'freed';
      const named = (): string => this.heapName(record);
      return {
        offset: at - record.offset,
        size: record.size,
        state,
        kind: record.kind,
        get name() {
          return named();
        },
      };
    }
    if (at >= layout.stacks) {
      const place = this.#x.faults.stackPlace(at, this.#x.innermost);
      if (!place) return undefined;
      const slot = place.plan.body.slots[place.slot]!;
      const name = `${place.plan.fn.plainName}.${slot.variable?.name ?? `slot${place.slot}`}`;
      return { name, offset: place.offset, size: slot.size, state: 'live' };
    }
    return undefined;
  }

  #literal(start: number, size: number): string {
    const { bytes } = this.#x.space;
    let end = start;
    while (end < start + Math.min(size, NAME_BYTES) && bytes[end] !== 0) end++;
    return JSON.stringify(decoded(bytes, start, end));
  }
}
