import type { CodedError } from '../base/errors.ts';
import type { FrontEndLimits } from '../c/api.ts';
import { Limit } from '../c/errors.ts';
import type { Budget, MachineEvent } from '../machine/api.ts';

/**
 * Bounds that a person can set. What is not told has its default: those of executions in `machine/layout.ts`, those of the
 * front end in `c/limits.ts`.
 */
export interface Budgets {
  /** Of one execution: statements and loop rounds. */
  readonly statements?: number;
  /** Of one execution: bytes of heap. */
  readonly heap?: number;
  /** Of one thread: calls inside each other. */
  readonly depth?: number;
  /** Of one execution: messages, observations and problems that are kept. */
  readonly events?: number;
  /** Of one search through the schedules of a scenario, in one world: executions. */
  readonly executions?: number;
  /** Of one compilation: tokens. */
  readonly tokens?: number;
  /** Of one compilation: characters of all files. */
  readonly source?: number;
  /** Of one compilation: levels of anything inside itself. */
  readonly nesting?: number;
}

/** What each may be. Where memory is laid out once, more than the largest has no room. */
export const budgetRanges: Readonly<Record<keyof Budgets, readonly [least: number, most: number]>> = {
  statements: [1, 1_000_000_000],
  heap: [65_536, 256 * 1024 * 1024],
  depth: [1, 2000],
  events: [1, 1_000_000],
  executions: [1, 100_000_000],
  tokens: [1000, 100_000_000],
  source: [1000, 1024 * 1024 * 1024],
  nesting: [8, 512],
};

/** Those that bound an execution, as the machine names them. `statements`: where none are told. */
export function executionBudget(budgets: Budgets | undefined, statements?: number): Partial<Budget> {
  const most = budgets?.statements ?? statements;
  return {
    ...(most === undefined ? {} : { statements: most }),
    ...(budgets?.heap === undefined ? {} : { heapBytes: budgets.heap }),
    ...(budgets?.depth === undefined ? {} : { callDepth: budgets.depth }),
    ...(budgets?.events === undefined ? {} : { events: budgets.events }),
  };
}

/** Those that bound a compilation, as the front end names them. */
export function frontEndLimits(budgets: Budgets | undefined): Partial<FrontEndLimits> {
  return {
    ...(budgets?.tokens === undefined ? {} : { tokens: budgets.tokens }),
    ...(budgets?.source === undefined ? {} : { sourceBytes: budgets.source }),
    ...(budgets?.nesting === undefined ? {} : { nesting: budgets.nesting }),
  };
}

const limitCodes: ReadonlySet<string> = new Set([...Object.values(Limit), 'C216']);

/** Bounds of the front end that ended the reading of a unit or a function, with where. */
export function compilationBounds(which: 'before' | 'after', errors: Iterable<CodedError>): readonly string[] {
  const told: string[] = [];
  for (const { code, place, what } of errors)
    if (limitCodes.has(code)) told.push(`compiling ${place ? `${place.file}, ` : ''}${which} the patch: ${what}`);
  return told;
}

/** The bound that an execution reached here, by its name; undefined where it reached none. */
export function boundReached(event: MachineEvent): string | undefined {
  if (event.kind === 'note') return event.bound;
  if (event.kind !== 'problem') return undefined;
  const { rule } = event;
  return rule === 'statement-budget' || rule === 'memory-budget' || rule === 'stack-overflow' ? rule : undefined;
}
