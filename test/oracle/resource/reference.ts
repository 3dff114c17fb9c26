import {
  mergeSystemRam,
  releaseAdjustable,
  releaseChildResources,
  reserveWithSplit,
} from '../../../src/model/allocator/memory.ts';
import { isExclusive, lookupResource, mapsAcross, matches, ramPages } from '../../../src/model/allocator/query.ts';
import { allocateResource, freeRegion, reallocateResource } from '../../../src/model/allocator/search.ts';
import {
  adjustResource,
  ERANGE,
  insertExpandToFit,
  insertResource,
  iomemRoot,
  type Resource,
  regionIntersects,
  releaseRegion,
  releaseResource,
  removeResource,
  requestRegion,
  requestResource,
  resource,
  wrap,
} from '../../../src/model/allocator/tree.ts';
import type { ArchProfile } from '../../../src/model/api.ts';
import type { Sequence } from './sequences.ts';

/*
 * The third voice: the reference allocator of src/model runs the script of sequence.c. Where a kernel is known to differ from
 * what is right, a deviation takes the place of the one operation that it is about.
 */

/** How one kernel differs from what is right: nothing else does. */
export interface Deviations {
  /**
   * release_mem_region_adjustable() until 6.17: when a busy node is split, all children stay with the low part; where one lies
   * in the high part, the node is left as it is, with a warning.
   */
  readonly splitKeepsChildren?: boolean;
  /** get_free_mem_region() until 6.6: the search goes on by its size, and not by its alignment. */
  readonly stepsBySize?: boolean;
  /** get_free_mem_region() until 6.11: an upward search in a base that begins at 0 ends before it has begun. */
  readonly nothingFromZero?: boolean;
}
export const deviationsOf: Readonly<Record<string, Deviations>> = {
  '6.1': { splitKeepsChildren: true, stepsBySize: true, nothingFromZero: true },
  '6.12': { splitKeepsChildren: true },
};

const SLOTS = 24;
const CALLS = 64;
const LEFT_OUT = 0xdeadn;
const MOST_ANSWERS = 4096;
const names = ['zero', 'one', 'two', 'three'] as const;
/** In the order of `enum call`. */
const [NEW, REQUEST, INSERT, EXPAND, RELEASE, REMOVE, ADJUST, ALLOCATE, LOOKUP, REGION, UNREGION] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
] as const;
const [INTERSECTS, WALK, WALK_RAM, FREE_DOWN, FREE_UP, HOTREMOVE, MERGE, SPLIT, EXCLUSIVE, SANITY, SCATTER] = [
  ...[11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21],
] as const;
/** What the node of a call must be: in no tree (1), in the tree (2), an empty slot (0). */
const wants = new Map<number, number>([
  ...[REQUEST, INSERT, EXPAND, ALLOCATE].map((call) => [call, 1] as const),
  ...[RELEASE, REMOVE, ADJUST, MERGE, SCATTER, UNREGION, HOTREMOVE].map((call) => [call, 2] as const),
]);
const MiB = 1n << 20n;
const MEM = 0x200n;
const BUSY = 0x8000_0000n;

export class ReferenceSequences {
  /** How often a deviation took the place of what is right. */
  strikes = 0;
  readonly #profile: ArchProfile;
  readonly #deviations: Deviations;
  #root = iomemRoot();
  #slots: (Resource | undefined)[] = [];
  #linked: boolean[] = [];
  #answers: bigint[] = [];

  constructor(profile: ArchProfile, deviations: Deviations = {}) {
    this.#profile = profile;
    this.#deviations = deviations;
  }

  /** What each call answers, and the tree after it, as sequence.c writes it. */
  run(seq: Sequence): readonly bigint[] {
    this.#root = iomemRoot();
    this.#slots = new Array<Resource | undefined>(SLOTS).fill(undefined);
    this.#linked = new Array<boolean>(SLOTS).fill(false);
    this.#slots[0] = this.#root;
    this.#answers = [];
    for (const [i, words] of seq.slice(0, CALLS).entries()) {
      this.#put(BigInt(i));
      const call = Number(words[0]);
      const made = this.#call(call, words);
      if (made === undefined) this.#put(LEFT_OUT);
      else this.#look(call === RELEASE || call === REMOVE ? made : 0);
    }
    return this.#answers;
  }

  #put(word: bigint | number | boolean): void {
    if (this.#answers.length < MOST_ANSWERS) this.#answers.push(wrap(BigInt(word)));
  }

  #strike(name: keyof Deviations): boolean {
    if (!this.#deviations[name]) return false;
    this.strikes++;
    return true;
  }

  #find(from: bigint, state: number): number {
    for (let i = 0n; i < SLOTS - 1; i++) {
      const slot = 1 + Number(wrap(from + i) % BigInt(SLOTS - 1));
      if ((this.#slots[slot] ? (this.#linked[slot] ? 2 : 1) : 0) === state) return slot;
    }
    return 0;
  }

  /** Makes one call; answers the slot of its node. undefined: it is left out. */
  #call(call: number, w: readonly bigint[]): number | undefined {
    const state = call === ALLOCATE && (w[7]! & 2n) !== 0n ? 2 : (wants.get(call) ?? 0);
    const slot = this.#find(w[2]!, state);
    const needless =
      [UNREGION, HOTREMOVE, LOOKUP].includes(call as never) ||
      call >= SPLIT ||
      (call >= INTERSECTS && call <= WALK_RAM);
    if (slot === 0 && (!needless || call === SCATTER)) return undefined;
    const parent = w[1]! > 0n && w[1]! < SLOTS && this.#linked[Number(w[1])] ? Number(w[1]) : 0;
    let at = this.#slots[parent]!;
    const node = this.#slots[slot]!;
    let [start, size] = [w[3]!, w[4]!];
    if (slot !== 0 && node && (w[5]! & 1n) !== 0n && [UNREGION, HOTREMOVE, ADJUST].includes(call as never)) {
      const half = wrap(node.end - node.start + 1n) / 2n;
      start = wrap(node.start + ((w[5]! & 2n) !== 0n ? half : 0n));
      size = (w[5]! & 4n) !== 0n ? half : wrap(node.end - start + 1n);
    }
    if (call === ALLOCATE && this.#linked[slot]) at = node.parent!;
    const range = { start, end: size };
    const [flags, desc, name] = [w[5]!, Number(w[6]), names[Number(w[7]! & 3n)]!];
    const wraps = size === 0n || wrap(start + size - 1n) < start;
    switch (call) {
      case NEW:
        if (start > size) return undefined;
        this.#slots[slot] = resource(name, start, size, { flags, desc });
        break;
      case REQUEST:
        this.#put(this.#who(requestResource(at, node)));
        break;
      case INSERT:
        this.#put(this.#who(insertResource(at, node)));
        break;
      case EXPAND:
        insertExpandToFit(at, node);
        this.#put(this.#who(node));
        break;
      case RELEASE:
      case REMOVE:
        this.#put(call === RELEASE ? releaseResource(node) : removeResource(node));
        node.children = [];
        break;
      case ADJUST:
        if (wraps) return undefined;
        this.#put(adjustResource(node, start, size));
        break;
      case ALLOCATE: {
        if (size === 0n) return undefined;
        const place = (gap: { readonly end: bigint }, n: bigint, align: bigint): bigint =>
          wrap(gap.end - n + 1n) & ~(align - 1n);
        const constraint = { size, min: start, max: w[5]!, align: 1n << (w[6]! & 31n) };
        const all = (w[7]! & 1n) !== 0n ? { ...constraint, place } : constraint;
        this.#put(node.parent ? reallocateResource(at, node, all) : allocateResource(at, node, all));
        this.#put(this.#who(node));
        break;
      }
      case LOOKUP:
        this.#put(this.#who(lookupResource(at, start)));
        break;
      case REGION:
        this.#slots[slot] = requestRegion(at, start, size, name, BigInt.asUintN(32, flags));
        this.#put(this.#who(this.#slots[slot]));
        break;
      case UNREGION:
        releaseRegion(at, start, size);
        break;
      case INTERSECTS:
        this.#put(regionIntersects(this.#root, start, size, flags, desc));
        break;
      case WALK:
        this.#walk([...matches(this.#root, range, flags, desc)]);
        this.#walk([...matches(this.#root, range, MEM | BUSY, 0)]);
        break;
      case WALK_RAM: {
        this.#walk([...matches(this.#root, range, 0x0100_0200n | BUSY, 0)]);
        const first = start >> 12n;
        const count = (size >> 12n) & 0xffff_ffffn;
        const found = [...ramPages(this.#root, { start: first, end: wrap(first + count - 1n) }, 12n)];
        for (const [pfn, pages] of found) this.#put(mix(mix(5n, pfn), pages));
        this.#put(found.length > 0 ? 0 : -22);
        this.#put([...ramPages(this.#root, { start: first, end: first }, 12n)].length > 0);
        break;
      }
      case FREE_DOWN:
      case FREE_UP: {
        const align = call === FREE_DOWN ? 128n * MiB : MiB << (w[6]! & 7n);
        if (!isShort(at, this.#root, size, align)) return undefined;
        const found = this.#free(at, size, align, name, call === FREE_DOWN);
        this.#put(found === ERANGE ? BigInt(ERANGE) : this.#who(found));
        this.#slots[slot] = found === ERANGE ? undefined : found;
        break;
      }
      case HOTREMOVE:
        if (wraps) return undefined;
        this.#hotRemove(start, size);
        break;
      case MERGE:
        mergeSystemRam(node);
        break;
      case SPLIT:
        if (start > size) return undefined;
        reserveWithSplit(at, start, size, name);
        break;
      case EXCLUSIVE: {
        const { config } = this.#profile;
        const checks = {
          strict: config.has('CONFIG_STRICT_DEVMEM'),
          busy: config.has('CONFIG_IO_STRICT_DEVMEM'),
        };
        this.#put(isExclusive(this.#root, start & ~0xfffn, 4096n, checks));
        this.#put(isExclusive(this.#root, start, size, checks));
        break;
      }
      case SANITY:
        this.#put(mapsAcross(this.#root, start, size, 12n) ? -1 : 0);
        break;
      case SCATTER:
        releaseChildResources(node);
        break;
      default:
        return undefined;
    }
    return slot;
  }

  #walk(found: readonly { readonly start: bigint; readonly end: bigint; readonly flags: bigint }[]): void {
    for (const { start, end, flags } of found) this.#put(mix(mix(mix(3n, start), end), flags));
    this.#put(found.length > 0 ? 0 : -22);
  }

  #free(base: Resource, size: bigint, align: bigint, name: string, down: boolean): Resource | typeof ERANGE {
    const { physmemEnd } = this.#profile;
    const wanted = { root: this.#root, base, size, align, name, physmemEnd };
    const search = down ? ({ ...wanted, desc: 6, mode: 'claim' } as const) : ({ ...wanted, mode: 'insert' } as const);
    const rounded = wrap((size + align - 1n) & ~(align - 1n));
    if (!down && base.start === 0n && this.#strike('nothingFromZero')) return ERANGE;
    return freeRegion(
      this.#deviations.stepsBySize && this.#strike('stepsBySize') ? { ...search, step: rounded } : search,
    );
  }

  #hotRemove(start: bigint, size: bigint): void {
    const end = wrap(start + size - 1n);
    let target: Resource | undefined = this.#root;
    // The busy node that it is about, as the kernel finds it.
    do target = target.children.find((c) => c.start >= end || (c.start <= start && c.end >= end));
    while (target && target.start < end && (target.flags & MEM) !== 0n && (target.flags & BUSY) === 0n);
    const splits = target !== undefined && target.start < start && target.end > end;
    if (splits && target!.children.some((child) => child.start > end) && this.#strike('splitKeepsChildren')) return;
    releaseAdjustable(this.#root, start, size);
  }

  #who(res: Resource | undefined): bigint {
    if (!res) return 0n;
    if (res === this.#root) return 1n;
    return mix(mix(mix(7n, res.start), res.end), res.flags) | 2n;
  }

  #look(kept: number): void {
    const seen = new Set<Resource>();
    let hash = 1n;
    let visited = 0;
    const visit = (children: readonly Resource[], depth: number): void => {
      for (const res of children) {
        if (depth >= 40 || visited >= 400) return;
        visited++;
        seen.add(res);
        hash = mix(hash, BigInt(depth));
        for (const word of [res.start, res.end, res.flags, BigInt(res.desc), BigInt(res.name.charCodeAt(0))])
          hash = mix(hash, word);
        visit(res.children, depth + 1);
      }
    };
    visit(this.#root.children, 0);
    for (let i = 1; i < SLOTS; i++) {
      const node = this.#slots[i];
      const inTree = node !== undefined && seen.has(node);
      if (this.#linked[i] && !inTree && i !== kept) this.#slots[i] = undefined;
      this.#linked[i] = inTree;
    }
    this.#put(hash);
  }
}

function mix(hash: bigint, word: bigint): bigint {
  const next = BigInt.asUintN(64, (hash ^ word) * 0x9e37_79b9_7f4a_7c15n);
  return next ^ (next >> 29n);
}

/** Whether a search in steps stays short; as sequence.c has it. */
function isShort(base: Resource, root: Resource, size: bigint, step: bigint): boolean {
  if (base.children.length > 0 && (size === 0n || size > 1n << 34n)) return false;
  if (wrap(base.end - base.start) > 1n << 42n && base !== root) return false;
  return base.children.every((child) => child.end - child.start <= step << 6n);
}
