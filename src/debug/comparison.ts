import { Debuggee } from './debuggee.ts';
import { variablesOf } from './frames.ts';
import { findParting, type Parting } from './parts.ts';
import type { FrameHandle } from './views.ts';

/** An execution beside that of the same scenario and schedule in the other world. */
export class Comparison {
  readonly #own: Debuggee;
  #other: Debuggee | undefined;
  #parting: Parting | undefined;
  /** Where a session beside this one stands, while this one stands where it was told so. */
  #beside: { readonly own: number; readonly other: number } | undefined;

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

  get isMade(): boolean {
    return this.#other !== undefined;
  }

  /** A session of the other world has come to stand there, and this one to stand here. */
  standBeside(position: number): void {
    this.#beside = { own: this.#own.position, other: position };
  }

  /** What a variable of a frame holds in the other world: where its session stands, else where the two part. */
  elsewhere({ thread, frame }: FrameHandle, name: string): string | undefined {
    const [own, other] = [this.#own, this.#other];
    const { which } = own.world;
    if (!other) return undefined;
    if (this.#beside?.own === own.position) other.position = this.#beside.other;
    else if (own.position === this.#parting?.[which]) other.position = this.#parting[other.world.which];
    else return undefined;
    const nameOf = (of: Debuggee, func: number) => of.world.compiled.program.functions[func]?.plainName;
    const twin = other.frames(thread).find((f) => nameOf(other, f.func) === nameOf(own, frame.func));
    const value = twin && variablesOf(other.machine(), twin).findLast((v) => v.name === name)?.value;
    return value && `${other.world.which}: ${other.values().text(value)}`;
  }
}
