import { fieldsOf, resourceLayout } from '../../kernel/layout.ts';
import { dropping, taking } from '../../kernel/locks.ts';
import type { PendingOp } from '../../machine/api.ts';
import type { MachineModel } from '../../model/api.ts';
import type { Begun, Executor } from '../execute.ts';
import { replayScenario } from '../interleave/scenario.ts';
import type { Scenario } from '../scenario.ts';
import { type LitmusOperation, type LitmusThread, litmusProgram } from './litmus-text.ts';

/*
 * A schedule as a litmus test: what its threads did to memory that more than one of them touches, and the locks they held,
 * without the code that did it. It is the path of this one execution: a read that sees something else would have gone another
 * way.
 */

/** Operations of one thread: a longer path is no litmus test that anybody reads. */
const MOST = 160;
/** Bytes of a range that are looked at. */
const MOST_BYTES = 512;

/** One access, at the time it was made. */
interface Access {
  readonly thread: number;
  readonly kind: 'read' | 'write';
  readonly address: bigint;
  readonly size: number;
  readonly marked: boolean;
  readonly what?: string;
  /** Of a range: it concerns whatever others touch in there. */
  readonly range: boolean;
  /** The memory before and after it, byte by byte; `after` of a read is what it saw. */
  readonly before: readonly number[];
  after: readonly number[];
}
interface Place {
  readonly address: bigint;
  readonly size: number;
}
const scalar: ReadonlySet<number> = new Set([1, 2, 4, 8]);
type Event =
  | Access
  | { readonly thread: number; readonly kind: 'lock' | 'unlock'; readonly address: bigint; readonly shared: boolean };

/** The program; undefined where the threads share no memory on this path, or the path is too long. */
export function litmusText(
  executor: Executor,
  scenario: Scenario,
  machine: MachineModel,
  schedule: string,
  title: string,
  /** Whether it must hold two accesses that nothing orders. */
  unordered: boolean,
): string | undefined {
  let recorder: Recorder | undefined;
  replayScenario(executor, scenario, machine, schedule, (begun) => {
    recorder = new Recorder(executor, begun);
    return recorder;
  });
  if (!recorder) return undefined;
  const { threads, locations, locks } = recorder.shared();
  if (locations.length === 0 || threads.some((t) => t.operations.length > MOST)) return undefined;
  if (unordered && !locations.some((_, index) => isUnordered(threads, index))) return undefined;
  return litmusProgram({ title, schedule, world: executor.world.which, threads, locations, locks });
}

class Recorder {
  readonly #begun: Begun;
  readonly #events: Event[] = [];
  /** Writes whose values are seen once the step was made. */
  #open: Access[] = [];
  readonly #fields: readonly (readonly [bigint, string])[];
  readonly #size: number;

  constructor(executor: Executor, begun: Begun) {
    this.#begun = begun;
    const { program } = executor.world.compiled;
    const fields = fieldsOf(program, 'resource') ?? new Map();
    this.#fields = [...fields].map(([name, { offset }]) => [offset, name] as const);
    this.#size = resourceLayout(program)?.size ?? 0;
  }

  before(thread: number, _ordinal: number, pending: PendingOp): void {
    this.#close();
    if (pending.kind === 'read' || pending.kind === 'write') {
      const marked = pending.volatile === true;
      if (pending.from !== undefined) this.#access(thread, 'read', pending.from, pending.size, { range: true });
      this.#access(thread, pending.kind, pending.address, pending.size, {
        marked,
        range: pending.from !== undefined,
      });
    } else if (pending.kind === 'native') this.#native(thread, pending.name, pending.args);
  }

  end(): void {
    this.#close();
  }

  #native(thread: number, name: string, args: readonly bigint[]): void {
    const take = taking.get(name);
    const drop = dropping.get(name);
    const lock = take && !take.trying ? take : drop;
    if (lock) {
      const kind = lock === take ? 'lock' : 'unlock';
      this.#events.push({ thread, kind, address: args[0] ?? 0n, shared: lock.mode === 'read' });
      return;
    }
    const { machine, natives, first } = this.#begun;
    const effect = natives.effect?.(name, args, first + thread, machine.memory);
    if (!effect || (effect.kind !== 'access' && effect.kind !== 'write' && effect.kind !== 'read')) return;
    const what = `${name.replace(/^__iomem_/, '')}()`;
    const marked = effect.kind !== 'access';
    const range = effect.kind === 'access';
    const writes = effect.kind === 'write' || (effect.kind === 'access' && effect.writes === true);
    if ('from' in effect && effect.from !== undefined)
      this.#access(thread, 'read', effect.from, effect.size, { range: true, what });
    this.#access(thread, writes ? 'write' : 'read', effect.address, effect.size, { marked, range, what });
  }

  #access(
    thread: number,
    kind: Access['kind'],
    address: bigint,
    size: number,
    how: { readonly marked?: boolean; readonly range: boolean; readonly what?: string },
  ): void {
    const before = this.#bytes(address, size);
    const made: Access = { thread, kind, address, size, marked: how.marked === true, ...how, before, after: before };
    this.#events.push(made);
    if (kind === 'write') this.#open.push(made);
  }

  #close(): void {
    for (const write of this.#open) write.after = this.#bytes(write.address, write.size);
    this.#open = [];
  }

  #bytes(address: bigint, size: number): readonly number[] {
    const { memory } = this.#begun.machine;
    return Array.from({ length: Math.min(size, MOST_BYTES) }, (_, i) =>
      Number(memory.read(address + BigInt(i), 1) ?? 0n),
    );
  }

  /** What more than one thread touches and one of them writes, and what each thread does to it. */
  shared(): {
    readonly threads: readonly LitmusThread[];
    readonly locations: readonly { readonly name: string; readonly initial: bigint }[];
    readonly locks: readonly string[];
  } {
    const { machine, first, threads } = this.#begun;
    const accesses = this.#events.filter((e): e is Access => 'size' in e);
    const places = new Map<string, Place>();
    for (const a of accesses)
      if (!a.range && scalar.has(a.size) && !places.has(`${a.address} ${a.size}`))
        places.set(`${a.address} ${a.size}`, { address: a.address, size: a.size });
    const touches = (a: Access, p: Place): boolean =>
      a.range
        ? a.address < p.address + BigInt(p.size) && p.address < a.address + BigInt(a.size)
        : a.address === p.address && a.size === p.size;
    const kept = [...places.values()].filter((p) => {
      const own = accesses.filter((a) => touches(a, p));
      const writers = new Set(own.filter((a) => a.kind === 'write').map((a) => a.thread));
      return writers.size > 0 && new Set(own.map((a) => a.thread)).size > 1;
    });
    // As the first that came there found it.
    const initial = (p: Place): bigint => wordAt(accesses.find((a) => touches(a, p))!, 'before', p);
    const locks = [...new Set(this.#events.flatMap((e) => ('size' in e ? [] : [e.address])))];
    const lists: LitmusOperation[][] = Array.from({ length: threads }, () => []);
    for (const e of this.#events) {
      const list = lists[e.thread]!;
      if (!('size' in e)) {
        list.push({ kind: e.kind, index: locks.indexOf(e.address), shared: e.shared });
        continue;
      }
      for (const [index, p] of kept.entries()) {
        if (!touches(e, p)) continue;
        const value = wordAt(e, 'after', p);
        const made: LitmusOperation = {
          kind: e.kind,
          index,
          marked: e.marked,
          value,
          ...(e.what === undefined ? {} : { what: e.what }),
        };
        // Reading the same again and again says nothing new.
        const last = list.findLast((o) => o.kind === 'lock' || o.kind === 'unlock' || o.index === index);
        if (last?.kind === 'read' && e.kind === 'read' && last.value === made.value && last.marked === made.marked)
          continue;
        list.push(made);
      }
    }
    return {
      threads: lists.map((operations, t) => ({
        name: machine.threads[first + t]?.name ?? `thread${t}`,
        operations: withoutEmpty(operations),
      })),
      locations: kept.map((p) => ({ name: this.#name(p.address), initial: initial(p) })),
      locks: locks.map((address) => machine.memory.describe(address)),
    };
  }

  /** `heap#2 (alloc_resource)->desc`. */
  #name(address: bigint): string {
    const { memory } = this.#begun.machine;
    const object = memory.objectAt(address);
    const base = object?.base;
    const text = memory.describe(address).replace(' (freed)', '');
    const offset = base === undefined ? BigInt(/\+(\d+)$/.exec(text)?.[1] ?? 0) : address - base;
    const field = this.#fields.find(([at]) => at === offset)?.[1];
    const isResource = object ? object.size === this.#size : /^\w+_resource(\+|$)/.test(text);
    return isResource && field ? `${text.replace(/\+\d+(?=$| )/, '')}->${field}` : text;
  }
}

/** What an access found or left at a place in it. */
function wordAt(access: Access, when: 'before' | 'after', { address, size }: Place): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(access[when][Number(address - access.address) + i] ?? 0);
  return value;
}

/** Whether two threads come to a location without a lock in common, one of them writing. */
function isUnordered(threads: readonly LitmusThread[], location: number): boolean {
  const visits = threads.flatMap(({ operations }, thread) => {
    const held = new Map<number, boolean>();
    return operations.flatMap((o) => {
      if (o.kind === 'lock') held.set(o.index, o.shared === true);
      else if (o.kind === 'unlock') held.delete(o.index);
      else if (o.index === location)
        return [{ thread, write: o.kind === 'write', marked: o.marked === true, held: new Map(held) }];
      return [];
    });
  });
  return visits.some((a) =>
    visits.some(
      (b) =>
        a.thread < b.thread &&
        (a.write || b.write) &&
        !(a.marked && b.marked) &&
        ![...a.held].some(([lock, shared]) => b.held.has(lock) && !(shared && b.held.get(lock))),
    ),
  );
}

/** Sections of locks in which nothing is left are left out. */
function withoutEmpty(operations: readonly LitmusOperation[]): readonly LitmusOperation[] {
  const list: LitmusOperation[] = [];
  for (const o of operations) {
    const last = list.at(-1);
    if (o.kind === 'unlock' && last?.kind === 'lock' && last.index === o.index) list.pop();
    else list.push(o);
  }
  return list;
}
