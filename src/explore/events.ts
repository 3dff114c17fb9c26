/*
 * What an exploration sees of a program: threads that take steps, each step with what it touches. The machine gives these
 * for C code (machine-target.ts); tests give them for programs of a few lines.
 */

/**
 * - `read`, `write`: memory, or any state that can be named by an address.
 * - `acquire`, `acquire-shared`: blocks while somebody else holds the object; ordered after the releases before it.
 * - `release`, `release-shared`: gives it back. Never blocks.
 */
export type OpKind = 'read' | 'write' | 'acquire' | 'acquire-shared' | 'release' | 'release-shared';

/** What one step touches. A step that touches nothing shared is no step: it belongs to the one before it. */
export interface Op {
  readonly kind: OpKind;
  /** Offset in memory, or any integer that names the object; distinct objects do not overlap. */
  readonly object: number;
  /** Bytes from `object`; 1 for locks. */
  readonly size: number;
  /** Ordered by the hardware or the language (atomic, READ_ONCE, a lock): two of these never make a data race. */
  readonly synchronises: boolean;
  /** Of a try that succeeds, and of a lock that is kept for reading: how the thread then holds the object. */
  readonly takes?: 'exclusive' | 'shared';
  /** Of an acquire: a lock whose readers wait behind a writer that waits; see queues.ts. */
  readonly queues?: true;
  /** A second range, as long as the first, that this step reads: of an assignment of a whole struct. */
  readonly from?: number;
}

export interface ExplorationTarget {
  /** Back to the state in which the threads begin. */
  reset(): void;
  /**
   * Back to the state after the first m of the steps taken since `reset`, for some m ≤ `steps` that it answers: the others
   * are to be taken again.
   */
  rewind?(steps: number): number;
  readonly threads: number;
  /** `blocked`: its pending operation cannot be done now. */
  status(thread: number): 'ready' | 'blocked' | 'done';
  /** What the thread's next step will touch. The same in every state that the same steps led to. */
  pending(thread: number): Op;
  /** Does the pending operation and goes on to the next one. False: the execution ended here (a fatal problem). */
  step(thread: number): boolean;
}

const shared = (kind: OpKind): boolean => kind === 'read' || kind === 'acquire-shared' || kind === 'release-shared';

/** Whether the order of two steps of different threads can matter. */
export function dependent(a: Op, b: Op): boolean {
  if (a.object < b.object + b.size && b.object < a.object + a.size && !(shared(a.kind) && shared(b.kind))) return true;
  return (
    (a.from !== undefined && overlap(a.from, a.size, b) && !shared(b.kind)) ||
    (b.from !== undefined && overlap(b.from, b.size, a) && !shared(a.kind))
  );
}
const overlap = (at: number, size: number, op: Op): boolean => at < op.object + op.size && op.object < at + size;

export const isAcquire = (op: Op): boolean => op.kind === 'acquire' || op.kind === 'acquire-shared';
export const isRelease = (op: Op): boolean => op.kind === 'release' || op.kind === 'release-shared';
