import type { Program } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { NativeTable } from '../machine/api.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Context } from './state.ts';

/** The natives of one machine, with what a runner may set between executions. */
export interface KernelNatives extends NativeTable {
  /**
   * Fault injection: the n-th allocation from now (1 is the next) that may fail is answered with NULL, and those after it, up
   * to `count` (default 1). undefined: none fails. Kept in snapshots.
   */
  failAllocation(n: number | undefined, count?: number): void;
  /** Allocations that could have failed, since the last {@link failAllocation} or the start. */
  allocations(): number;
  /** Fault injection: that call of that function fails, counted from now. undefined: none does. Kept in snapshots. */
  failCall(fault: FailingCall | undefined): void;
  /** The calls that could have failed, since the last {@link failCall} or the start: the first few of each function. */
  hits(): readonly FaultHit[];
  /** What has been set up and not been undone so far. */
  ledger(): readonly LedgerEntry[];
  /** Whether NOTE writes anything; where nobody reads notes they need not be made. */
  keepNotes(keep: boolean): void;
  /** The locks that a thread holds, and the sections that it is inside of. */
  context(thread: number): Context;
}
/** What the natives know of the program that they serve. */
export interface KernelContext {
  /** Layouts for `%pR`, names for `%ps`, files for module names and for the places of locks. */
  readonly program: Program | undefined;
}

/** One call of a function that can fail. */
export interface FaultHit {
  readonly func: number;
  /** From 1. */
  readonly number: number;
  readonly caller: number | undefined;
  /** Of the call in the caller. */
  readonly loc: Loc;
}
export interface FailingCall {
  readonly function: string;
  /** From 1. */
  readonly number: number;
}
