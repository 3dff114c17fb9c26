import { CodedError } from '../base/errors.ts';
import type { Expr, FunctionBody, Instr, Program } from '../c/ir.ts';

interface Callees {
  readonly functions: ReadonlySet<number>;
  readonly refused: CodedError | undefined;
}
/** Programs outlive reviews. */
const calleesOf = new WeakMap<Program, Map<number, Callees>>();

/**
 * Who calls whom, by function index; found out when asked, since it needs a function's body lowered. Taking a function's
 * address counts as a call: it may be called through it.
 */
export class CallGraph {
  readonly #program: Program;
  readonly #callees: Map<number, Callees>;
  /** Functions that were looked at and whose body the front end does not take, with its reason. */
  readonly refused = new Map<number, CodedError>();

  constructor(program: Program) {
    this.#program = program;
    let callees = calleesOf.get(program);
    if (!callees) calleesOf.set(program, (callees = new Map()));
    this.#callees = callees;
  }

  callees(func: number): ReadonlySet<number> {
    let found = this.#callees.get(func);
    if (!found) {
      found = this.#find(func);
      this.#callees.set(func, found);
    }
    if (found.refused) this.refused.set(func, found.refused);
    return found.functions;
  }

  #find(func: number): Callees {
    const { functions, globals } = this.#program;
    const found = new Set<number>();
    let body: FunctionBody | undefined;
    let refused: CodedError | undefined;
    try {
      body = functions[func]!.body();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      refused = error;
    }
    if (!body) return { functions: found, refused };
    const visit = (expr: Expr): void =>
      forEachAddress(expr, (e) => {
        if (e.op === 'func') found.add(e.func);
        // A table of operations hands its functions to whoever reads it.
        else
          for (const { target } of globals[e.global]?.relocations ?? [])
            if (target.kind === 'func') found.add(target.index);
      });
    for (const block of body.blocks) {
      for (const instr of block.instrs) {
        if (instr.op === 'call' && instr.callee.kind === 'direct') found.add(instr.callee.func);
        for (const expr of exprsOf(instr)) visit(expr);
      }
      if (block.end.op === 'return' && block.end.value) visit(block.end.value);
    }
    return { functions: found, refused };
  }

  /** All functions that can be reached from `from`, those included. */
  reachable(from: Iterable<number>): ReadonlySet<number> {
    const seen = new Set(from);
    const queue = [...seen];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const callee of this.callees(next)) {
        if (!seen.has(callee)) {
          seen.add(callee);
          queue.push(callee);
        }
      }
    }
    return seen;
  }

  /** All functions among those reachable from `roots` from which one of `targets` can be reached, those included. */
  callersOf(targets: Iterable<number>, roots: Iterable<number>): ReadonlySet<number> {
    const callers = new Map<number, number[]>();
    for (const caller of this.reachable(roots)) {
      for (const callee of this.callees(caller)) {
        const list = callers.get(callee);
        if (list) list.push(caller);
        else callers.set(callee, [caller]);
      }
    }
    const seen = new Set(targets);
    const queue = [...seen];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const caller of callers.get(next) ?? []) {
        if (!seen.has(caller)) {
          seen.add(caller);
          queue.push(caller);
        }
      }
    }
    return seen;
  }
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
