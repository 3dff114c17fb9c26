import type { Loc } from '../c/token.ts';
import type { MachineRule } from './api.ts';
import { errnoName } from './errno.ts';
import type { Execution, Problem, ThreadState } from './execution.ts';
import type { HeapRecord } from './heap.ts';
import { Control, Frame, STACK_BYTES } from './layout.ts';
import type { Plan } from './plan.ts';
import { firstLacking, Shadow, Tolerate } from './shadow.ts';

/** What is wrong with an access, in words. */
interface Verdict {
  readonly rule: MachineRule;
  readonly message: string;
  readonly related?: readonly { readonly message: string; readonly loc: Loc }[];
  /** Offset of the first bad byte, for what is repaired after it was reported. */
  readonly uninitialised?: boolean;
}
export interface AccessAttempt {
  /** As the code has it, unsigned. */
  readonly address: bigint;
  readonly size: number;
  readonly write: boolean;
  /** Unwritten bytes are no matter. */
  readonly partial: boolean;
}

/** A variable in some frame of some thread's stack. */
export interface StackPlace {
  readonly thread: ThreadState;
  readonly plan: Plan;
  readonly slot: number;
  /** From the start of the variable; negative or past its size in a redzone. */
  readonly offset: number;
}

/** Judges accesses that the fast checks refused: says which rule was broken, of which object, and how far off. */
export class Faults {
  readonly #x: Execution;

  constructor(execution: Execution) {
    this.#x = execution;
  }

  /** Reports a bad access. True when execution may go on (the bytes then count as initialised). */
  report(attempt: AccessAttempt, loc: Loc, frame: number): boolean {
    const verdict = this.#judge(attempt, frame);
    if (!verdict) return true;
    const problem: Problem = {
      rule: verdict.rule,
      message: verdict.message,
      loc,
      stack: this.#x.stackFrom(frame, loc),
      fatal: !verdict.uninitialised,
      related: verdict.related ?? [],
    };
    if (verdict.uninitialised) {
      this.#x.problemOnce(`uninitialised ${loc}`, problem);
      this.initialise(attempt);
      return true;
    }
    this.#x.problem(problem);
    return false;
  }

  /** Marks unwritten bytes of a range as written. */
  initialise({ address, size }: AccessAttempt): void {
    const { layout } = this.#x.code;
    const at = this.#offset(address);
    if (at === undefined) return;
    const { bytes } = this.#x.space;
    for (let i = at; i < at + size; i++) {
      if (bytes[layout.shadow + i] === Shadow.uninitialised) bytes[layout.shadow + i] = Shadow.ok;
    }
    if (at < layout.heap) this.#x.setWord(Control.globalsTouched, 1);
  }

  #offset(address: bigint): number | undefined {
    const { layout } = this.#x.code;
    const distance = address - layout.dataBase;
    return distance >= 0n && distance <= BigInt(layout.mask) ? Number(distance) : undefined;
  }

  /** True when every byte has the rights. */
  isGood(attempt: AccessAttempt): boolean {
    if (attempt.size === 0) return true;
    const at = this.#offset(attempt.address);
    return at !== undefined && this.#firstBad(attempt, at) === undefined;
  }

  #firstBad({ size, write, partial }: AccessAttempt, at: number): number | undefined {
    const { layout } = this.#x.code;
    const tolerate = write ? Tolerate.storeSlow : partial ? Tolerate.partial : Tolerate.load;
    const { shadow, mask } = layout;
    const end = at + size;
    const inside = Math.max(at, Math.min(end, mask + 1));
    const found = firstLacking(this.#x.space, shadow + at, shadow + inside, tolerate) - shadow;
    return found < end ? found : undefined;
  }

  #judge(attempt: AccessAttempt, frame: number): Verdict | undefined {
    const { address, size, write } = attempt;
    const { layout, program } = this.#x.code;
    const what = `${write ? 'write' : 'read'} of ${bytesOf(size)}`;
    const hex = `0x${address.toString(16)}`;
    if (address < 4096n) {
      const where = address === 0n ? 'NULL' : `${hex} (NULL plus ${address})`;
      return { rule: 'null-dereference', message: `${what} at ${where}` };
    }
    const top = 1n << BigInt(layout.wordSize * 8);
    if (address >= top - 4095n) {
      const errno = Number(top - address);
      return {
        rule: 'wild-dereference',
        message: `${what} through an error pointer: ${hex} is ERR_PTR(${errnoName(errno)})`,
      };
    }
    const at = this.#offset(address);
    if (at === undefined) {
      const func = this.#x.memory.functionAt(address);
      const name = func === undefined ? undefined : program.functions[func]?.plainName;
      return {
        rule: 'wild-dereference',
        message: name
          ? `${what} at ${hex}, which is the function ${name}`
          : `${what} at ${hex}, which is no address of this machine`,
      };
    }
    const bad = this.#firstBad(attempt, at);
    if (bad === undefined) return undefined;
    return (
      this.#judgeGlobal(what, at, bad) ??
      this.#judgeHeap(what, attempt, at, bad) ??
      this.#judgeStack(what, at, bad, frame) ?? {
        rule: 'wild-dereference',
        message: `${what} at ${hex}, where nothing was ever allocated`,
      }
    );
  }

  #judgeGlobal(what: string, at: number, bad: number): Verdict | undefined {
    const { globals, program, layout } = this.#x.code;
    const index = globals.near(bad);
    if (index === undefined) return undefined;
    const global = program.globals[index]!;
    const start = globals.offset(index);
    const state = this.#x.space.bytes[layout.shadow + bad]!;
    const related = global.loc ? [{ message: `${global.name} is declared here`, loc: global.loc }] : [];
    if (state === Shadow.external) {
      return {
        rule: 'not-executable',
        message: `${what} of ${global.name}, which is declared extern and defined nowhere in this program`,
        related,
      };
    }
    if (state === Shadow.uninitialised) {
      const message = `${what} at ${offsetIn(global.name, at - start)}, which was assigned from uninitialised memory`;
      return { rule: 'uninitialised-read', message, related, uninitialised: true };
    }
    const name = global.string ? 'a string literal' : global.name;
    if (state === Shadow.constant) {
      return { rule: 'write-to-constant', message: `${what} to constant ${offsetIn(name, at - start)}`, related };
    }
    return { rule: 'out-of-bounds', message: outside(what, name, global.size, at - start, bad - start), related };
  }

  #judgeHeap(what: string, attempt: AccessAttempt, at: number, bad: number): Verdict | undefined {
    const record = this.#x.heap.near(bad);
    if (!record) return undefined;
    const name = this.#heapName(record);
    const related = [{ message: `${name} was allocated here`, loc: record.allocatedAt }];
    if (record.freedAt !== undefined) related.push({ message: `${name} was freed here`, loc: record.freedAt });
    const inside = bad >= record.offset && bad < record.offset + record.size;
    if (!inside) {
      return {
        rule: 'out-of-bounds',
        message: outside(what, name, record.size, at - record.offset, bad - record.offset),
        related,
      };
    }
    if (record.freedAt !== undefined) {
      return {
        rule: 'use-after-free',
        message: `${what} at offset ${at - record.offset} of ${name} (${bytesOf(record.size)}), which was freed`,
        related,
      };
    }
    if (attempt.write) return undefined;
    return {
      rule: 'uninitialised-read',
      message: `${what} at offset ${bad - record.offset} of ${name} (${bytesOf(record.size)}), never written`,
      related,
      uninitialised: true,
    };
  }

  #heapName(record: HeapRecord): string {
    return this.#x.memory.heapName(record);
  }

  #judgeStack(what: string, at: number, bad: number, frame: number): Verdict | undefined {
    const { layout } = this.#x.code;
    if (at < layout.stacks) return undefined;
    const place = this.stackPlace(bad, frame);
    if (!place) {
      return {
        rule: 'use-after-free',
        message: `${what} of stack memory of a function that has returned`,
      };
    }
    const { plan, slot } = place;
    const variable = plan.body.slots[slot]!.variable;
    const name = variable ? `${variable.name} of ${plan.fn.plainName}` : `a temporary of ${plan.fn.plainName}`;
    const size = plan.body.slots[slot]!.size;
    const related = variable ? [{ message: `${variable.name} is declared here`, loc: variable.loc }] : [];
    const start = place.offset - (bad - at);
    const state = this.#x.space.bytes[layout.shadow + bad]!;
    if (state === Shadow.uninitialised) {
      const message = `${what} at ${offsetIn(name, start)}, never written`;
      return { rule: 'uninitialised-read', message, related, uninitialised: true };
    }
    if (place.offset >= 0 && place.offset < size) {
      return { rule: 'use-after-free', message: `${what} at ${offsetIn(name, start)}, outside of its scope`, related };
    }
    return { rule: 'out-of-bounds', message: outside(what, name, size, start, place.offset), related };
  }

  /** The variable that a byte of some stack belongs to, or is nearest to. `frame` is the innermost of the running thread. */
  stackPlace(offset: number, frame: number): StackPlace | undefined {
    const { layout } = this.#x.code;
    // Threads that have ended may have left their stack to another.
    const base = offset - ((offset - layout.stacks) % STACK_BYTES);
    const thread = this.#x.threads.findLast((t) => t.base === base);
    if (!thread) return undefined;
    let at = thread.id === this.#x.current && frame !== 0 ? frame : thread.frame;
    for (; at > thread.base; at = this.#x.word(at + Frame.previous)) {
      const plan = this.#x.planOf(at);
      if (!plan || offset < at || offset >= at + plan.frameBytes) continue;
      let best: StackPlace | undefined;
      let distance = Number.POSITIVE_INFINITY;
      plan.slots.forEach((start, slot) => {
        const relative = offset - at - start;
        const size = plan.body.slots[slot]!.size;
        const away = relative < 0 ? -relative : relative >= size ? relative - size + 1 : 0;
        if (away < distance) {
          distance = away;
          best = { thread, plan, slot, offset: relative };
        }
      });
      return best;
    }
    return undefined;
  }
}

export function bytesOf(size: number): string {
  return size === 1 ? '1 byte' : `${size} bytes`;
}

function offsetIn(name: string, offset: number): string {
  return offset === 0 ? name : `${name}+${offset}`;
}

function outside(what: string, name: string, size: number, start: number, bad: number): string {
  const where =
    bad < 0
      ? `${bytesOf(-bad)} before the start`
      : bad === size && start < size
        ? `at offset ${start}, past the end`
        : `${bytesOf(bad - size)} past the end`;
  return `${what} ${where} of ${name}, which has ${bytesOf(size)}`;
}
