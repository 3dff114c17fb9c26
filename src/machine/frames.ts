import type { Loc } from '../c/token.ts';
import type { FrameView } from './api.ts';
import type { Execution, ThreadState } from './execution.ts';
import { Frame } from './layout.ts';
import { Shadow } from './shadow.ts';

/** The frames of a thread, innermost first, as a debugger looks at them. None of a thread that has ended. */
export function framesOf(x: Execution, thread: ThreadState): readonly FrameView[] {
  if (thread.frame === thread.base) return [];
  const views: FrameView[] = [];
  const stack = x.stackOf(thread);
  let at = thread.frame;
  for (const { func, loc } of stack) {
    views.push(view(x, at, func, loc));
    at = x.word(at + Frame.previous);
  }
  return views;
}

function view(x: Execution, frame: number, func: number, loc: number): FrameView {
  const plan = x.planOf(frame);
  const { dataBase, shadow } = x.code.layout;
  return {
    func,
    loc,
    register: (index) => {
      const place = plan?.registers[index];
      if (!place || place.cell < 0) return undefined;
      const flag = plan?.setFlags.get(index);
      if (flag && x.word(frame + flag.cell) === 0) return undefined;
      const value = x.space.longs[(frame + place.cell) >> 3]!;
      return BigInt.asUintN(place.type === 'i32' ? 32 : 64, value);
    },
    slot: (index) => {
      const offset = plan?.slots[index];
      if (offset === undefined) return undefined;
      const state = x.space.bytes[shadow + frame + offset]!;
      // Before `enter` and after `leave` there is no object.
      return state === Shadow.none || state === Shadow.dead ? undefined : dataBase + BigInt(frame + offset);
    },
  };
}

/** Where a thread stands: the statement or access that comes next. */
export function standingOf(
  x: Execution,
  thread: ThreadState,
): { readonly loc: Loc; readonly depth: number; readonly at: 'statement' | 'within' } {
  if (thread.frame === thread.base) return { loc: 0, depth: 0, at: 'within' };
  return {
    loc: thread.stoppedBy ?? x.locOf(thread.frame),
    depth: x.word(thread.frame + Frame.depth),
    at: thread.standsAt === 'statement' ? 'statement' : 'within',
  };
}
