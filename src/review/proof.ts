import type { Program } from '../c/ir.ts';
import type { TraceStep } from '../machine/api.ts';
import type { Execution } from './execute.ts';
import { hex } from './format.ts';
import type { LineBook } from './lines.ts';
import type { Candidate, Hex, ProofStep } from './report.ts';
import { isModelFile, type World } from './world.ts';

/** Steps that a proof shows. The whole trace is replayed from the scenario; this is what a reader wants to see first. */
const SHOWN = 40;

/** The statements of one world's execution, in the code under review and in the scenario, with the function each is in. */
export function proofSteps(
  world: World,
  lines: LineBook,
  steps: readonly TraceStep[],
  threads: readonly string[],
  until: number,
  keep = SHOWN,
): { readonly steps: readonly ProofStep[]; readonly skipped: number } {
  const stacks = new Map<number, number[]>();
  const shown: { readonly step: TraceStep; readonly func: number | undefined }[] = [];
  let statements = 0;
  for (const step of steps) {
    let stack = stacks.get(step.thread);
    if (!stack) stacks.set(step.thread, (stack = []));
    if (step.kind === 'call') {
      if (step.func !== undefined) stack.push(step.func);
    } else if (step.kind === 'return') stack.pop();
    else {
      if (statements++ > until) break;
      const { file } = world.place(step.loc);
      if (!isModelFile(file)) shown.push({ step, func: stack.at(-1) });
    }
  }
  const last = keep < shown.length ? shown.slice(-keep) : shown;
  return {
    steps: last.map(({ step, func }) => {
      const at = lines.place(world, step.loc);
      return {
        thread: threads[step.thread] ?? `thread ${step.thread}`,
        function: func === undefined ? '' : (world.compiled.program.functions[func]?.plainName ?? ''),
        at,
        text: (world.compiled.program.locations.lineText(at.file, at.line) ?? '').trim(),
      };
    }),
    skipped: shown.length - last.length,
  };
}

/** At most this many are kept for the map; a search that tries more is counted in its loop. */
const MAX_CANDIDATES = 2000;

/**
 * The ranges that were looked at: calls of functions of the code under review that take a start and a size (or an end), in
 * order, with their results. These are the tries of a search.
 */
export function candidates(world: World, execution: Pick<Execution, 'trace' | 'describe'>): readonly Candidate[] {
  const calls = new RangeCalls(world, execution.describe);
  calls.follow(execution.trace().steps);
  return calls.found;
}

/** Collects {@link candidates} of a trace that comes in pieces. */
export class RangeCalls {
  readonly found: { start: Hex; end: Hex; function: string; result: string }[] = [];
  readonly #world: World;
  readonly #describe: (address: bigint) => string;
  readonly #shapes = new Map<number, ReturnType<typeof rangeShape>>();
  /** Per thread the calls that have not ended: the index of what was found with each. */
  readonly #open = new Map<number, (number | undefined)[]>();

  /** `describe`: what lies at an address, by a name that no layout of memory changes. */
  constructor(world: World, describe: (address: bigint) => string) {
    this.#world = world;
    this.#describe = describe;
  }

  follow(steps: readonly TraceStep[]): void {
    const { program } = this.#world.compiled;
    for (const step of steps) {
      if (step.kind === 'stmt' || step.func === undefined) continue;
      let stack = this.#open.get(step.thread);
      if (!stack) this.#open.set(step.thread, (stack = []));
      if (step.kind === 'return') {
        const index = stack.pop();
        const value = index === undefined ? undefined : step.values?.[0];
        if (index !== undefined && value !== undefined) this.found[index]!.result = this.#told(step.func, value);
        continue;
      }
      if (!this.#shapes.has(step.func)) this.#shapes.set(step.func, rangeShape(this.#world, program, step.func));
      const shape = this.#shapes.get(step.func);
      const values = shape && this.found.length < MAX_CANDIDATES ? step.values : undefined;
      const [start, length] = shape ? [values?.[shape.start], values?.[shape.length]] : [];
      if (!shape || start === undefined || length === undefined) {
        stack.push(undefined);
        continue;
      }
      stack.push(this.found.length);
      const end = shape.inclusive ? length : BigInt.asUintN(64, start + length - 1n);
      const { plainName } = program.functions[step.func]!;
      this.found.push({ start: hex(start), end: hex(end), function: plainName, result: '' });
    }
  }

  #told(func: number, value: bigint): string {
    const { type } = this.#world.compiled.program.functions[func]!;
    const returns = type.kind === 'function' ? type.returns : undefined;
    // It may have been freed since: what it was is what counts.
    if (returns?.kind === 'pointer') return this.#describe(value).replace(/ \(freed\)$/, '');
    return numberText(value, returns?.kind === 'int' ? returns.size : 8);
  }
}

function rangeShape(
  world: World,
  program: Program,
  func: number,
): { readonly start: number; readonly length: number; readonly inclusive: boolean } | undefined {
  const fn = program.functions[func]!;
  if (!world.isUnderReview(fn.file) || fn.type.kind !== 'function') return undefined;
  const names = fn.type.params.map((p) => p.name ?? '');
  const start = names.findIndex((n) => n === 'start' || n === 'addr');
  const size = names.findIndex((n) => n === 'size' || n === 'n');
  const end = names.indexOf('end');
  if (start < 0 || (size < 0 && end < 0) || start >= 6 || Math.max(size, end) >= 6) return undefined;
  return size >= 0 ? { start, length: size, inclusive: false } : { start, length: end, inclusive: true };
}

/** A number: small ones, and negative ones that can be error codes, in decimal. */
function numberText(value: bigint, bytes: number): string {
  const s = BigInt.asIntN(8 * bytes, value);
  return s < 4096n && s >= -4095n ? String(s) : hex(BigInt.asUintN(8 * bytes, value));
}
