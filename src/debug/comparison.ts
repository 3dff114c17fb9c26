import { Debuggee } from './debuggee.ts';
import { variablesOf } from './frames.ts';
import { findParting, type Parting } from './parts.ts';
import type { FrameHandle } from './views.ts';

/** An execution beside that of the same scenario and schedule in the other world. */
export class Comparison {
  readonly #own: Debuggee;
  #other: Debuggee | undefined;
  #parting: Parting | undefined;

  constructor(own: Debuggee) {
    this.#own = own;
  }

  /** Executes the other world and finds where the two part. Answers why it cannot. */
  async compare(): Promise<string | undefined> {
    if (this.#other) return undefined;
    const own = this.#own;
    const { which } = own.world;
    try {
      const other = await Debuggee.launch({ ...own.input, world: which === 'after' ? 'before' : 'after' });
      this.#parting = which === 'before' ? findParting(own, other) : findParting(other, own);
      this.#other = other;
      return undefined;
    } catch (error) {
      // A schedule may not fit the other world.
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The position, in the own world, where the two part. */
  get parting(): number | undefined {
    return this.#parting?.[this.#own.world.which];
  }

  /** What a variable of a frame holds in the other world, where both stand at the parting. */
  elsewhere({ thread, frame }: FrameHandle, name: string): string | undefined {
    const [own, other] = [this.#own, this.#other];
    const { which } = own.world;
    if (!other || !this.#parting || own.position !== this.#parting[which]) return undefined;
    other.position = this.#parting[other.world.which];
    const nameOf = (of: Debuggee, func: number) => of.world.compiled.program.functions[func]?.plainName;
    const twin = other.frames(thread).find((f) => nameOf(other, f.func) === nameOf(own, frame.func));
    const value = twin && variablesOf(other.machine(), twin).findLast((v) => v.name === name)?.value;
    return value && `${other.world.which}: ${other.values().text(value)}`;
  }
}
