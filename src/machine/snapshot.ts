import type { Snapshot } from './api.ts';
import { wrongSnapshot } from './errors.ts';
import type { Execution, SavedEvents, ThreadState } from './execution.ts';
import type { SavedHeap } from './heap.ts';
import { COUNTERS, Control } from './layout.ts';

const CONTROL_BYTES = 128;

/** A stretch of memory that a snapshot holds. */
interface Range {
  readonly start: number;
  readonly length: number;
}

/**
 * The trace up to some point, as what was added since an earlier one. The trace only grows between snapshots, so each keeps
 * its own piece, and going back writes only the pieces that the memory does not hold already.
 */
export class TraceNode {
  readonly parent: TraceNode | undefined;
  readonly depth: number;
  readonly from: number;
  readonly data: Uint8Array;

  constructor(parent: TraceNode | undefined, from: number, data: Uint8Array) {
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.from = from;
    this.data = data;
  }
  get end(): number {
    return this.from + this.data.length;
  }
}

/** Keeps what the trace has gained since the last snapshot taken or gone back to. */
function saveTrace(x: Execution): TraceNode {
  const position = x.word(Control.tracePosition);
  const base = x.traceBase;
  if (position > base.end) x.traceBase = new TraceNode(base, base.end, x.space.bytes.slice(base.end, position));
  return x.traceBase;
}

function restoreTrace(x: Execution, to: TraceNode): void {
  const missing: TraceNode[] = [];
  let here = x.traceBase;
  let there = to;
  while (here !== there) {
    if (there.depth >= here.depth) {
      missing.push(there);
      there = there.parent!;
    } else here = here.parent!;
  }
  for (const node of missing) x.space.bytes.set(node.data, node.from);
  x.traceBase = to;
}

/** A copy of the used parts of memory, and of what the host keeps. */
export class StepSnapshot implements Snapshot {
  readonly bytes: number;
  readonly owner: Execution;
  readonly ranges: readonly Range[];
  readonly data: Uint8Array;
  readonly threads: readonly ThreadState[];
  readonly heap: SavedHeap;
  readonly events: SavedEvents;
  readonly reported: readonly string[];
  readonly natives: readonly unknown[];
  readonly ended: Execution['ended'];
  readonly spent: number;
  readonly fuel: number;
  readonly charged: number;
  readonly trace: TraceNode;
  /** How far growing things reached. */
  readonly counters: number;
  readonly variablesEnd: number;

  constructor(x: Execution) {
    this.owner = x;
    this.counters = x.code.counters;
    this.variablesEnd = x.code.globals.variables.end;
    this.ranges = usedRanges(x);
    const total = this.ranges.reduce((sum, r) => sum + r.length, 0);
    this.data = new Uint8Array(total);
    let at = 0;
    for (const { start, length } of this.ranges) {
      this.data.set(x.space.bytes.subarray(start, start + length), at);
      at += length;
    }
    this.bytes = total;
    this.threads = x.threads.map((t) => ({ ...t }));
    this.heap = x.heap.save();
    this.events = x.saveEvents();
    this.reported = [...x.reported];
    this.natives = x.natives.state.map((s) => s.save());
    this.ended = x.ended;
    this.spent = x.spent;
    this.fuel = x.fuel;
    this.charged = x.charged;
    this.trace = saveTrace(x);
  }
}

function usedRanges(x: Execution): Range[] {
  const { layout, globals } = x.code;
  const ranges: Range[] = [];
  const add = (start: number, end: number): void => {
    if (end > start) ranges.push({ start, length: end - start });
  };
  add(0, CONTROL_BYTES);
  add(COUNTERS, COUNTERS + x.code.counters * 4);
  const { constants, variables } = globals;
  if (x.word(Control.constantsTouched)) add(constants.start, constants.end);
  add(variables.start, variables.end);
  if (x.word(Control.globalsTouched)) {
    add(layout.shadow + constants.start, layout.shadow + constants.end);
    add(layout.shadow + variables.start, layout.shadow + variables.end);
  }
  for (const { start, top } of x.heap.used) {
    add(start, top);
    add(layout.shadow + start, layout.shadow + top);
  }
  for (const thread of x.threads) {
    const top = x.stackTop(thread);
    add(thread.base, top);
    add(layout.shadow + thread.base, layout.shadow + top);
  }
  return ranges;
}

/** Undoes everything since the snapshot. What was not in use then becomes unaddressable again. */
export function restoreSnapshot(x: Execution, snapshot: Snapshot): void {
  if (!(snapshot instanceof StepSnapshot) || snapshot.owner !== x) {
    throw wrongSnapshot('this snapshot was taken of another machine');
  }
  clearUsed(x, snapshot.counters);
  const { bytes } = x.space;
  let at = 0;
  for (const { start, length } of snapshot.ranges) {
    bytes.set(snapshot.data.subarray(at, at + length), start);
    at += length;
  }
  // Globals that lowering added since then begin anew.
  const { variables } = x.code.globals;
  if (variables.end > snapshot.variablesEnd) {
    const from = snapshot.variablesEnd;
    bytes.set(variables.bytes.subarray(from - variables.start, variables.end - variables.start), from);
  }
  x.threads.length = 0;
  for (const t of snapshot.threads) x.threads.push({ ...t });
  x.heap.restore(snapshot.heap);
  x.restoreEvents(snapshot.events);
  x.reported = new Set(snapshot.reported);
  x.natives.state.forEach((s, i) => {
    s.restore(snapshot.natives[i]);
  });
  x.ended = snapshot.ended;
  x.spent = snapshot.spent;
  x.fuel = snapshot.fuel;
  x.charged = snapshot.charged;
  restoreTrace(x, snapshot.trace);
}

/** Makes memory as it was before the first thread, except for the globals' own bytes. */
export function clearUsed(x: Execution, keepCounters: number): void {
  const { layout, globals } = x.code;
  const { bytes } = x.space;
  x.space.forgetReadable(globals.constants.start, globals.variables.end - globals.constants.start);
  for (const { start, top } of x.heap.used) x.space.forgetReadable(start, top - start);
  bytes.fill(0, COUNTERS + keepCounters * 4, COUNTERS + x.code.counters * 4);
  for (const { start, top } of x.heap.used) bytes.fill(0, layout.shadow + start, layout.shadow + top);
  for (const thread of x.threads) bytes.fill(0, layout.shadow + thread.base, layout.shadow + x.stackTop(thread));
  for (const region of [globals.constants, globals.variables]) {
    const length = region.end - region.start;
    if (x.word(Control.globalsTouched)) bytes.set(region.shadow.subarray(0, length), layout.shadow + region.start);
  }
  if (x.word(Control.constantsTouched)) {
    const { constants } = globals;
    bytes.set(constants.bytes.subarray(0, constants.end - constants.start), constants.start);
  }
}

/** Names the contents of globals and heap: equal states have equal names, different ones as good as never. */
export function digest(x: Execution): string {
  const { variables } = x.code.globals;
  let name = x.space.digest(variables.start, variables.end, 0n);
  for (const { start, top } of x.heap.used) name = x.space.digest(start, top, name);
  return BigInt.asUintN(64, name).toString(36);
}
