import type { Loc } from '../c/token.ts';
import type { AllocationKind, HeapObject, StackEntry } from './api.ts';
import { redzone } from './globals.ts';
import { align } from './layout.ts';
import { FREED, POISON, Shadow } from './shadow.ts';
import type { Space } from './space.ts';

/** An object of the heap. Records are never changed: a free puts a new one in its place, so that snapshots may share them. */
export interface HeapRecord extends HeapObject {
  readonly offset: number;
  readonly freedIn?: readonly StackEntry[];
  readonly freedBy?: number;
}

/** Natural alignment of power-of-two sizes up to this, as the kernel's slab gives it. */
const MAX_ALIGN = 4096;
/** A redzone before the first object. */
const FIRST_GAP = 64;

/**
 * Objects one after the other with redzones between them. Nothing is used twice in one execution: what was freed stays
 * poisoned, so that every later access is seen.
 */
export class Heap {
  readonly #space: Space;
  readonly #budget: number;
  #objects: HeapRecord[] = [];
  #top: number;

  constructor(space: Space, budget: number) {
    this.#space = space;
    this.#budget = budget;
    this.#top = space.code.layout.heap + FIRST_GAP;
  }

  get top(): number {
    return this.#top;
  }
  get objects(): readonly HeapRecord[] {
    return this.#objects;
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
    const natural =
      kind === 'vmalloc' ? MAX_ALIGN : size > 0 && (size & (size - 1)) === 0 ? Math.min(size, MAX_ALIGN) : 16;
    const offset = align(this.#top, Math.max(16, natural));
    const top = offset + size + redzone(size);
    if (!(size >= 0) || top - layout.heap > this.#budget) return undefined;
    this.#top = top;
    const { bytes } = this.#space;
    bytes.fill(zero ? 0 : POISON, offset, offset + size);
    bytes.fill(zero ? Shadow.ok : Shadow.uninitialised, layout.shadow + offset, layout.shadow + offset + size);
    const record: HeapRecord = {
      id: this.#objects.length + 1,
      address: layout.dataBase + BigInt(offset),
      size,
      kind,
      allocatedAt: loc,
      allocatedIn: stack,
      thread,
      offset,
    };
    this.#objects.push(record);
    return record;
  }

  free(record: HeapRecord, loc: Loc, stack: readonly StackEntry[], thread: number): void {
    const { bytes, code } = this.#space;
    const { offset, size } = record;
    bytes.fill(FREED, offset, offset + size);
    bytes.fill(Shadow.freed, code.layout.shadow + offset, code.layout.shadow + offset + size);
    this.#objects[record.id - 1] = { ...record, freedAt: loc, freedIn: stack, freedBy: thread };
  }

  /** The object whose bytes an offset lies in, or the nearest one; undefined outside the used part of the heap. */
  near(offset: number): HeapRecord | undefined {
    const { heap } = this.#space.code.layout;
    if (offset < heap || offset >= align(this.#top, 4096)) return undefined;
    let low = 0;
    let high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#objects[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const before = this.#objects[low - 1];
    const after = this.#objects[low];
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
    for (let i = 0; i < record.id; i++) {
      const other = this.#objects[i]!;
      if (other.thread === record.thread && other.allocatedIn[0]?.func === func) number++;
    }
    return { number, func };
  }

  save(): { readonly top: number; readonly objects: readonly HeapRecord[] } {
    return { top: this.#top, objects: this.#objects.slice() };
  }
  restore(saved: { readonly top: number; readonly objects: readonly HeapRecord[] }): void {
    this.#top = saved.top;
    this.#objects = saved.objects.slice();
  }
}
