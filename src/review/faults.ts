import { CodedError } from '../base/errors.ts';
import type { Block, Expr, FunctionBody, IrFunction, Program, Terminator } from '../c/ir.ts';
import type { FaultHit } from '../kernel/api.ts';

/*
 * Fault injection into whole calls. Every function that can fail gets a question before its first statement: the native
 * `__iomem_fault_point()` answers whether this call is the one that fails, and then the function has done nothing and
 * answers as it does when it fails. What a failure looks like is read off the code: an error number that its body answers,
 * ERR_PTR() of one, or `false` where its caller turns that into an error number.
 */

const NATIVE = '__iomem_fault_point';
/** Error numbers of include/uapi/asm-generic/errno.h that functions answer: from -ENOENT to -EHWPOISON. -1 means too much. */
const isErrno = (value: bigint): boolean => value <= -2n && value >= -133n;
const ENOMEM = -12n;

const done = new WeakSet<Program>();

/**
 * Gives the functions of these files the question, and those that a scenario inside of a unit defines in the place of other
 * units. Programs are shared: it happens once to each.
 */
export function addFaultPoints(program: Program, files: ReadonlySet<string>, standIns: ReadonlySet<string>): void {
  if (done.has(program)) return;
  done.add(program);
  const native = program.functionNamed(NATIVE);
  if (native === undefined) return;
  const functions = program.functions as IrFunction[];
  for (const [index, fn] of functions.entries()) {
    const isAsked = files.has(fn.file) || failingModels.has(fn.plainName) || (!fn.static && standIns.has(fn.file));
    if (fn.loc === fn.endLoc || !isAsked) continue;
    if (!mayFail(fn) || neverFail.has(fn.plainName)) continue;
    let made: FunctionBody | undefined;
    functions[index] = {
      ...fn,
      body: () => {
        if (made) return made;
        const body = fn.body();
        if (!body) return undefined;
        const failure = failureOf(fn, body, program);
        made = failure ? asking(body, fn, index, native, failure) : body;
        return made;
      },
    };
  }
}

/** Of our library: what stands for code that can fail in the kernel. Its allocations fail by themselves. */
const failingModels: ReadonlySet<string> = new Set([
  'track_pfn_remap',
  'pfnmap_track',
  'kasan_add_zero_shadow',
  'percpu_ref_init',
  'alloc_chrdev_region',
  'cdev_device_add',
  'device_add',
  'dev_set_name',
  'xa_insert',
  'xa_store_range',
  'vmemmap_populate',
  '__iomem_create_memory_blocks',
  'memory_group_register_static',
  'memory_group_register_dynamic',
  'alloc_memory_type',
  'add_pages',
  'arch_add_memory',
  '__dax_driver_register',
]);

/** Where a parameter, by its number, is 0, nothing is made, and so nothing can fail: storing NULL in an array takes entries out. */
const makesSomething: ReadonlyMap<string, number> = new Map([['xa_store_range', 3]]);
/** They answer an error only for what is in no tree: that is no failure which could strike anybody. */
const neverFail: ReadonlySet<string> = new Set(['release_resource', '__release_resource', 'remove_resource']);

/** By its type: a signed int or long, a pointer, a _Bool. */
function mayFail({ type, signature }: IrFunction): boolean {
  if (type.kind !== 'function' || signature.variadic || !signature.result) return false;
  const { returns: result } = type;
  return (
    result.kind === 'pointer' ||
    (result.kind === 'int' && (result.bool === true || (result.signed && result.size >= 4)))
  );
}

function failureOf({ type, signature }: IrFunction, body: FunctionBody, program: Program): Expr | undefined {
  if (type.kind !== 'function') return undefined;
  const { returns: result } = type;
  if (result.kind === 'int' && result.bool) return { op: 'i32', value: 0 };
  const errors = result.kind === 'pointer' ? errorPointers(body, program) : errorNumbers(body);
  if (errors.length === 0) return undefined;
  const value = errors.includes(ENOMEM) ? ENOMEM : errors[0]!;
  return signature.result === 'i64' ? { op: 'i64', value } : { op: 'i32', value: Number(value) };
}

/** What a body may answer: constants that it assigns to something or returns. */
function errorNumbers(body: FunctionBody): bigint[] {
  const found: bigint[] = [];
  const look = (expr: Expr | undefined): void => {
    for (const value of constantsOf(expr)) if (isErrno(value)) found.push(value);
  };
  for (const { instrs, end } of body.blocks) {
    for (const instr of instrs) if (instr.op === 'set' || instr.op === 'store') look(instr.value);
    if (end.op === 'return') look(end.value);
  }
  return found;
}

function errorPointers(body: FunctionBody, program: Program): bigint[] {
  const found = errorNumbers(body);
  for (const { instrs } of body.blocks)
    for (const instr of instrs)
      if (instr.op === 'call' && instr.callee.kind === 'direct') {
        const name = program.functions[instr.callee.func]!.plainName;
        if (name === 'ERR_PTR') for (const value of constantsOf(instr.args[0])) if (isErrno(value)) found.push(value);
      }
  return found;
}

/** The constants that an expression may be: itself, under conversions, on either side of a choice. */
function constantsOf(expr: Expr | undefined, depth = 0): bigint[] {
  if (!expr || depth > 8) return [];
  if (expr.op === 'i32') return [BigInt(expr.value)];
  if (expr.op === 'i64') return [expr.value];
  if (expr.op === 'convert') return constantsOf(expr.a, depth + 1);
  if (expr.op === 'select') return [...constantsOf(expr.a, depth + 1), ...constantsOf(expr.b, depth + 1)];
  return [];
}

/**
 * The body behind a question: `if (__iomem_fault_point(function)) return failure;`, asked where the parameter that
 * {@link makesSomething} names is not 0.
 */
function asking(body: FunctionBody, fn: IrFunction, index: number, native: number, failure: Expr): FunctionBody {
  const { loc } = fn;
  const answer = body.registers.length;
  const fail = body.blocks.length + 1;
  const must = makesSomething.get(fn.plainName);
  const question: Block = {
    instrs: [
      {
        op: 'call',
        dst: answer,
        callee: { kind: 'direct', func: native },
        args: [{ op: 'i32', value: index }],
        loc,
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: the IR's name for where a branch goes.
    end: { op: 'branch', cond: { op: 'reg', reg: answer }, then: fail, else: 1, loc },
  };
  const given = must === undefined ? undefined : fn.signature.params[must];
  // biome-ignore lint/suspicious/noThenProperty: as above.
  const whether = (cond: Expr): Block => ({ instrs: [], end: { op: 'branch', cond, then: fail + 1, else: 1, loc } });
  const isGiven: Expr | undefined = given && {
    op: 'binary',
    fn: 'ne',
    type: given,
    a: { op: 'reg', reg: must! },
    b: given === 'i64' ? { op: 'i64', value: 0n } : { op: 'i32', value: 0 },
    loc,
  };
  return {
    ...body,
    registers: [...body.registers, { type: 'i32' }],
    blocks: [
      isGiven ? whether(isGiven) : question,
      ...body.blocks.map(({ instrs, end }) => ({ instrs, end: shifted(end) })),
      { instrs: [], end: { op: 'return', value: failure, loc } },
      ...(isGiven ? [question] : []),
    ],
  };
}

function shifted(end: Terminator): Terminator {
  switch (end.op) {
    case 'jump':
      return { ...end, to: end.to + 1 };
    case 'branch':
      // biome-ignore lint/suspicious/noThenProperty: the IR's name for where a branch goes.
      return { ...end, then: end.then + 1, else: end.else + 1 };
    case 'switch':
      return { ...end, cases: end.cases.map((c) => ({ ...c, to: c.to + 1 })), default: end.default + 1 };
    default:
      return end;
  }
}

/** A call that is made to fail: the n-th of that function, as `// fail: name#n` says. */
export interface Fault {
  readonly function: string;
  readonly number: number;
}

/** Scenarios that make one function fail for one place: they differ in the kind of memory that is at hand. */
const MOST_TRIES = 5;

/**
 * Which of the calls that an execution made are to fail, one at a time: the first of each function from each place. A
 * predicate counts only where its caller makes an error of `false`. `tried` counts, over all executions of the program, how
 * often a function was made to fail for a place: beyond {@link MOST_TRIES} it shows nothing new. `left` is how many more
 * there would have been.
 */
export function planFaults(
  program: Program,
  hits: readonly FaultHit[],
  most: number,
  tried: Map<string, number>,
): { readonly faults: readonly Fault[]; readonly left: number } {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  let left = 0;
  for (const { func, number, caller, loc } of hits) {
    const key = `${func} ${loc}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const fn = program.functions[func]!;
    const { type } = fn;
    const isPredicate = type.kind === 'function' && type.returns.kind === 'int' && type.returns.bool === true;
    if (isPredicate && !(caller !== undefined && failsCaller(program, caller, func))) continue;
    const times = tried.get(key) ?? 0;
    if (times >= MOST_TRIES) continue;
    if (faults.length < most) {
      tried.set(key, times + 1);
      faults.push({ function: fn.plainName, number });
    } else left++;
  }
  return { faults, left };
}

/** Whether a caller goes on with an error number where that predicate answers false. */
function failsCaller(program: Program, caller: number, func: number): boolean {
  const fn = program.functions[caller]!;
  // Ours (src/review/world.ts, isModelFile()).
  if (fn.file.startsWith('<')) return false;
  let body: FunctionBody | undefined;
  try {
    body = fn.body();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
  for (const { instrs, end } of body?.blocks ?? []) {
    const call = instrs.findLast((i) => i.op === 'call' && i.callee.kind === 'direct' && i.callee.func === func);
    if (call?.op !== 'call' || call.dst === undefined || end.op !== 'branch') continue;
    const sense = senseOf(end.cond, call.dst, instrs);
    if (sense === undefined) continue;
    const target = body!.blocks[sense ? end.else : end.then]!;
    const answered = target.end.op === 'return' ? constantsOf(target.end.value) : [];
    const assigned = target.instrs.flatMap((i) => (i.op === 'set' ? constantsOf(i.value) : []));
    const passed = target.instrs.flatMap((i) => (i.op === 'call' ? i.args.flatMap((a) => constantsOf(a)) : []));
    if ([...answered, ...assigned, ...passed].some(isErrno)) return true;
  }
  return false;
}

/** Whether a condition is true where the register is (true), where it is 0 (false), or something else. */
function senseOf(cond: Expr, reg: number, instrs: Block['instrs'], depth = 0): boolean | undefined {
  if (depth > 16) return undefined;
  const inner = (e: Expr): boolean | undefined => senseOf(e, reg, instrs, depth + 1);
  const flip = (e: Expr): boolean | undefined => {
    const sense = inner(e);
    return sense === undefined ? undefined : !sense;
  };
  switch (cond.op) {
    case 'reg': {
      if (cond.reg === reg) return true;
      const set = instrs.findLast((i) => i.op === 'set' && i.dst === cond.reg);
      return set?.op === 'set' ? inner(set.value) : undefined;
    }
    case 'unary':
      return cond.fn === 'eqz' ? flip(cond.a) : undefined;
    case 'convert':
      return inner(cond.a);
    case 'binary': {
      const [zero] = constantsOf(cond.b);
      if (zero !== 0n) return undefined;
      return cond.fn === 'ne' ? inner(cond.a) : cond.fn === 'eq' ? flip(cond.a) : undefined;
    }
    default:
      return undefined;
  }
}
