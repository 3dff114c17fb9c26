import type { Machine, MachineEvent, Native, Stop } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import { type Field, fieldsOf } from './layout.ts';
import type { Printing } from './printk.ts';

/*
 * Running KUnit suites (Documentation/dev-tools/kunit, ktap.rst). lib/kunit/kunit.c is linked to the program; each phase of
 * a case is a thread: begin, run, end. An assertion that fails ends the thread of `run`, and `end` cleans up.
 */

export interface KunitCase {
  readonly name: string;
  /** Its function: an index into Program.functions. */
  readonly func: number | undefined;
  readonly status: 'ok' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly comment: string;
  /** Failed expectations and problems, in order, as lines of text. */
  readonly diagnostics: readonly string[];
  /** Everything observable that happened, clean-up included. */
  readonly events: readonly MachineEvent[];
}
export interface KunitSuite {
  readonly name: string;
  readonly cases: readonly KunitCase[];
}

/** Values of enum kunit_status. */
const failure = 1n;
const skipped = 2n;
const maxCases = 10_000;

/**
 * The suites that the program registers, in the order of their definition, each run to its end. `ended` is called when a
 * case has ended, while its steps still lie in the machine.
 */
export function runKunit(
  machine: Machine,
  ended: (suite: string, it: KunitCase) => void = () => {},
): readonly KunitSuite[] {
  return new Runner(machine, ended).suites();
}

/**
 * Runs one case alone, with what its suite does before and after it: the one called `suite.case` or `case`, of a parametrised
 * one `case 3` or its first. The machine stays where an execution ended. Undefined: there is no such case.
 */
export function runKunitCase(machine: Machine, wanted: string): KunitCase | undefined {
  return new Runner(machine, () => {}).one(wanted);
}

/** The result as KTAP, version 1. `comments` are told after its version line. */
export function ktap(suites: readonly KunitSuite[], comments: readonly string[] = []): string {
  const lines = ['KTAP version 1', ...comments.map((text) => `# ${text}`), `1..${suites.length}`];
  suites.forEach((suite, i) => {
    lines.push('    KTAP version 1', `    # Subtest: ${suite.name}`, `    1..${suite.cases.length}`);
    const counts = { ok: 0, failed: 0, skipped: 0 };
    suite.cases.forEach((it, n) => {
      counts[it.status]++;
      for (const line of it.diagnostics) lines.push(`    ${line}`);
      const skip = it.status === 'skipped' ? ` # SKIP ${it.comment}`.trimEnd() : '';
      lines.push(`    ${it.status === 'failed' ? 'not ok' : 'ok'} ${n + 1} ${it.name}${skip}`);
    });
    const total = `pass:${counts.ok} fail:${counts.failed} skip:${counts.skipped} total:${suite.cases.length}`;
    lines.push(`# ${suite.name}: ${total}`, `# Totals: ${total}`);
    lines.push(`${counts.failed > 0 ? 'not ok' : 'ok'} ${i + 1} ${suite.name}`);
  });
  return `${lines.join('\n')}\n`;
}

/** A case as a suite lists it. */
interface Listed {
  readonly index: number;
  readonly label: string;
  readonly parametrised: boolean;
}

class Runner {
  readonly #machine: Machine;
  readonly #suite: ReadonlyMap<string, Field>;
  readonly #suiteName: bigint;
  readonly #case: ReadonlyMap<string, Field>;
  readonly #caseSize: bigint;
  readonly #test: ReadonlyMap<string, Field>;
  readonly #comment: bigint;
  readonly #ended: (suite: string, it: KunitCase) => void;

  constructor(machine: Machine, ended: (suite: string, it: KunitCase) => void) {
    const { program } = machine;
    this.#machine = machine;
    this.#ended = ended;
    this.#suite = fieldsOf(program, 'kunit_suite') ?? new Map();
    this.#suiteName = memberOffset(machine, 'kunit_suite', 'name');
    this.#case = fieldsOf(program, 'kunit_case') ?? new Map();
    const type = program.typeNamed('kunit_case');
    this.#caseSize = type?.kind === 'struct' ? BigInt(type.size) : 0n;
    this.#test = fieldsOf(program, 'kunit') ?? new Map();
    this.#comment = memberOffset(machine, 'kunit', 'status_comment');
  }

  suites(): KunitSuite[] {
    return this.#registered().map((suite) => this.#runSuite(suite));
  }

  /** Addresses of the suites: what the pointers named `__iomem_kunit_suite…` point at. */
  #registered(): bigint[] {
    const { program, memory } = this.#machine;
    const found: bigint[] = [];
    program.globals.forEach((global, index) => {
      if (!/^__iomem(_id_)?_*(iomem_)?kunit_suites?_/.test(global.name)) return;
      const base = memory.addressOfGlobal(index);
      for (let at = 0; at + memory.wordSize <= global.size; at += memory.wordSize) {
        const suite = memory.read(base + BigInt(at), memory.wordSize);
        if (suite) found.push(suite);
      }
    });
    return found;
  }

  #field(fields: ReadonlyMap<string, Field>, address: bigint, name: string): bigint {
    const field = fields.get(name);
    return field ? (this.#machine.memory.read(address + field.offset, field.size) ?? 0n) : 0n;
  }

  one(wanted: string): KunitCase | undefined {
    for (const suite of this.#registered()) {
      const name = this.#nameOf(suite);
      const bare = wanted.startsWith(`${name}.`) ? wanted.slice(name.length + 1) : wanted;
      for (const listed of this.#listed(suite)) {
        const number = bare === listed.label ? '1' : /^ (\d{1,5})$/.exec(after(bare, listed.label) ?? '')?.[1];
        if (number === undefined || (!listed.parametrised && bare !== listed.label)) continue;
        this.#call('__iomem_kunit_suite_init', [suite]);
        let param = 0n;
        if (listed.parametrised) {
          for (let n = 0; n < Number(number); n++) {
            param = this.#nextParam(suite, listed, param);
            if (param === 0n) return undefined;
          }
        }
        const { ended, crashed } = this.#runCase(suite, name, listed.index, bare, param);
        if (!crashed) this.#call('__iomem_kunit_suite_exit', [suite]);
        return ended;
      }
    }
    return undefined;
  }

  #nameOf(suite: bigint): string {
    return this.#machine.memory.readString(suite + this.#suiteName, 256) ?? '';
  }

  #listed(suite: bigint): Listed[] {
    const { memory } = this.#machine;
    const list = this.#field(this.#suite, suite, 'test_cases');
    const found: Listed[] = [];
    for (let index = 0; index < maxCases; index++) {
      const at = list + BigInt(index) * this.#caseSize;
      if (this.#field(this.#case, at, 'run_case') === 0n) break;
      const label = memory.readString(this.#field(this.#case, at, 'name'), 256) ?? '';
      found.push({ index, label, parametrised: this.#field(this.#case, at, 'generate_params') !== 0n });
    }
    return found;
  }

  #nextParam(suite: bigint, { index }: Listed, param: bigint): bigint {
    return this.#call('__iomem_kunit_next_param', [suite, BigInt(index), param]).result;
  }

  #runSuite(suite: bigint): KunitSuite {
    const name = this.#nameOf(suite);
    const cases: KunitCase[] = [];
    const run = (index: number, label: string, param: bigint): void => {
      const before = this.#machine.snapshot();
      const { ended, crashed } = this.#runCase(suite, name, index, label, param);
      cases.push(ended);
      // A case that ended the execution cannot clean up; the next one starts from the state before it.
      if (crashed) this.#machine.restore(before);
    };
    this.#call('__iomem_kunit_suite_init', [suite]);
    for (const listed of this.#listed(suite)) {
      if (!listed.parametrised) {
        run(listed.index, listed.label, 0n);
        continue;
      }
      for (let param = 0n, n = 1; n <= maxCases; n++) {
        param = this.#nextParam(suite, listed, param);
        if (param === 0n) break;
        run(listed.index, `${listed.label} ${n}`, param);
      }
    }
    this.#call('__iomem_kunit_suite_exit', [suite]);
    return { name, cases };
  }

  #runCase(
    suite: bigint,
    suiteName: string,
    index: number,
    name: string,
    param: bigint,
  ): { readonly ended: KunitCase; readonly crashed: boolean } {
    const machine = this.#machine;
    const { memory } = machine;
    const from = machine.events.length;
    const test = this.#call('__iomem_kunit_begin', [suite, BigInt(index), param]).result;
    const run = this.#call('__iomem_kunit_run', [suite, BigInt(index)]);
    const crashed = run.stop !== 'end' || this.#call('__iomem_kunit_end', [suite, BigInt(index)]).stop !== 'end';
    const events = machine.events.slice(from);
    const status = this.#field(this.#test, test, 'status');
    const comment = memory.readString(test + this.#comment, 256) ?? '';
    const diagnostics = events.flatMap((event) => describe(event, name));
    const bad = crashed || status === failure || events.some((e) => e.kind === 'problem');
    const list = this.#field(this.#suite, suite, 'test_cases');
    const entry = this.#field(this.#case, list + BigInt(index) * this.#caseSize, 'run_case');
    const ended: KunitCase = {
      name,
      func: memory.functionAt(entry),
      status: bad ? 'failed' : status === skipped ? 'skipped' : 'ok',
      comment,
      diagnostics,
      events,
    };
    this.#ended(suiteName, ended);
    return { ended, crashed };
  }

  #call(name: string, args: readonly bigint[]): { readonly result: bigint; readonly stop: Stop } {
    const machine = this.#machine;
    const func = machine.program.functionNamed(name);
    if (func === undefined) return { result: 0n, stop: 'fatal' };
    const thread = machine.spawn(name, func, args);
    const stop = machine.run(thread, 'end');
    return { result: machine.threads[thread]?.result ?? 0n, stop };
  }
}

/** What follows a beginning that a text has. */
const after = (text: string, beginning: string): string | undefined =>
  text.startsWith(beginning) ? text.slice(beginning.length) : undefined;

function describe(event: MachineEvent, name: string): string[] {
  if (event.kind === 'problem') {
    const [first, ...more] = event.message.split('\n');
    const head = event.rule === 'expectation-failed' ? first! : `${event.rule}: ${first}`;
    return [`# ${name}: ${head}`, ...more];
  }
  return event.kind === 'log' ? [event.text] : [];
}

function memberOffset(machine: Machine, struct: string, member: string): bigint {
  const type = machine.program.typeNamed(struct);
  const members = type?.kind === 'struct' ? type.members : undefined;
  return BigInt(members?.find((m) => m.name === member)?.offset ?? 0);
}

/** The natives behind the macros of include/kunit/test.h. */
export function kunitNatives(context: KernelContext, printing: Printing): Map<string, Native> {
  return new Map<string, Native>([
    [
      '__iomem_kunit_failed',
      (call) => {
        const { memory } = call;
        const fatal = call.argInt(1) !== 0;
        const string = (index: number): string => memory.readString(call.arg(index), 4096) ?? '';
        const at = context.program?.locations.presumed(call.loc);
        const lines = [
          `${fatal ? 'ASSERTION' : 'EXPECTATION'} FAILED at ${at ? `${at.file}:${at.line}` : 'an unknown line'}`,
        ];
        if (call.arg(2) !== 0n) lines.push(`    ${string(2)}`);
        for (const index of [3, 5]) {
          if (call.arg(index) === 0n) continue;
          const expression = string(index);
          const value = call.arg(index + 1);
          // As KUnit: a literal's value is not repeated.
          if (/^\d+$/.test(expression)) continue;
          lines.push(`        ${expression} == ${BigInt.asIntN(64, value)} (0x${value.toString(16)})`);
        }
        if (call.arg(7) !== 0n) lines.push(`    ${printing.text(call, call.arg(7), call.arg(8)).trimEnd()}`);
        const status = fieldsOf(context.program, 'kunit')?.get('status');
        if (status) memory.write(call.arg(0) + status.offset, status.size, failure);
        call.problem('expectation-failed', lines.join('\n'));
        return fatal ? { kill: true } : undefined;
      },
    ],
    [
      '__iomem_kunit_log',
      (call) =>
        call.event({
          kind: 'log',
          level: 6,
          text: `# ${printing.text(call, call.arg(1), call.arg(2)).trimEnd()}`,
          thread: call.thread,
          loc: call.loc,
        }),
    ],
  ]);
}
