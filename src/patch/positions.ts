import type { AppliedHunk } from './types.ts';

type Worlds = { readonly before: number | undefined; readonly after: number | undefined };
const NOWHERE: Worlds = { before: undefined, after: undefined };

/** Lines of a patch against the lines of both worlds, for the hunks of one file. */
export class Positions {
  readonly #sources = new Map<number, Worlds>();
  readonly #before = new Map<number, number>();
  readonly #after = new Map<number, number>();

  constructor(hunks: readonly AppliedHunk[]) {
    // Context that fuzz gave up may lie before the start of the file: such lines are nowhere.
    const inside = (line: number) => (line >= 1 ? line : undefined);
    for (const one of hunks) {
      let before = one.beforeStart;
      let after = one.afterStart;
      for (const line of one.hunk.lines) {
        const here = {
          before: line.kind === '+' ? undefined : inside(before++),
          after: line.kind === '-' ? undefined : inside(after++),
        };
        if (line.patchLine === undefined) continue;
        this.#sources.set(line.patchLine, here);
        if (here.before !== undefined) this.#before.set(here.before, line.patchLine);
        if (here.after !== undefined) this.#after.set(here.after, line.patchLine);
      }
    }
  }

  sourceLines(patchLine: number): Worlds {
    return this.#sources.get(patchLine) ?? NOWHERE;
  }

  patchLineOf(world: 'before' | 'after', line: number): number | undefined {
    return (world === 'before' ? this.#before : this.#after).get(line);
  }
}
