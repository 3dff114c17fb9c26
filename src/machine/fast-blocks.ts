import type { Instr } from '../c/ir.ts';
import { written } from './analysis.ts';
import type { Plan } from './plan.ts';

export type Call = Extract<Instr, { op: 'call' }>;

export function callsOf(plan: Plan): Call[] {
  const calls: Call[] = [];
  for (const b of plan.order)
    for (const instr of plan.body.blocks[b]!.instrs) if (instr.op === 'call') calls.push(instr);
  return calls;
}

/** Registers that a export function writes. */
export function assignedIn(plan: Plan): ReadonlySet<number> {
  const assigned = new Set<number>();
  for (const b of plan.order) for (const instr of plan.body.blocks[b]!.instrs) assigned.add(written(instr));
  return assigned;
}

/** The counter that the fast code keeps for a block, and those that count the same. */
export interface BlockCounters {
  readonly counter: number;
  readonly also: readonly number[];
}

const known = new WeakMap<Plan, ReadonlyMap<number, BlockCounters>>();

/** By block: every statement of a block is executed as often as its first one. Blocks without a statement have none. */
export function countersOf(plan: Plan): ReadonlyMap<number, BlockCounters> {
  let counters = known.get(plan);
  if (!counters) known.set(plan, (counters = makeCounters(plan)));
  return counters;
}

function makeCounters(plan: Plan): ReadonlyMap<number, BlockCounters> {
  const counters = new Map<number, BlockCounters>();
  let next = 0;
  for (const b of plan.order) {
    const own: number[] = [];
    const loops: number[] = [];
    for (const instr of plan.body.blocks[b]!.instrs) {
      if (instr.op === 'stmt') own.push(plan.statements[next++]!.counter);
      else if (instr.op === 'loop' && plan.loops[instr.loop] !== undefined) loops.push(plan.loops[instr.loop]!);
    }
    const [counter, ...also] = [...own, ...loops];
    if (counter !== undefined) counters.set(b, { counter, also });
  }
  return counters;
}

/** Of each counter that the fast code does not keep, the one that counts the same. */
export function headsOf(plans: readonly Plan[]): ReadonlyMap<number, number> {
  const heads = new Map<number, number>();
  for (const plan of plans)
    for (const { counter, also } of countersOf(plan).values()) for (const other of also) heads.set(other, counter);
  return heads;
}

/** Counts of statements and loops from counts of blocks, as the stepper has them. */
export function spread(counts: Uint32Array, plans: readonly Plan[]): Uint32Array {
  const all = counts.slice();
  for (const plan of plans) {
    for (const { counter, also } of countersOf(plan).values()) {
      const times = counts[counter]!;
      if (times > 0) for (const other of also) all[other]! += times;
    }
  }
  return all;
}
