import type { Dictionary } from './dictionary.ts';
import type { Random } from './random.ts';
import { type Grid, makeNest, makeRegions, makeRow, point, SPAN, tidy, withoutCall } from './regions.ts';
import { type Call, FRESH, MOST_CALLS, type Region, ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation, type Param } from './surface.ts';

const U64 = (1n << 64n) - 1n;
const GFP_KERNEL = 0xcc0n;
const PAGE = 12n;
/** Calls of a made-up sequence. */
const LONGEST = 6;
const MOST_LEARNED = 8;
/** Per cent of calls that take the arguments of an earlier one. */
const ECHO = 12;
/** So many allocations fail where all do from one on. */
export const ALL = 1000;

export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** What calls of a sequence are made up from. */
interface Context {
  readonly grid: Grid;
  readonly regions: readonly Region[];
  /** Handles of earlier calls that may name a resource, with its range where that is known. */
  readonly made: readonly { readonly handle: number; readonly range?: Range }[];
}

/** Makes sequences up, and changes them. `targets` are operations that lead to what the patch changes. */
export class Generator {
  readonly #operations: readonly Operation[];
  readonly #targets: readonly number[];
  readonly #others: readonly number[];
  readonly #dictionary: Dictionary;
  readonly #random: Random;
  /** Where calls put resources of late. */
  readonly #learned: Range[] = [];
  #about: readonly Range[] = [];

  constructor(operations: readonly Operation[], targets: readonly number[], dictionary: Dictionary, random: Random) {
    this.#operations = operations;
    this.#targets = targets;
    this.#others = operations.map((_, i) => i).filter((i) => isSupporting(operations[i]!) || !targets.includes(i));
    this.#dictionary = dictionary;
    this.#random = random;
  }

  /** A new sequence. */
  make(): Sequence {
    const random = this.#random;
    const grid = this.#grid();
    const kind = random.below(100);
    const regions =
      kind < 8
        ? []
        : kind < 14
          ? makeRow(random, grid, this.#flags())
          : kind < 18
            ? makeNest(random, grid, this.#flags())
            : makeRegions(
                random,
                grid,
                () => this.#flags(),
                () => this.#desc(),
              );
    const empty: Sequence = { regions, calls: [], fail: 0, ...(random.percent(6) ? this.#failure() : {}) };
    let sequence = tidy(empty, this.#operations);
    const count = 1 + random.below(LONGEST);
    for (let i = 0; i < count; i++) sequence = this.#withCall(sequence, grid, i === count - 1 || random.percent(50));
    return sequence;
  }

  /** A sequence that differs from `from` in a few places; `other` lends calls. */
  change(from: Sequence, other: Sequence): Sequence {
    const random = this.#random;
    let sequence = from;
    const rounds = 1 + random.below(3);
    for (let i = 0; i < rounds; i++) sequence = this.#once(sequence, other);
    return tidy(sequence, this.#operations);
  }

  /** A range that a call answered: worth calling about. */
  learn(range: Range): void {
    this.#learned.push(range);
    if (this.#learned.length > MOST_LEARNED) this.#learned.shift();
  }

  get learned(): readonly Range[] {
    return [...this.#learned];
  }

  /** The sequence with one more call of this operation, about one of these ranges more often than not. */
  extend(from: Sequence, op: number, about: readonly Range[]): Sequence {
    this.#about = about;
    const extended = this.#withOperation(from, gridOf(from) ?? this.#grid(), op);
    this.#about = [];
    return extended;
  }

  #once(from: Sequence, other: Sequence): Sequence {
    const random = this.#random;
    const { regions, calls } = from;
    const grid = gridOf(from) ?? this.#grid();
    switch (random.below(10)) {
      case 0:
        return calls.length < MOST_CALLS ? this.#withCall(from, grid, random.percent(60)) : from;
      case 1:
        return calls.length > 1 ? withoutCall(from, random.below(calls.length), this.#operations) : from;
      case 2: {
        // A call again, before or after others.
        if (calls.length === 0 || calls.length >= MOST_CALLS) return from;
        return { ...from, calls: [...calls, random.pick(calls)] };
      }
      case 3:
        return regions.length > 0 ? this.#withRegion(from, random.below(regions.length), grid) : from;
      case 4: {
        if (regions.length >= 20) return from;
        const start = point(grid, random.below(SPAN));
        const end = BigInt.asUintN(64, start + grid.unit * BigInt(1 + random.below(4)) - 1n);
        const parent = random.percent(60) || regions.length === 0 ? 0 : ROOTS + random.below(regions.length);
        const made: Region = { parent, start, end, flags: this.#flags(), desc: this.#desc(), name: random.below(6) };
        return { ...insertRegion(from, made, this.#operations) };
      }
      case 5:
        return random.percent(20)
          ? { ...from, ...this.#failure(), ...(random.percent(25) ? { fail: 0 } : {}) }
          : this.#withArgument(from, grid);
      case 6:
        // The calls of one on the regions of another.
        return {
          ...from,
          regions: other.regions,
          calls: remake(calls, regions.length, other.regions.length, this.#operations),
        };
      default:
        return this.#withArgument(from, grid);
    }
  }

  #failure(): Pick<Sequence, 'fail' | 'failing'> {
    const random = this.#random;
    return { fail: 1 + random.below(3), failing: random.percent(30) ? ALL : 1 };
  }

  #grid(): Grid {
    const random = this.#random;
    const { anchors, units } = this.#dictionary;
    const unit = random.percent(70) ? random.pick(units.slice(0, 3)) : random.pick(units);
    const anchor = random.percent(45) ? anchors[0]! : random.pick(anchors);
    // Limits are met from below as well as from above.
    const below = random.percent(50) ? BigInt(random.below(SPAN + 1)) : 0n;
    const base = BigInt.asUintN(64, anchor - below * unit);
    return { base, unit };
  }

  #flags(): bigint {
    const random = this.#random;
    const { flags } = this.#dictionary;
    const base = random.percent(80) ? flags[random.below(6)]! : random.pick(flags);
    return random.percent(15) ? base ^ random.pick(flags) : base;
  }
  #desc(): bigint {
    return this.#random.percent(75) ? 0n : this.#random.pick(this.#dictionary.descs);
  }

  #withRegion(from: Sequence, index: number, grid: Grid): Sequence {
    const random = this.#random;
    const old = from.regions[index]!;
    const step = random.percent(60) ? grid.unit : 1n;
    const moved = (n: bigint): bigint => BigInt.asUintN(64, random.percent(50) ? n + step : n - step);
    const changed: Region = (() => {
      switch (random.below(8)) {
        case 0:
          return { ...old, start: moved(old.start) };
        case 1:
          return { ...old, end: moved(old.end) };
        case 2:
          return { ...old, flags: this.#flags() };
        case 3:
          return { ...old, flags: old.flags ^ random.pick(this.#dictionary.flags) };
        case 4:
          return { ...old, desc: this.#desc() };
        case 5: {
          // Like another one, but for where it lies.
          const { flags, desc, name } = random.pick(from.regions);
          return { ...old, flags, desc, name };
        }
        case 6:
          return { ...old, early: !old.early };
        default:
          return { ...old, name: random.below(6) };
      }
    })();
    return { ...from, regions: from.regions.map((r, i) => (i === index ? changed : r)) };
  }

  #withArgument(from: Sequence, grid: Grid): Sequence {
    const random = this.#random;
    if (from.calls.length === 0) return from;
    const index = random.below(from.calls.length);
    const call = from.calls[index]!;
    const laid = layoutOf(this.#operations[call.op]!.params);
    if (laid.length === 0) return from;
    const { param, at } = random.pick(laid);
    const args = [...call.args];
    if (random.percent(35) && param.kind === 'int' && param.role !== 'align') {
      const step = random.pick([1n, grid.unit, -1n, -grid.unit]);
      args[at] = BigInt.asUintN(64, args[at]! + step);
    } else {
      const fresh = this.#words(param, this.#context(from, index, grid), this.#range(this.#context(from, index, grid)));
      for (const [i, word] of fresh.entries()) args[at + i] = word;
    }
    return { ...from, calls: from.calls.map((c, i) => (i === index ? { op: c.op, args } : c)) };
  }

  #context(sequence: Sequence, before: number, grid: Grid): Context {
    const made: { handle: number; range?: Range }[] = [];
    for (let i = 0; i < before; i++) {
      const call = sequence.calls[i]!;
      const op = this.#operations[call.op]!;
      const handle = ROOTS + sequence.regions.length + i;
      const fresh = layoutOf(op.params).find(({ param, at }) => param.kind === 'resource' && call.args[at] === FRESH);
      if (fresh) made.push({ handle, range: { start: call.args[fresh.at + 1]!, end: call.args[fresh.at + 2]! } });
      else if (op.result === 'resource') made.push({ handle, ...rangeOfCall(op, call) });
    }
    return { grid, regions: sequence.regions, made };
  }

  #withCall(sequence: Sequence, grid: Grid, wantTarget: boolean): Sequence {
    const random = this.#random;
    const list = wantTarget && this.#targets.length > 0 ? this.#targets : this.#others;
    const op = list.length > 0 ? random.pick(list) : random.below(this.#operations.length);
    return this.#withOperation(sequence, grid, op);
  }

  #withOperation(sequence: Sequence, grid: Grid, op: number): Sequence {
    const context = this.#context(sequence, sequence.calls.length, grid);
    const range = this.#range(context);
    const args = this.#operations[op]!.params.flatMap((p) => this.#paramWords(p, context, range));
    if (sequence.calls.length > 0 && this.#random.percent(ECHO))
      this.#echo(this.#random.pick(sequence.calls), op, args);
    return { ...sequence, calls: [...sequence.calls, { op, args }] };
  }

  /** What an earlier call was made with, as far as this one wants the like: what was claimed is given back. */
  #echo(earlier: Call, op: number, args: bigint[]): void {
    const given = [...layoutOf(this.#operations[earlier.op]!.params)];
    for (const { param, at } of layoutOf(this.#operations[op]!.params)) {
      if (param.kind !== 'container' && param.kind !== 'device' && param.kind !== 'int') continue;
      const role = param.kind === 'int' ? param.role : undefined;
      const from = given.findIndex(({ param: p }) => p.kind === param.kind && (p.kind !== 'int' || p.role === role));
      if (from < 0) continue;
      args[at] = earlier.args[given[from]!.at]!;
      given.splice(from, 1);
    }
  }

  #paramWords(param: Param, context: Context, range: Range): readonly bigint[] {
    if (param.kind === 'record') return param.members.flatMap(([, member]) => this.#paramWords(member, context, range));
    return this.#words(param, context, range);
  }

  /** What a call is about: a region as it is, a part of one, what lies between two, or anything. */
  #range(context: Context): Range {
    const random = this.#random;
    const { grid, regions, made } = context;
    const known: Range[] = [...regions, ...made.flatMap((m) => (m.range ? [m.range] : []))];
    const size = (steps: number): bigint => grid.unit * BigInt(steps);
    if (this.#about.length > 0 && random.percent(65)) return random.pick(this.#about);
    if (this.#learned.length > 0 && random.percent(12)) return random.pick(this.#learned);
    // All there is, from the first region to the last.
    if (regions.length > 1 && random.percent(8)) return { start: regions[0]!.start, end: regions.at(-1)!.end };
    if (known.length > 0 && random.percent(75)) {
      const { start, end } = random.pick(known);
      const part = random.below(8);
      if (part < 3) return { start, end };
      if (part === 3) return { start, end: start + size(1 + random.below(2)) - 1n };
      if (part === 4) return { start: end - size(1) + 1n, end };
      if (part === 5) return { start: start + size(1), end: end - size(1) };
      if (part === 6) return { start, end: BigInt.asUintN(64, random.pick(known).end) };
      return { start: end + 1n, end: end + size(1 + random.below(3)) };
    }
    const from = random.below(SPAN);
    const start = point(grid, from);
    return { start, end: BigInt.asUintN(64, start + size(1 + random.below(SPAN - from + 1)) - 1n) };
  }

  #words(param: Param, context: Context, range: Range): readonly bigint[] {
    const random = this.#random;
    const { regions, made } = context;
    const handles = (): bigint => {
      const fromCalls = made.length > 0 && random.percent(55);
      if (fromCalls) return BigInt(random.pick(made).handle);
      return regions.length > 0 ? BigInt(ROOTS + random.below(regions.length)) : 0n;
    };
    switch (param.kind) {
      case 'container':
        if (random.percent(68)) return [0n];
        return random.percent(5) ? [1n] : [handles()];
      case 'resource': {
        const fresh =
          handles() < BigInt(ROOTS) ||
          (param.fresh ? !(param.placed && random.percent(12)) : param.loose && random.percent(50));
        return [
          fresh ? FRESH : handles(),
          BigInt.asUintN(64, this.#near(range.start)),
          BigInt.asUintN(64, this.#near(range.end)),
          this.#flags(),
          this.#desc(),
          BigInt(random.below(6)),
        ];
      }
      case 'int':
        return [BigInt.asUintN(64, this.#int(param, context, range))];
      case 'name':
        return [BigInt(random.below(6))];
      case 'device':
        return [BigInt(random.percent(15) ? 1 : 0)];
      case 'callback':
        return [BigInt(random.percent(60) ? (param.nullable ? 2 : 0) : random.below(4))];
      case 'data':
      case 'record':
        return [];
    }
  }

  #near(n: bigint): bigint {
    const random = this.#random;
    if (!random.percent(12)) return n;
    return random.percent(50) ? n + 1n : n - 1n;
  }

  #int(param: Extract<Param, { kind: 'int' }>, { grid, regions }: Context, range: Range): bigint {
    const random = this.#random;
    const { numbers, flags, units } = this.#dictionary;
    const length = range.end - range.start + 1n;
    switch (param.role) {
      case 'address':
        return random.percent(6) ? random.pick([0n, ...numbers]) : this.#near(range.start);
      case 'end':
        return random.percent(12) ? random.pick([U64, ...numbers]) : this.#near(range.end);
      case 'limit':
        return random.percent(50) ? random.pick([...numbers, ...this.#dictionary.anchors]) : this.#near(range.end);
      case 'size':
        if (random.percent(4)) return random.pick(numbers);
        if (random.percent(50)) return this.#near(length);
        return this.#near(grid.unit * BigInt(1 + random.below(6)));
      case 'align':
        if (random.percent(4)) return 0n;
        if (random.percent(70)) return random.pick([1n, grid.unit, grid.unit << BigInt(random.below(3))]);
        return random.pick(units);
      case 'pfn':
        return this.#near(range.start >> PAGE);
      case 'pages':
        return this.#near(length >> PAGE);
      case 'flags': {
        const of = regions.length > 0 && random.percent(35) ? random.pick(regions).flags : random.pick(flags);
        return random.percent(25) ? 0n : of;
      }
      case 'desc':
        return regions.length > 0 && random.percent(40) ? random.pick(regions).desc : this.#desc();
      case 'gfp':
        return GFP_KERNEL;
      case 'bool':
        return BigInt(random.below(2));
      case 'number':
        return random.percent(60) ? BigInt(random.below(4)) : random.pick(numbers);
    }
  }
}

/** Operations that take no resource of ours: what a tree is filled and emptied with. */
const isSupporting = (op: Operation): boolean => /request_region|release_region|insert_resource$/.test(op.name);

/** The range that a call asks for, where it names one. */
function rangeOfCall(op: Operation, call: Call): { range?: Range } {
  const laid = layoutOf(op.params);
  const word = (role: string): bigint | undefined => {
    const found = laid.find(({ param }) => param.kind === 'int' && param.role === role);
    return found ? call.args[found.at] : undefined;
  };
  const [start, size] = [word('address'), word('size')];
  return start === undefined || size === undefined
    ? {}
    : { range: { start, end: BigInt.asUintN(64, start + size - 1n) } };
}

/** The grid that a sequence seems to lie on: the smallest region gives its unit. */
function gridOf({ regions }: Sequence): Grid | undefined {
  const [first] = regions;
  if (!first) return undefined;
  let unit = first.end - first.start + 1n;
  for (const r of regions) {
    const size = r.end - r.start + 1n;
    if (size > 0n && size < unit) unit = size;
  }
  return { base: first.start, unit };
}

function insertRegion(from: Sequence, made: Region, operations: readonly Operation[]): Sequence {
  const regions = [...from.regions, made];
  return { ...from, regions, calls: remake(from.calls, from.regions.length, regions.length, operations) };
}

/** Calls whose handles fit another number of regions. */
function remake(calls: readonly Call[], had: number, has: number, operations: readonly Operation[]): readonly Call[] {
  return calls.map((call) => {
    const args = [...call.args];
    for (const { param, at } of layoutOf(operations[call.op]!.params)) {
      if (param.kind !== 'container' && param.kind !== 'resource') continue;
      const n = Number(args[at]!);
      if (args[at] === FRESH || n < ROOTS) continue;
      if (n >= ROOTS + had) args[at] = BigInt(n - had + has);
      else if (n >= ROOTS + has) args[at] = 0n;
    }
    return { op: call.op, args };
  });
}
