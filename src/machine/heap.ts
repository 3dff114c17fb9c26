import type { Loc } from '../c/token.ts';
import type { AllocationKind, HeapObject, StackEntry } from './api.ts';
import { redzone } from './globals.ts';
import { align } from './layout.ts';
import { FREED, POISON, Shadow } from './shadow.ts';
import type { Space } from './space.ts';

/** An object of the heap. Records are never changed: a free puts a new one in its place, so that snapshots may share them. */
export interface HeapRecord extends HeapObject {
  readonly offset: number;
  /** Which arena it lies in, and its place among the arena's objects. */
  readonly arena: number;
  readonly index: number;
  readonly freedIn?: readonly StackEntry[];
  readonly freedBy?: number;
}

/** Natural alignment of power-of-two sizes up to this, as the kernel's slab gives it. */
const MAX_ALIGN = 4096;
/** Entries of stacks kept with objects; beyond, only the innermost of each. */
const MAX_STACK_ENTRIES = 1_000_000;
const INNERMOST = 4;
/** A redzone before the first object. */
const FIRST_GAP = 64;

/** A stretch of the heap with objects one after the other. Arrays of objects are shared with snapshots until one changes. */
interface Arena {
  readonly start: number;
  readonly limit: number;
  readonly top: number;
  readonly objects: readonly HeapRecord[];
}
interface OwnArena extends Arena {
  limit: number;
  top: number;
  objects: HeapRecord[];
  /** A snapshot has the same array. */
  shared: boolean;
}
/** What a snapshot keeps. */
export interface SavedHeap {
  readonly arenas: readonly Arena[];
  readonly firstThread: number;
  readonly made: number;
  readonly stackEntries: number;
}

/**
 * Objects one after the other with redzones between them. Nothing is used twice in one execution: what was freed stays
 * poisoned, so that every later access is seen.
 *
 * Threads that run at the same time can be given arenas of their own: where an object lies then depends on what its thread
 * did before, not on what others did in between.
 */
export class Heap {
  readonly #space: Space;
  #arenas: OwnArena[];
  /** Arena 1 is this thread's, arena 2 the next one's …; arena 0 is everybody else's. */
  #firstThread = 0;
  #made = 0;
  #stackEntries = 0;

  constructor(space: Space, budget: number) {
    this.#space = space;
    const start = space.code.layout.heap;
    this.#arenas = [{ start, limit: start + budget, top: start + FIRST_GAP, objects: [], shared: false }];
  }

  /** Used stretches, by ascending offset. */
  get used(): readonly { readonly start: number; readonly top: number }[] {
    return this.#arenas;
  }
  /** By ascending offset. */
  get objects(): readonly HeapRecord[] {
    const [only, ...more] = this.#arenas;
    return more.length === 0 ? only!.objects : this.#arenas.flatMap((a) => a.objects);
  }

  /** Divides what is left of the budget among `count` threads from `first` on, and all the others. */
  separate(first: number, count: number): void {
    const [main] = this.#arenas;
    if (!main || this.#arenas.length > 1 || count < 1) return;
    const from = align(main.top, ARENA_ALIGN);
    const share = Math.floor((main.limit - from) / (count + 1) / ARENA_ALIGN) * ARENA_ALIGN;
    // Next to nothing is left: the order of allocations shows in their addresses then.
    if (share < ARENA_ALIGN) return;
    main.limit = from + share;
    this.#firstThread = first;
    for (let i = 1; i <= count; i++) {
      const start = from + i * share;
      this.#arenas.push({ start, limit: start + share, top: start + FIRST_GAP, objects: [], shared: false });
    }
  }

  #arenaOf(thread: number): number {
    const index = thread - this.#firstThread + 1;
    return index >= 1 && index < this.#arenas.length ? index : 0;
  }

  /** The new object, or undefined when the budget does not allow it. */
  allocate(
    size: number,
    kind: AllocationKind,
    zero: boolean,
    loc: Loc,
    stack: readonly StackEntry[],
    thread: number,
  ): HeapRecord | undefined {
    const { layout } = this.#space.code;
    const number = this.#arenaOf(thread);
    const arena = this.#arenas[number]!;
    const natural =
      kind === 'vmalloc' ? MAX_ALIGN : size > 0 && (size & (size - 1)) === 0 ? Math.min(size, MAX_ALIGN) : 16;
    const offset = align(arena.top, Math.max(16, natural));
    const top = offset + size + redzone(size);
    if (!(size >= 0) || top > arena.limit) return undefined;
    arena.top = top;
    const { bytes } = this.#space;
    bytes.fill(zero ? 0 : POISON, offset, offset + size);
    this.#space.forgetReadable(offset, size);
    bytes.fill(zero ? Shadow.ok : Shadow.uninitialised, layout.shadow + offset, layout.shadow + offset + size);
    const record: HeapRecord = {
      id: ++this.#made,
      address: layout.dataBase + BigInt(offset),
      size,
      kind,
      allocatedAt: loc,
      allocatedIn: this.#kept(stack),
      thread,
      offset,
      arena: number,
      index: arena.objects.length,
    };
    this.#own(arena).push(record);
    return record;
  }

  /** The arena's objects, to be changed. */
  #own(arena: OwnArena): HeapRecord[] {
    if (arena.shared) {
      arena.objects = arena.objects.slice();
      arena.shared = false;
    }
    return arena.objects;
  }

  /** A stack as an object keeps it: all stacks together are bounded. */
  #kept(stack: readonly StackEntry[]): readonly StackEntry[] {
    const entries = this.#stackEntries + stack.length;
    if (entries > MAX_STACK_ENTRIES && stack.length > INNERMOST) return stack.slice(0, INNERMOST);
    this.#stackEntries = entries;
    return stack;
  }

  free(record: HeapRecord, loc: Loc, stack: readonly StackEntry[], thread: number): void {
    const { bytes, code } = this.#space;
    const { offset, size } = record;
    this.#space.touch(offset, size);
    bytes.fill(FREED, offset, offset + size);
    this.#space.forgetReadable(offset, size);
    bytes.fill(Shadow.freed, code.layout.shadow + offset, code.layout.shadow + offset + size);
    this.#own(this.#arenas[record.arena]!)[record.index] = {
      id: record.id,
      address: record.address,
      size: record.size,
      kind: record.kind,
      allocatedAt: record.allocatedAt,
      allocatedIn: record.allocatedIn,
      thread: record.thread,
      offset: record.offset,
      arena: record.arena,
      index: record.index,
      freedAt: loc,
      freedIn: this.#kept(stack),
      freedBy: thread,
    };
  }

  /** The object whose bytes an offset lies in, or the nearest one; undefined outside the used part of the heap. */
  near(offset: number): HeapRecord | undefined {
    const arena = this.#arenas.find((a) => offset >= a.start && offset < align(a.top, 4096));
    if (!arena) return undefined;
    const { objects } = arena;
    let low = 0;
    let high = objects.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (objects[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const before = objects[low - 1];
    const after = objects[low];
    if (!before || !after) return before ?? after;
    const past = offset - (before.offset + before.size);
    return past < after.offset - offset ? before : after;
  }

  /**
   * A name that does not depend on addresses: which of the objects allocated in this function, and by which thread where it
   * is not the first.
   */
  nameOf(record: HeapRecord): { readonly number: number; readonly func: number | undefined } {
    const func = record.allocatedIn[0]?.func;
    let number = 0;
    for (const { objects } of this.#arenas) {
      for (const other of objects) {
        if (other.id > record.id) break;
        if (other.thread === record.thread && other.allocatedIn[0]?.func === func) number++;
      }
    }
    return { number, func };
  }

  save(): SavedHeap {
    for (const arena of this.#arenas) arena.shared = true;
    return {
      arenas: this.#arenas.map(({ start, limit, top, objects }) => ({ start, limit, top, objects })),
      firstThread: this.#firstThread,
      made: this.#made,
      stackEntries: this.#stackEntries,
    };
  }
  restore(saved: SavedHeap): void {
    this.#arenas = saved.arenas.map(({ start, limit, top, objects }) => ({
      start,
      limit,
      top,
      // Never written to while it is shared.
      objects: objects as HeapRecord[],
      shared: true,
    }));
    this.#firstThread = saved.firstThread;
    this.#made = saved.made;
    this.#stackEntries = saved.stackEntries;
  }
}

/** Arenas begin at whole pages. */
const ARENA_ALIGN = 4096;
