import type { Execution, ThreadState } from './execution.ts';
import { Control } from './layout.ts';

/** Places of the code that are looked at: a loop that comes back later than that is not recognised. */
const PLACES = 4096;
/** What natives may be paid on the way: the work of a large memset() at each place would add up. */
const NATIVE_WORK = 200_000;
/** Words that are compared at most, all places together. */
const WORDS = 1 << 25;

/** What decides how a single thread goes on: its frames, the globals, the heap with their shadows, and the natives' state. */
interface State {
  readonly frame: number;
  readonly memory: readonly { readonly start: number; readonly words: Int32Array }[];
  readonly natives: string;
}

/** What the comparisons have left, and the word that told the last two states apart: it often tells the next two. */
interface Search {
  left: number;
  range: number;
  word: number;
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
  const { charged } = x;
  const search: Search = { left: WORDS, range: 0, word: 0 };
  let began = capture(x, thread);
  let { spent } = x;
  // Brent's way: the state to come back to is taken anew at growing distances, since a way into the loop may come first.
  let next = 2;
  for (let i = 1; i <= PLACES; i++) {
    if (!advance() || search.left < 0 || x.charged - charged > NATIVE_WORK) return undefined;
    // Where nothing was executed in between (the code changed its variant) nothing came back.
    if (x.spent > spent && isBack(x, thread, began, search)) return x.spent - spent;
    if (i === next) {
      began = capture(x, thread);
      for (const { words } of began.memory) search.left -= words.length;
      spent = x.spent;
      next *= 2;
    }
  }
  return undefined;
}

function capture(x: Execution, thread: ThreadState): State {
  return {
    frame: x.word(Control.frame),
    memory: ranges(x, thread).map(({ start, end }) => ({ start, words: x.space.words.slice(start, end) })),
    natives: natives(x),
  };
}

/** Compares in place, the stack first: in most places some variable tells at once that this is another state. */
function isBack(x: Execution, thread: ThreadState, before: State, search: Search): boolean {
  if (x.word(Control.frame) !== before.frame) return false;
  const now = ranges(x, thread);
  if (now.length !== before.memory.length) return false;
  if (
    now.some(({ start, end }, r) => start !== before.memory[r]!.start || end - start !== before.memory[r]!.words.length)
  )
    return false;
  const { words } = x.space;
  const { range, word } = search;
  const told = before.memory[range];
  if (told && word < told.words.length && words[told.start + word] !== told.words[word]) return false;
  for (const [r, { start, words: old }] of before.memory.entries()) {
    for (let k = 0; k < old.length; k++) {
      if (words[start + k] === old[k]) continue;
      search.left -= k;
      search.range = r;
      search.word = k;
      return false;
    }
    search.left -= old.length;
  }
  const state = natives(x);
  search.left -= state.length;
  return state === before.natives;
}

/** Ranges of words that are state. */
function ranges(x: Execution, thread: ThreadState): { readonly start: number; readonly end: number }[] {
  const frame = x.word(Control.frame);
  const { layout, globals } = x.code;
  const { variables } = globals;
  const top = x.stackTop({ ...thread, frame });
  const { shadow } = layout;
  const bytes = [
    [thread.base, top],
    [shadow + thread.base, shadow + top],
    [variables.start, variables.end],
    ...x.heap.used.flatMap(({ start, top: end }) => [
      [start, end],
      [shadow + start, shadow + end],
    ]),
  ] as const;
  return bytes.map(([start, end]) => ({ start: start >> 2, end: (end + 3) >> 2 }));
}

function natives(x: Execution): string {
  return x.natives.state.map((s) => JSON.stringify(s.save(), plain)).join();
}

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? `${value}n`
    : value instanceof Map
      ? [...value]
      : value instanceof Set
        ? [...value]
        : value;
