import type { IrGlobal, Program } from '../c/ir.ts';
import type { Placement } from './api.ts';
import { memoryTooLarge } from './errors.ts';
import { align, type Layout, REDZONE } from './layout.ts';
import { Shadow } from './shadow.ts';

/** A stretch of memory that only grows, with the bytes it starts with and their shadow. */
export interface Region {
  readonly start: number;
  readonly limit: number;
  /** First free offset. */
  end: number;
  /** Initial bytes and shadow of [start, end). */
  bytes: Uint8Array;
  shadow: Uint8Array;
  /** Globals that lie here, in ascending order of address. */
  readonly members: number[];
}

/**
 * Places globals. Lowering appends globals while a program runs, so this may be asked again at any time; what was placed
 * stays. Constants lie apart, because snapshots need not copy what nobody can write.
 */
export class GlobalPlacement {
  readonly #program: Program;
  readonly #layout: Layout;
  readonly #offsets: number[] = [];
  readonly constants: Region;
  readonly variables: Region;
  #placed = 0;
  #named: Placement | undefined;

  constructor(program: Program, layout: Layout) {
    this.#program = program;
    this.#layout = layout;
    this.constants = region(layout.constants, layout.globals);
    this.variables = region(layout.globals, layout.heap);
  }

  /** How many globals have a place. */
  get placed(): number {
    return this.#placed;
  }

  /** Places what is new. Throws M004 when it does not fit. */
  sync(): void {
    const { globals } = this.#program;
    const from = this.#placed;
    if (from === globals.length) return;
    for (let g = from; g < globals.length; g++) this.#place(g, globals[g]!);
    this.#placed = globals.length;
    // Relocations may point at globals placed in the same round.
    for (let g = from; g < globals.length; g++) this.#fill(g, globals[g]!);
  }

  /** See {@link Placement}. */
  placement(): Placement {
    const { members } = this.variables;
    if (this.#named?.globals.length !== members.length) {
      const globals = members.map((index) => [this.#program.globals[index]!.name, this.#offsets[index]!] as const);
      this.#named = { start: this.#layout.globals, end: this.#layout.heap, globals };
    }
    return this.#named!;
  }

  offset(index: number): number {
    if (index >= this.#placed) this.sync();
    return this.#offsets[index] ?? this.#layout.constants;
  }

  address(index: number): bigint {
    return this.#layout.dataBase + BigInt(this.offset(index));
  }

  functionAddress(index: number): bigint {
    return this.#layout.functionBase + BigInt(index * 16);
  }

  /** Every byte is addressable, initialised, and writable if asked: nothing needs checking. */
  plain(index: number, offset: number, size: number, write: boolean): boolean {
    const global = this.#program.globals[index];
    if (!global || global.external || (write && global.constant)) return false;
    return offset >= 0 && offset + size <= global.size;
  }

  /** The global whose bytes or redzone an offset lies in: the nearest one. */
  near(offset: number): number | undefined {
    const { globals } = this.#program;
    for (const r of [this.constants, this.variables]) {
      if (offset < r.start || offset >= r.end) continue;
      let low = 0;
      let high = r.members.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.#offsets[r.members[middle]!]! <= offset) low = middle + 1;
        else high = middle;
      }
      const before = r.members[low - 1];
      const after = r.members[low];
      if (before === undefined) return after;
      const past = offset - (this.#offsets[before]! + globals[before]!.size);
      if (past < 0 || after === undefined) return before;
      return past < this.#offsets[after]! - offset ? before : after;
    }
    return undefined;
  }

  /** Where in a region the first global numbered `index` or higher lies. Numbers ascend with addresses. */
  firstAfter(r: Region, index: number): number {
    let low = 0;
    let high = r.members.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (r.members[middle]! < index) low = middle + 1;
      else high = middle;
    }
    const member = r.members[low];
    return member === undefined ? r.end : this.#offsets[member]!;
  }

  #place(index: number, global: IrGlobal): void {
    const r = global.constant ? this.constants : this.variables;
    const at = align(r.end, Math.max(16, Math.min(4096, global.align)));
    // An object nobody defines still has an address of its own.
    const size = global.external ? Math.max(global.size, 8) : global.size;
    const end = at + size + redzone(size);
    if (end > r.limit) throw memoryTooLarge(end - r.start, r.limit - r.start);
    this.#offsets[index] = at;
    r.end = end;
    r.members.push(index);
    const length = end - r.start;
    if (length > r.bytes.length) {
      const capacity = Math.min(r.limit - r.start, Math.max(length, r.bytes.length * 2));
      r.bytes = grown(r.bytes, capacity);
      r.shadow = grown(r.shadow, capacity);
    }
    const state = global.external ? Shadow.external : global.constant ? Shadow.constant : Shadow.ok;
    r.shadow.fill(state, at - r.start, at - r.start + size);
  }

  #fill(index: number, global: IrGlobal): void {
    const r = global.constant ? this.constants : this.variables;
    const at = this.#offsets[index]! - r.start;
    r.bytes.set(global.bytes.subarray(0, Math.min(global.bytes.length, global.size)), at);
    for (const { at: where, target, addend } of global.relocations) {
      if (where < 0 || where + this.#layout.wordSize > global.size) continue;
      const base = target.kind === 'global' ? this.address(target.index) : this.functionAddress(target.index);
      let value = BigInt.asUintN(64, base + addend);
      for (let i = 0; i < this.#layout.wordSize; i++) {
        r.bytes[at + where + i] = Number(value & 0xffn);
        value >>= 8n;
      }
    }
  }
}

function region(start: number, limit: number): Region {
  return { start, limit, end: start, bytes: new Uint8Array(4096), shadow: new Uint8Array(4096), members: [] };
}

function grown(bytes: Uint8Array, capacity: number): Uint8Array {
  const bigger = new Uint8Array(capacity);
  bigger.set(bytes);
  return bigger;
}

/** Larger objects get larger redzones: an index that is off by one element still lands in it. */
export function redzone(size: number): number {
  return Math.min(2048, Math.max(REDZONE, align(size, 16)));
}
