import type { Initializer, Label, Node, Region, Stmt, SwitchCase } from '../ast.ts';
import type { Expr } from '../ir.ts';
import type { LocalSymbol } from '../parse/scope.ts';
import type { Loc } from '../token.ts';
import { isRecord, isVoid } from '../types-ops.ts';
import type { Lowering } from './lower.ts';
import { needsSlot } from './lower.ts';

type Of<S extends Stmt['s']> = Extract<Stmt, { s: S }>;

function mark(l: Lowering, loc: Loc): void {
  l.b.emit({ op: 'stmt', loc });
}

export function lowerStatement(l: Lowering, stmt: Stmt): void {
  switch (stmt.s) {
    case 'many':
      for (const each of stmt.body) l.statement(each);
      return;
    case 'block':
      lowerBlock(l, stmt);
      return;
    case 'expr':
      mark(l, stmt.loc);
      l.discard(stmt.expr);
      return;
    case 'declare':
      lowerDeclaration(l, stmt);
      return;
    case 'if':
      lowerIf(l, stmt);
      return;
    case 'loop':
      lowerLoop(l, stmt);
      return;
    case 'switch':
      lowerSwitch(l, stmt);
      return;
    case 'case':
      l.b.start(stmt.which === 'default' ? l.defaults.get(stmt.info)! : l.cases.get(stmt.which)!);
      return;
    case 'label':
      l.b.start(labelBlock(l, stmt.label));
      return;
    case 'goto':
      lowerGoto(l, stmt);
      return;
    case 'break':
    case 'continue':
      lowerLeave(l, stmt);
      return;
    case 'return':
      lowerReturn(l, stmt);
  }
}

// ---- regions ----

/** Control comes into a block from its beginning. */
export function openRegion(l: Lowering, region: Region, loc: Loc): void {
  l.region = region;
  // A jump inside may pass the declarations by: their slots live from here on.
  if (region.passedBy) enterLocals(l, region, loc);
}
function enterLocals(l: Lowering, region: Region, loc: Loc): void {
  for (const sym of region.locals) enterLocal(l, sym, loc);
}
function enterLocal(l: Lowering, sym: LocalSymbol, loc: Loc): void {
  if (!needsSlot(sym)) return;
  const place = l.storage(sym);
  if (place.in === 'slot') l.b.emit({ op: 'enter', slot: place.slot, loc });
}

/** Runs the cleanups and ends the slots of all regions from `from` up to, not including, `to`. */
export function leaveRegions(l: Lowering, from: Region, to: Region | undefined, loc: Loc): void {
  if (!l.b.reachable) return;
  for (let at: Region | undefined = from; at && at !== to; at = at.parent) {
    for (let i = at.locals.length - 1; i >= 0; i--) {
      const sym = at.locals[i]!;
      if (!needsSlot(sym)) continue;
      const place = l.storage(sym);
      if (place.in === 'slot') l.b.emit({ op: 'leave', slot: place.slot, loc });
    }
    if (at.cleanup) l.discard(at.cleanup.call);
  }
}

function commonRegion(a: Region, b: Region): Region {
  let [x, y] = [a, b];
  while (x !== y) {
    if (x.depth >= y.depth) x = x.parent!;
    else y = y.parent!;
  }
  return x;
}

/** A jump between places: what is left is ended, what is come into begins. */
function transfer(l: Lowering, from: Region, to: Region, block: number, loc: Loc): void {
  const common = commonRegion(from, to);
  leaveRegions(l, from, common, loc);
  enterDown(l, common, to, loc);
  l.b.jump(block);
}
function enterDown(l: Lowering, from: Region, to: Region, loc: Loc): void {
  const path: Region[] = [];
  for (let at = to; at !== from; at = at.parent!) path.push(at);
  for (const region of path.reverse()) enterLocals(l, region, loc);
}

// ---- statements ----

function lowerBlock(l: Lowering, stmt: Of<'block'>): void {
  const outer = l.region;
  openRegion(l, stmt.region, stmt.loc);
  for (const each of stmt.body) l.statement(each);
  leaveRegions(l, l.region, outer, stmt.endLoc);
  l.region = outer;
}

function lowerDeclaration(l: Lowering, stmt: Of<'declare'>): void {
  const { sym, init, loc } = stmt;
  enterLocal(l, sym, loc);
  if (init) {
    mark(l, loc);
    initialiseLocal(l, sym, init, loc);
  }
  if (stmt.region) openRegion(l, stmt.region, loc);
}

function initialiseLocal(l: Lowering, sym: LocalSymbol, init: Initializer | Node, loc: Loc): void {
  const place = l.storage(sym);
  if (place.in === 'register') {
    l.b.set(place.reg, l.value(init as Node), loc);
    return;
  }
  const address: Expr = { op: 'slot', slot: place.slot, offset: 0 };
  if ('items' in init) l.initialise(address, init);
  else if (isRecord(sym.type)) {
    const size = l.types.sizeOf(sym.type);
    const src = l.address(init);
    if (size > 0) l.b.emit({ op: 'copy', dst: address, src, size, loc });
  } else l.b.store(l.types.mem(sym.type), address, l.value(init), loc, sym.type.volatile ?? false);
}

function lowerIf(l: Lowering, stmt: Of<'if'>): void {
  const { b } = l;
  const { cond } = stmt;
  if (cond.k === 'num') {
    mark(l, stmt.loc);
    const holds = cond.value !== 0n;
    const taken = holds ? stmt.taken : stmt.otherwise;
    const other = holds ? stmt.otherwise : stmt.taken;
    if (taken) l.statement(taken);
    // What no jump can reach is not lowered at all: it may call what does not exist.
    if (other && (holds ? stmt.otherwiseLabelled : stmt.takenLabelled)) {
      const after = b.block();
      b.jump(after);
      l.statement(other);
      b.start(after);
    }
    return;
  }
  const then = b.block();
  const after = b.block();
  const otherwise = stmt.otherwise ? b.block() : after;
  mark(l, stmt.loc);
  l.branch(cond, then, otherwise);
  b.start(then);
  l.statement(stmt.taken);
  if (stmt.otherwise) {
    b.jump(after);
    b.start(otherwise);
    l.statement(stmt.otherwise);
  }
  b.start(after);
}

function lowerLoop(l: Lowering, stmt: Of<'loop'>): void {
  const { b } = l;
  const { cond, step, region } = stmt;
  const once = stmt.post && cond?.k === 'num' && cond.value === 0n;
  const outer = l.region;
  const head = b.block();
  const body = stmt.post ? head : b.block();
  const next = b.block();
  const after = b.block();
  b.start(head);
  if (!stmt.post) {
    if (cond) {
      if (cond.k !== 'num') mark(l, stmt.condLoc);
      l.branch(cond, body, after);
    }
    b.start(body);
  }
  // `do … while (0)` only groups statements.
  if (!once) b.emit({ op: 'loop', loop: stmt.number, loc: stmt.loc });
  openRegion(l, region, stmt.loc);
  l.targets.push({ breakTo: after, continueTo: next, region: outer });
  l.statement(stmt.body);
  l.targets.pop();
  leaveRegions(l, l.region, outer, stmt.loc);
  l.region = outer;
  b.start(next);
  if (stmt.post) {
    if (cond && cond.k !== 'num') mark(l, stmt.condLoc);
    if (cond) l.branch(cond, head, after);
    else b.jump(head);
  } else {
    if (step) {
      mark(l, stmt.stepLoc);
      l.discard(step);
    }
    b.jump(head);
  }
  b.start(after);
}

function lowerSwitch(l: Lowering, stmt: Of<'switch'>): void {
  const { b } = l;
  const { info, region } = stmt;
  const outer = l.region;
  const after = b.block();
  mark(l, stmt.loc);
  const value = l.value(stmt.value);
  // A case may stand in blocks inside: their variables begin on the way there.
  const entries: { block: number; to: Region; loc: Loc; via: number }[] = [];
  const entry = (which: SwitchCase | NonNullable<typeof info.fallback>): number => {
    const block = b.block();
    const via = needsEntering(which.region, outer) ? b.block() : block;
    if (via !== block) entries.push({ block, to: which.region, loc: which.loc, via });
    if ('low' in which) l.cases.set(which, block);
    else l.defaults.set(info, block);
    return via;
  };
  const cases = info.cases.map((each) => ({ low: each.low, high: each.high, to: entry(each) }));
  const fallback = info.fallback ? entry(info.fallback) : after;
  const type = l.types.reg(info.type);
  b.end({ op: 'switch', value, type, cases, default: fallback, signed: info.type.signed, loc: stmt.loc });
  for (const each of entries) {
    b.start(each.via);
    enterDown(l, outer, each.to, each.loc);
    b.jump(each.block);
  }
  l.region = region;
  l.targets.push({ breakTo: after, continueTo: undefined, region: outer });
  l.statement(stmt.body);
  l.targets.pop();
  leaveRegions(l, l.region, outer, stmt.loc);
  l.region = outer;
  b.start(after);
}
function needsEntering(region: Region, outer: Region): boolean {
  for (let at = region; at !== outer; at = at.parent!) if (at.locals.some(needsSlot)) return true;
  return false;
}

function labelBlock(l: Lowering, label: Label): number {
  let block = l.labels.get(label);
  if (block === undefined) {
    block = l.b.block();
    l.labels.set(label, block);
  }
  return block;
}

function lowerGoto(l: Lowering, stmt: Of<'goto'>): void {
  const { label } = stmt;
  mark(l, stmt.loc);
  if (stmt.back && label.loop !== undefined) l.b.emit({ op: 'loop', loop: label.loop, loc: label.loc });
  transfer(l, stmt.region, label.region!, labelBlock(l, label), stmt.loc);
}

function lowerLeave(l: Lowering, stmt: Of<'break' | 'continue'>): void {
  mark(l, stmt.loc);
  const wanted = l.targets.findLast((each) => stmt.s === 'break' || each.continueTo !== undefined)!;
  leaveRegions(l, stmt.region, wanted.region, stmt.loc);
  l.b.jump(stmt.s === 'break' ? wanted.breakTo : wanted.continueTo!);
}

function lowerReturn(l: Lowering, stmt: Of<'return'>): void {
  const { loc, value, region } = stmt;
  mark(l, loc);
  const cleanups = hasCleanup(region);
  let result: Expr | undefined;
  if (value && isVoid(value.type)) l.discard(value);
  else if (value && l.resultPointer !== undefined) {
    const size = l.types.sizeOf(l.returns);
    const src = l.address(value);
    if (size > 0) l.b.emit({ op: 'copy', dst: { op: 'reg', reg: l.resultPointer }, src, size, loc });
  } else if (value) result = l.kept(l.value(value), l.returns, cleanups, loc);
  // The frame takes its slots along; only cleanups must see them go in order.
  if (cleanups) leaveRegions(l, region, undefined, loc);
  l.b.end({ op: 'return', ...(result && { value: result }), loc });
}
function hasCleanup(region: Region): boolean {
  for (let at: Region | undefined = region; at; at = at.parent) if (at.cleanup) return true;
  return false;
}
