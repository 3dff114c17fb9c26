import type { FunctionBody, IrFunction, RegType } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { analyse, type BlockSets, reachableBlocks, registerUse } from './analysis.ts';
import { frameTooLarge, functionTooLarge, malformedIr } from './errors.ts';
import { align, Frame, REDZONE, STACK_BYTES } from './layout.ts';

/** Registers kept in locals; the rest of a huge function lives in its frame. */
const MAX_LOCALS = 400;
const MAX_POINTS = 60_000;
const MAX_CALL_ARGUMENTS = 255;

/** What kind of stop a point allows. */
export const PointKind = { block: 0, statement: 1, access: 2, call: 3, afterCall: 4 } as const;

/**
 * Everything about a function that does not depend on how its code is generated: where registers and slots lie in the frame,
 * which points it can be resumed at, which counters it has. All variants of its code share one plan, so a frame started by
 * one variant is continued by another.
 */
export interface Plan {
  readonly index: number;
  readonly fn: IrFunction;
  readonly body: FunctionBody;
  /** Registers that receive arguments. */
  readonly params: number;
  readonly order: readonly number[];
  /** Point of a block's start. */
  readonly blockPoint: Int32Array;
  /** By block, by instruction: its point (for a call the one before it; the next number is the one after), 0 for none. */
  readonly instrPoint: readonly (Int32Array | undefined)[];
  /** By point. Point 0 is the function's entry. */
  readonly pointLoc: readonly Loc[];
  readonly pointKind: readonly number[];
  readonly registers: readonly Place[];
  /** Type of each local that holds registers. */
  readonly locals: readonly RegType[];
  /** Cell of each local. */
  readonly localCell: readonly number[];
  readonly liveOut: BlockSets | undefined;
  readonly lastMention: Int32Array;
  /** Flag (1 = set) of each register that may be read unset: a place like a register's. */
  readonly setFlags: ReadonlyMap<number, Place>;
  /** Offset in the frame of each slot. */
  readonly slots: readonly number[];
  readonly frameBytes: number;
  /** Counters, as indices: one per `stmt` in block order, one per loop. */
  readonly statements: readonly { readonly counter: number; readonly loc: Loc }[];
  readonly loops: readonly number[];
  /** By point of a block: why its `unreachable` end is not to be reached. */
  readonly unreachable: ReadonlyMap<number, string>;
}

/** Where a register lives: a local (by number among the plan's), and a cell of the frame. */
export interface Place {
  readonly type: RegType;
  /** −1: in the frame only. */
  readonly local: number;
  /** Offset in the frame; −1: never mentioned. */
  readonly cell: number;
  /** Lives within one block. */
  readonly temporary: boolean;
}

const NOWHERE: Place = { type: 'i32', local: -1, cell: -1, temporary: true };

/** `variables`: every C variable has a place of its own and is saved wherever the function may stop. */
export function makePlan(
  index: number,
  fn: IrFunction,
  body: FunctionBody,
  takeCounter: () => number,
  variables = false,
): Plan {
  const params = fn.signature.params.length + (fn.signature.variadic ? 1 : 0);
  if (body.registers.length < params) throw malformedIr(fn.name, 'fewer registers than parameters');
  const order = reachableBlocks(fn.name, body.blocks);
  const points = numberPoints(fn, body, order, takeCounter);
  const use = registerUse(fn.name, body, order, params);
  const flow = analyse(fn.name, body, order, params, use, variables);

  const registers: Place[] = [];
  const locals: RegType[] = [];
  const localCell: number[] = [];
  let cells = params;
  const place = (type: RegType, cell: number, temporary: boolean): Place => {
    const local = locals.length < MAX_LOCALS ? locals.length : -1;
    const offset = Frame.cells + cell * 8;
    if (local >= 0) {
      locals.push(type);
      localCell.push(offset);
    }
    return { type, local, cell: offset, temporary };
  };
  for (let r = 0; r < body.registers.length; r++) {
    const { type, variable } = body.registers[r]!;
    if (variables && variable && use.block[r]! >= 0) use.block[r] = -1;
    if (r < params) registers.push(place(type, r, false));
    else if (use.block[r] === -1) registers.push(place(type, cells++, false));
    else registers.push(NOWHERE);
  }
  const setFlags = new Map<number, Place>();
  for (const r of flow.maybeUnset) setFlags.set(r, place('i32', cells++, false));

  // Temporaries of different blocks, and of one block one after the other, share places.
  const pool: Record<RegType, Place[]> = { i32: [], i64: [] };
  const byBlock = new Map<number, number[]>();
  for (let r = params; r < body.registers.length; r++) {
    const b = use.block[r]!;
    if (b < 0) continue;
    const list = byBlock.get(b);
    if (list) list.push(r);
    else byBlock.set(b, [r]);
  }
  for (const list of byBlock.values()) {
    list.sort((a, b) => use.first[a]! - use.first[b]!);
    const free: Record<RegType, Place[]> = { i32: [...pool.i32], i64: [...pool.i64] };
    // Kept by last mention, the earliest to end on top.
    const ends = [...list].sort((a, b) => use.last[b]! - use.last[a]!);
    for (const r of list) {
      while (ends.length > 0 && use.last[ends[ends.length - 1]!]! <= use.first[r]!) {
        const ended = ends.pop()!;
        const was = registers[ended]!;
        if (was !== NOWHERE) free[was.type].push(was);
      }
      const { type } = body.registers[r]!;
      let taken = free[type].pop();
      if (!taken) {
        taken = place(type, cells++, true);
        pool[type].push(taken);
      }
      registers[r] = taken;
    }
  }

  let end = align(Frame.cells + cells * 8, 16);
  const slots: number[] = [];
  for (const slot of body.slots) {
    const at = align(end + REDZONE, Math.min(64, Math.max(16, slot.align)));
    slots.push(at);
    end = at + slot.size;
  }
  const frameBytes = align(slots.length > 0 ? end + REDZONE : end, 64);
  if (frameBytes > STACK_BYTES / 2) throw frameTooLarge(fn.name, frameBytes, STACK_BYTES / 2);
  return {
    index,
    fn,
    body,
    params,
    order,
    ...points,
    registers,
    locals,
    localCell,
    liveOut: flow.liveOut,
    lastMention: use.last,
    setFlags,
    slots,
    frameBytes,
  };
}

type Points = Pick<
  Plan,
  'blockPoint' | 'instrPoint' | 'pointLoc' | 'pointKind' | 'statements' | 'loops' | 'unreachable'
>;

/** Points are numbered in the order of the code, which makes a jump backwards a jump to a smaller number. */
function numberPoints(fn: IrFunction, body: FunctionBody, order: readonly number[], takeCounter: () => number): Points {
  const blockPoint = new Int32Array(body.blocks.length);
  const instrPoint: (Int32Array | undefined)[] = new Array(body.blocks.length).fill(undefined);
  const pointLoc: Loc[] = [fn.loc];
  const pointKind: number[] = [PointKind.block];
  const statements: { counter: number; loc: Loc }[] = [];
  const unreachable = new Map<number, string>();
  const add = (kind: number, loc: Loc): number => {
    pointLoc.push(loc);
    pointKind.push(kind);
    return pointLoc.length - 1;
  };
  for (const b of order) {
    const { instrs, end } = body.blocks[b]!;
    const first = instrs[0]?.loc ?? ('loc' in end ? end.loc : fn.loc);
    const opensWithStatement = instrs[0]?.op === 'stmt';
    blockPoint[b] = add(opensWithStatement ? PointKind.statement : PointKind.block, first);
    const own = new Int32Array(instrs.length);
    for (let i = 0; i < instrs.length; i++) {
      const instr = instrs[i]!;
      switch (instr.op) {
        case 'stmt':
          statements.push({ counter: takeCounter(), loc: instr.loc });
          own[i] = i === 0 ? blockPoint[b]! : add(PointKind.statement, instr.loc);
          break;
        case 'load':
        case 'store':
        case 'copy':
        case 'zero':
          own[i] = add(PointKind.access, instr.loc);
          break;
        case 'call':
          if (instr.args.length > MAX_CALL_ARGUMENTS) {
            throw malformedIr(fn.name, `a call with ${instr.args.length} arguments`);
          }
          own[i] = add(PointKind.call, instr.loc);
          add(PointKind.afterCall, instr.loc);
          break;
        default:
          break;
      }
    }
    instrPoint[b] = own;
    if (end.op === 'unreachable') unreachable.set(blockPoint[b]!, end.why);
    if (pointLoc.length > MAX_POINTS) throw functionTooLarge(fn.name, pointLoc.length, MAX_POINTS);
  }
  const loops: number[] = [];
  for (let l = 0; l < body.loops; l++) loops.push(takeCounter());
  return { blockPoint, instrPoint, pointLoc, pointKind, statements, loops, unreachable };
}
