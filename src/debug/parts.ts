import type { Debuggee } from './debuggee.ts';

/** Where the executions of the two worlds part: the statements at which each stands then. */
export interface Parting {
  readonly before: number;
  readonly after: number;
}

/**
 * The first statements at which two executions of one scenario differ, lines mapped through the patch; at the end of the
 * shorter one where it is a beginning of the other. undefined: they go the same way.
 */
export function findParting(before: Debuggee, after: Debuggee): Parting | undefined {
  let a = nextStatement(before, -1);
  let b = nextStatement(after, -1);
  for (;;) {
    const ended = [a >= before.recording.length, b >= after.recording.length];
    if (ended[0] && ended[1]) return undefined;
    if (ended[0] || ended[1]) break;
    const same =
      before.recording.thread(a) === after.recording.thread(b) &&
      before.lines.key(before.world, before.recording.loc(a)) === after.lines.key(after.world, after.recording.loc(b));
    if (!same) break;
    a = nextStatement(before, a);
    b = nextStatement(after, b);
  }
  // What a reader is shown is a statement of the kernel's, not of our model of it.
  return { before: lastStop(before, a), after: lastStop(after, b) };
}

function nextStatement({ recording }: Debuggee, from: number): number {
  let q = from + 1;
  while (q < recording.length && !recording.isStatement(q)) q++;
  return q;
}

function lastStop(debuggee: Debuggee, from: number): number {
  let q = Math.min(from, debuggee.recording.length);
  if (q === debuggee.recording.length) return q;
  while (q > debuggee.first && !debuggee.isStop(q)) q--;
  return q;
}
