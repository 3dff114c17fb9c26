import type { Execution, ThreadState } from './execution.ts';
import { Control } from './layout.ts';

/** Places of the code that are looked at: a loop that comes back later than that is not recognised. */
const PLACES = 4096;

/** What decides how a single thread goes on: its frames, the globals, the heap with their shadows, and the natives' state. */
interface State {
  readonly frame: number;
  readonly memory: readonly Int32Array[];
  readonly natives: string;
}

/**
 * Proves that a thread never ends: goes on, from place to place where the code pays for its statements, until the whole
 * state is again what it was; a deterministic machine then repeats for ever. Answers after how many statements it came
 * back, or undefined where it did not within the bound, which proves nothing. Counters and the trace do not count as state:
 * nothing reads them.
 *
 * `advance` runs to the next such place; false: the thread went another way (it ended, blocked or failed).
 */
export function findPeriod(x: Execution, thread: ThreadState, advance: () => boolean): number | undefined {
  let began = capture(x, thread);
  let { spent } = x;
  // Brent's way: the state to come back to is taken anew at growing distances, since a way into the loop may come first.
  let next = 2;
  for (let i = 1; i <= PLACES; i++) {
    if (!advance()) return undefined;
    if (x.word(Control.frame) === began.frame && same(began, capture(x, thread))) return x.spent - spent;
    if (i === next) {
      began = capture(x, thread);
      spent = x.spent;
      next *= 2;
    }
  }
  return undefined;
}

function capture(x: Execution, thread: ThreadState): State {
  const frame = x.word(Control.frame);
  const { layout, globals } = x.code;
  const { variables } = globals;
  const words = (start: number, end: number): Int32Array => x.space.words.slice(start >> 2, (end + 3) >> 2);
  const end = x.stackTop({ ...thread, frame });
  return {
    frame,
    memory: [
      words(thread.base, end),
      words(variables.start, variables.end),
      words(layout.shadow + thread.base, layout.shadow + end),
      ...x.heap.used.flatMap(({ start, top }) => [
        words(start, top),
        words(layout.shadow + start, layout.shadow + top),
      ]),
    ],
    natives: x.natives.state.map((s) => JSON.stringify(s.save(), plain)).join(),
  };
}

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? `${value}n`
    : value instanceof Map
      ? [...value]
      : value instanceof Set
        ? [...value]
        : value;

function same(a: State, b: State): boolean {
  if (a.natives !== b.natives || a.memory.length !== b.memory.length) return false;
  return a.memory.every((words, i) => {
    const other = b.memory[i]!;
    if (words.length !== other.length) return false;
    for (let k = 0; k < words.length; k++) if (words[k] !== other[k]) return false;
    return true;
  });
}
