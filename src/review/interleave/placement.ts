import type { Step } from '../../explore/dpor.ts';
import type { Op } from '../../explore/events.ts';
import type { SavedNode, SavedShared, SearchTask, Subtree } from '../../explore/search.ts';
import type { Placement } from '../../machine/api.ts';
import type { FoundTask, RemoteTask } from './search.ts';

/*
 * Offsets in one machine's memory, told to another machine of the same code. Globals lie in the order in which functions were
 * compiled that bring some along, which is another in each machine; all else lies at the same places.
 */

type Move = (offset: number) => number;

/** Thrown where an object has no name in the other machine. */
class Nameless extends Error {}

/** undefined: they differ in more than where globals lie. */
function moveBetween(from: Placement | undefined, to: Placement | undefined): Move | 'same' | undefined {
  if (!from || !to || from.start !== to.start || from.end !== to.end) return undefined;
  const there = new Map(to.globals.map(([name, offset]) => [name, offset]));
  if (from.globals.every(([name, offset]) => there.get(name) === offset)) return 'same';
  const starts = from.globals.map(([, offset]) => offset);
  return (offset) => {
    if (offset < from.start || offset >= from.end) return offset;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    const global = from.globals[low - 1];
    const moved = global && there.get(global[0]);
    if (!global || moved === undefined) throw new Nameless();
    return moved + offset - global[1];
  };
}

/** A task of the leader `from`, for `to`; undefined where it cannot be told there. */
export function translated(
  task: RemoteTask,
  from: Placement | undefined,
  to: Placement | undefined,
): RemoteTask | undefined {
  return moved(task, from, to, (move) => ({
    ...task,
    task: taskMoved(task.task, move),
    watched: task.watched.map((range) => ({ ...range, offset: move(range.offset) })),
  }));
}

/** What a task found in `from`, for the leader `to`. */
export function translatedEnd(
  found: FoundTask,
  from: Placement | undefined,
  to: Placement | undefined,
): FoundTask | undefined {
  return moved(found, from, to, (move) => {
    const { rest, outside } = found.end;
    return {
      ...found,
      end: {
        ...found.end,
        ...(rest ? { rest: subtreeMoved(rest, move) } : {}),
        ...(outside
          ? { outside: outside.map(({ depth, sequence }) => ({ depth, sequence: stepsMoved(sequence, move) })) }
          : {}),
      },
    };
  });
}

function moved<T>(
  what: T,
  from: Placement | undefined,
  to: Placement | undefined,
  by: (move: Move) => T,
): T | undefined {
  const move = moveBetween(from, to);
  if (move === 'same') return what;
  if (!move) return undefined;
  try {
    return by(move);
  } catch (error) {
    if (error instanceof Nameless) return undefined;
    throw error;
  }
}

const opMoved = (op: Op, move: Move): Op => ({
  ...op,
  object: move(op.object),
  ...(op.from === undefined ? {} : { from: move(op.from) }),
});
const stepsMoved = (steps: readonly Step[], move: Move): readonly Step[] =>
  steps.map(({ thread, op }) => ({ thread, op: opMoved(op, move) }));
const nodeMoved = ({ sleep, wakeup }: SavedNode, move: Move): SavedNode => ({
  sleep: sleep.map(([thread, op]) => [thread, opMoved(op, move)] as const),
  wakeup: wakeup.map((steps) => stepsMoved(steps, move)),
});
const sharedMoved = (node: SavedShared, move: Move): SavedShared => ({
  ...nodeMoved(node, move),
  given: node.given.map(([thread, below]) => [thread, sharedMoved(below, move)] as const),
});
const subtreeMoved = ({ prefix, outer, nodes }: Subtree, move: Move): Subtree => ({
  prefix: stepsMoved(prefix, move),
  outer: outer.map((node) => sharedMoved(node, move)),
  nodes: nodes.map((node) => nodeMoved(node, move)),
});
/** Other tasks name threads only. */
const taskMoved = (task: SearchTask, move: Move): SearchTask =>
  task.kind === 'subtree' ? { ...task, subtree: subtreeMoved(task.subtree, move) } : task;
