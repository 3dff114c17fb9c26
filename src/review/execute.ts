import type { Program } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { single } from '../explore/single.ts';
import { runThreads, type ScheduleResult, type Strategy } from '../explore/strategy.ts';
import type { FaultHit, KernelNatives } from '../kernel/api.ts';
import { kernelNatives } from '../kernel/natives.ts';
import { buildTree, checkTree, type ResourceNode, readTree } from '../kernel/resources.ts';
import { bootCalls, buildZones } from '../kernel/zones.ts';
import type { Budget, HeapObject, Machine, MachineEvent, Snapshot, TraceStep } from '../machine/api.ts';
import { createFast } from '../machine/fast.ts';
import { createStepper } from '../machine/stepper.ts';
import type { MachineModel } from '../model/api.ts';
import { findLeaks } from './leaks.ts';
import { findEntries, type Scenario } from './scenario.ts';
import type { World } from './world.ts';
import { bootFacts, judgeZones, type ZoneBoot } from './zone/judge.ts';
import { judgeHotplug } from './zone/theft.ts';

/** What one execution of one scenario on one machine did, with everything an observer could see. */
export interface Execution {
  /** `ok`, or the rule of the problem that ended it. */
  readonly end: string;
  readonly events: readonly MachineEvent[];
  /** The resource tree at the end. */
  readonly tree: readonly ResourceNode[];
  /** C statements executed by the scenario (booting not counted). */
  readonly statements: number;
  /** Executions by statement location, booting included. */
  readonly coverage: ReadonlyMap<Loc, number>;
  /** Times around each loop, by function index. */
  readonly loops: ReadonlyMap<number, readonly number[]>;
  /** Heap objects alive at the end. */
  readonly objects: readonly HeapObject[];
  readonly threads: readonly string[];
  readonly choices: readonly number[];
  /** Allocations of the threads that could have failed. */
  readonly allocations: number;
  /** Calls of the threads that could have failed as a whole. */
  readonly calls: readonly FaultHit[];
  /** The steps. Valid until the executor runs again: they lie in the machine. */
  readonly trace: () => { readonly steps: readonly TraceStep[]; readonly dropped: number };
  /** What lies at an address: a name that does not depend on how memory is laid out. Valid as long as the steps. */
  readonly describe: (address: bigint) => string;
}

export interface ExecutorOptions {
  /** Stands between this executor and its machine, which then keeps all variables and no trace: for debuggers. */
  readonly observe?: (machine: Machine) => Machine;
  /** Run on the fast executor: without traces, and `machine.refused` says where an execution is to be had from the stepper. */
  readonly fast?: boolean;
  readonly budget?: Partial<Budget>;
  readonly strategy?: () => Strategy;
}

/** A scenario after its SETUP, its threads made and none of them run. */
export interface Begun {
  readonly machine: Machine;
  readonly natives: KernelNatives;
  /** Id of the first of the scenario's threads. */
  readonly first: number;
  readonly threads: number;
  /** `ok`, or what ended the SETUP: there are no threads then. */
  readonly end: string;
  readonly baseline: number;
  readonly firstEvent: number;
  readonly firstStatement: number;
  readonly check: number | undefined;
  /** Where sections and memory hotplug are executed: the machine and what was there at boot. */
  readonly zones?: ZoneBoot;
}

interface Zones extends ZoneBoot {
  /** What ended the boot of sections and nodes, if it did not come to its end, and the number of the first event of it. */
  readonly failed?: { readonly end: string; readonly firstEvent: number };
}

/** Machines that nobody uses, by program and budget: they go with their programs. */
const spares = new WeakMap<Program, Map<string, Executor>>();

/**
 * Runs scenarios in one world. The machine is made once: the kernel's init calls run, the state is kept, and each
 * scenario starts from a copy of it.
 */
export class Executor {
  readonly world: World;
  readonly #machine: Machine;
  readonly #natives: KernelNatives;
  readonly #booted: Snapshot;
  readonly #strategy: () => Strategy;
  readonly #key: string;
  readonly budget: Partial<Budget>;
  #latest: { readonly zones: Zones; readonly snapshot: Snapshot } | undefined;
  /** Problems and messages of booting itself. */
  readonly boot: Execution;

  constructor(world: World, options: ExecutorOptions = {}) {
    this.world = world;
    this.#strategy = options.strategy ?? single;
    this.budget = options.budget ?? {};
    this.#key = JSON.stringify([this.budget, options.fast === true]);
    const { program, initcalls } = world.compiled;
    const spare = options.observe ? undefined : spares.get(program)?.get(this.#key);
    if (spare) {
      // Taken out: two executors must not run in one machine.
      spares.get(program)!.delete(this.#key);
      this.#natives = spare.#natives;
      this.#machine = spare.#machine;
      this.#booted = spare.#booted;
      this.boot = spare.boot;
      return;
    }
    this.#natives = kernelNatives(program);
    const budget = options.budget ? { budget: options.budget } : {};
    const machine = options.fast
      ? createFast(program, this.#natives, { coverage: true, ...budget })
      : createStepper(program, this.#natives, {
          ...(options.observe ? { variables: true } : { trace: true }),
          ...budget,
        });
    this.#machine = options.observe?.(machine) ?? machine;
    let end = 'ok';
    for (const call of [...initcalls].sort((a, b) => Number(a.level) - Number(b.level))) {
      const func = program.functionNamed(call.name);
      if (func === undefined) continue;
      const from = this.#machine.spawn(`initcall ${call.name}`, func);
      const result = runThreads(this.#machine, single(), from);
      if (result.end !== 'done') end = endOf(this.#machine.events);
    }
    this.boot = this.#collect(end, 0, 0, [], 0, []);
    this.#booted = this.#machine.snapshot();
  }

  /** Leaves the machine, with its compiled code, to the next executor of the same program. This one must not be used any more. */
  release(): void {
    const { program } = this.world.compiled;
    let kept = spares.get(program);
    if (!kept) spares.set(program, (kept = new Map()));
    kept.set(this.#key, this);
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** The machine as it was when the kernel had started, for another runner than {@link run}. */
  restart(): Machine {
    this.#machine.restore(this.#booted);
    return this.#machine;
  }

  /** Makes the code of scenarios that will run, together: one at a time costs several times as much. */
  prepare(scenarios: readonly Scenario[]): void {
    const { program } = this.world.compiled;
    const entries = scenarios.map(({ path }) => findEntries(program, path));
    const all = entries.flatMap(({ setup, threads, check }) => [setup, ...threads.map((t) => t.func), check]);
    this.#machine.prepare?.(
      all.filter((func) => func !== undefined),
      'end',
    );
    // Threads that are switched have code that stops.
    const switched = entries.flatMap(({ threads }) => (threads.length > 1 ? threads.map((t) => t.func) : []));
    this.#machine.prepare?.(switched, 'visible');
  }

  run(scenario: Scenario, model: MachineModel, how?: (begun: Begun) => ScheduleResult): Execution {
    const begun = this.begin(scenario, model);
    if (begun.end !== 'ok') return this.finish(begun, { end: 'done', choices: [], blocked: [] });
    return this.finish(
      begun,
      how ? how(begun) : runThreads(begun.machine, begun.threads > 1 ? this.#strategy() : single(), begun.first),
    );
  }

  /** Runs a scenario's SETUP and makes its threads, which {@link finish} wants to have run. */
  begin(scenario: Scenario, model: MachineModel): Begun {
    const machine = this.#machine;
    const zones = this.#on(model);
    const firstEvent = zones?.failed?.firstEvent ?? machine.events.length;
    const entries = findEntries(this.world.compiled.program, scenario.path);
    const firstStatement = machine.statements;
    const baseline = machine.liveObjects().reduce((max, object) => Math.max(max, object.id), 0);
    let end = zones?.failed?.end ?? 'ok';
    if (end === 'ok' && entries.setup !== undefined) end = this.#alone('setup', entries.setup);
    const first = machine.threads.length;
    if (end === 'ok') for (const { name, func } of entries.threads) machine.spawn(name, func);
    // Counted from here: what SETUP allocates is not what is tried.
    this.#natives.failAllocation(scenario.failAllocation, scenario.failCount);
    this.#natives.failCall(scenario.failCall);
    const threads = machine.threads.length - first;
    if (threads > 1) machine.separateHeaps(first, threads);
    const { check } = entries;
    return {
      machine,
      natives: this.#natives,
      first,
      threads,
      end,
      baseline,
      firstEvent,
      firstStatement,
      check,
      ...(zones ? { zones } : {}),
    };
  }

  /** CHECK, and what is judged when all has ended. */
  finish(begun: Begun, ran: ScheduleResult): Execution {
    const { machine, baseline, firstEvent, firstStatement, check } = begun;
    let { end } = begun;
    const allocations = this.#natives.allocations();
    const calls = this.#natives.hits();
    this.#natives.failAllocation(undefined);
    this.#natives.failCall(undefined);
    if (end === 'ok') end = this.#endOf(ran);
    if (end === 'ok' && check !== undefined) end = this.#alone('check', check);
    if (end === 'ok') {
      // After a fatal problem the tree may be half changed and objects held by dead frames: nothing to conclude from those.
      for (const event of checkTree(machine)) machine.report(event);
      if (begun.zones)
        for (const event of judgeZones(machine, this.#natives.ledger(), begun.zones)) machine.report(event);
      for (const object of findLeaks(machine, baseline)) {
        machine.report({
          kind: 'problem',
          rule: 'leak',
          message: `${object.size} bytes allocated here are never freed and nothing points to them any more`,
          thread: object.thread,
          loc: object.allocatedAt,
          stack: object.allocatedIn,
          related: [],
          fatal: false,
        });
      }
    }
    const collected = this.#collect(end, firstEvent, firstStatement, ran.choices, allocations, calls);
    if (end !== 'ok' || !begun.zones) return collected;
    const later = judgeHotplug(machine, begun.zones, (name, args) => this.#call(name, args));
    return { ...collected, events: [...collected.events, ...later] };
  }

  /** The kernel started on that machine. With sections that takes a while, and is kept for the next scenario there. */
  #on(model: MachineModel): Zones | undefined {
    const machine = this.#machine;
    if (this.#latest?.zones.model === model) {
      machine.restore(this.#latest.snapshot);
      return this.#latest.zones;
    }
    this.restart();
    buildTree(machine, model.iomem);
    const zones = this.#bootZones(model);
    if (zones) this.#latest = { zones, snapshot: machine.snapshot() };
    return zones;
  }

  /** Sections and nodes of the machine, where the program has them. Nothing of that is in the trace. */
  #bootZones(model: MachineModel): Zones | undefined {
    const { program } = this.world.compiled;
    const sections = program.functionNamed('sparse_init');
    if (sections === undefined || program.functions[sections]!.body() === undefined) return undefined;
    const machine = this.#machine;
    const firstEvent = machine.events.length;
    let failed: Zones['failed'];
    buildZones(machine, model);
    machine.pauseTrace();
    for (const { names, args } of bootCalls(model)) {
      const name = names.find((n) => {
        const func = program.functionNamed(n);
        return func !== undefined && program.functions[func]!.body() !== undefined;
      });
      const func = name === undefined ? undefined : program.functionNamed(name);
      if (name === undefined || func === undefined) continue;
      const end = this.#endOf(runThreads(machine, single(), machine.spawn(name, func, args)));
      if (end === 'ok') continue;
      failed = { end, firstEvent };
      break;
    }
    machine.resumeTrace();
    return { model, ...bootFacts(machine, model), ...(failed ? { failed } : {}) };
  }

  #call(name: string, args: readonly bigint[]): bigint | undefined {
    const func = this.#machine.program.functionNamed(name);
    if (func === undefined) return undefined;
    const thread = this.#machine.spawn(name, func, args);
    return runThreads(this.#machine, single(), thread).end === 'done'
      ? this.#machine.threads[thread]?.result
      : undefined;
  }

  #alone(name: string, func: number): string {
    const first = this.#machine.spawn(name, func);
    return this.#endOf(runThreads(this.#machine, single(), first));
  }

  #endOf(ran: ScheduleResult): string {
    if (ran.end === 'done') return 'ok';
    if (ran.end !== 'deadlock') return endOf(this.#machine.events);
    reportDeadlock(this.#machine, this.#natives, ran.blocked);
    return 'deadlock';
  }

  #collect(
    end: string,
    firstEvent: number,
    firstStatement: number,
    choices: readonly number[],
    allocations: number,
    calls: readonly FaultHit[],
  ): Execution {
    const machine = this.#machine;
    // Decoded once, when first asked for.
    let trace: ReturnType<Machine['trace']> | undefined;
    return {
      end,
      events: machine.events.slice(firstEvent),
      tree: readTree(machine),
      statements: machine.statements - firstStatement,
      coverage: machine.coverage(),
      loops: machine.loops(),
      objects: machine.liveObjects(),
      threads: machine.threads.map((t) => t.name),
      choices,
      allocations,
      calls,
      trace: () => (trace ??= machine.trace()),
      describe: (address) => machine.memory.describe(address),
    };
  }
}

function endOf(events: readonly MachineEvent[]): string {
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!;
    if (event.kind === 'problem' && event.fatal) return event.rule;
  }
  return 'stopped';
}

function reportDeadlock(machine: Machine, natives: KernelNatives, ids: readonly number[]): void {
  const holds = (id: number): boolean => natives.context(id).held.length > 0;
  // Who holds nothing waits for the others, and keeps nobody waiting.
  const blocked = [...ids.filter(holds), ...ids.filter((id) => !holds(id))];
  const waits = blocked.map((id) => {
    const thread = machine.threads[id]!;
    return `${thread.name} waits for ${thread.waitsFor ?? 'something'}`;
  });
  const first = machine.threads[blocked[0]!]!;
  machine.report({
    kind: 'problem',
    rule: 'deadlock',
    message: `no thread can go on: ${waits.join('; ')}`,
    thread: blocked[0]!,
    loc: first.stack[0]?.loc ?? 0,
    stack: first.stack,
    related: blocked.slice(1).flatMap((id) => {
      const thread = machine.threads[id]!;
      const at = thread.stack[0];
      return at ? [{ message: `${thread.name} waits here for ${thread.waitsFor ?? 'something'}`, loc: at.loc }] : [];
    }),
    fatal: true,
  });
}
