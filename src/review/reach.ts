import { CodedError } from '../base/errors.ts';
import type { Expr, FunctionBody, Instr, Program } from '../c/ir.ts';

/** Who calls whom, by function index. Taking a function's address counts as a call: it may be called through it. */
export interface CallGraph {
  readonly callees: readonly ReadonlySet<number>[];
  /** Functions whose body the front end does not take, with its reason. */
  readonly refused: ReadonlyMap<number, CodedError>;
}

/** Lowers every function of the program and collects its calls. Linear in the code. */
export function callGraph(program: Program): CallGraph {
  const refused = new Map<number, CodedError>();
  const globalTargets = program.globals.map((global) =>
    global.relocations.filter((r) => r.target.kind === 'func').map((r) => r.target.index),
  );
  const callees = program.functions.map((fn, index) => {
    const found = new Set<number>();
    let body: FunctionBody | undefined;
    try {
      body = fn.body();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      refused.set(index, error);
    }
    if (!body) return found;
    const visit = (expr: Expr): void =>
      forEachAddress(expr, (e) => {
        if (e.op === 'func') found.add(e.func);
        // A table of operations hands its functions to whoever reads it.
        else for (const target of globalTargets[e.global] ?? []) found.add(target);
      });
    for (const block of body.blocks) {
      for (const instr of block.instrs) {
        if (instr.op === 'call' && instr.callee.kind === 'direct') found.add(instr.callee.func);
        for (const expr of exprsOf(instr)) visit(expr);
      }
      if (block.end.op === 'return' && block.end.value) visit(block.end.value);
    }
    return found;
  });
  return { callees, refused };
}

function exprsOf(instr: Instr): readonly Expr[] {
  switch (instr.op) {
    case 'set':
      return [instr.value];
    case 'load':
      return [instr.addr];
    case 'store':
      return [instr.addr, instr.value];
    case 'copy':
      return [instr.dst, instr.src];
    case 'zero':
      return [instr.dst];
    case 'call':
      return instr.callee.kind === 'indirect' ? [...instr.args, instr.callee.address] : instr.args;
    default:
      return [];
  }
}

function forEachAddress(expr: Expr, visit: (e: Extract<Expr, { op: 'func' | 'global' }>) => void): void {
  const stack: Expr[] = [expr];
  for (let e = stack.pop(); e; e = stack.pop()) {
    switch (e.op) {
      case 'func':
      case 'global':
        visit(e);
        break;
      case 'unary':
      case 'convert':
        stack.push(e.a);
        break;
      case 'binary':
        stack.push(e.a, e.b);
        break;
      case 'select':
        stack.push(e.cond, e.a, e.b);
        break;
    }
  }
}

/** All functions that can be reached from `from`, those included. */
export function reachable(graph: CallGraph, from: readonly number[]): ReadonlySet<number> {
  const seen = new Set(from);
  const queue = [...from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const callee of graph.callees[next] ?? []) {
      if (!seen.has(callee)) {
        seen.add(callee);
        queue.push(callee);
      }
    }
  }
  return seen;
}

/** All functions from which one of `targets` can be reached, those included. */
export function callersOf(graph: CallGraph, targets: Iterable<number>): ReadonlySet<number> {
  const callers: number[][] = graph.callees.map(() => []);
  graph.callees.forEach((callees, caller) => {
    for (const callee of callees) callers[callee]?.push(caller);
  });
  const seen = new Set(targets);
  const queue = [...seen];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const caller of callers[next]!) {
      if (!seen.has(caller)) {
        seen.add(caller);
        queue.push(caller);
      }
    }
  }
  return seen;
}
