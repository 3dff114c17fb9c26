import type { CodedError } from '../base/errors.ts';
import type { IrFunction, Program } from '../c/ir.ts';
import type { FailingCall } from '../kernel/api.ts';
import { scenarioHeader } from './errors.ts';

/** A scenario's text and what the comment lines at its head say. */
export interface Scenario {
  /** `free-region-crowded`, or the path of the reviewer's own. */
  readonly name: string;
  /** Path of its translation unit, as it stands in locations. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
  /** Names of built-in machines, or paths; empty means the default machine. */
  readonly machines: readonly string[];
  /** Path of a dmesg text that adds SRAT ranges. */
  readonly dmesg?: string;
  /** Functions without which the scenario makes no sense on a tree: it is left out where one is missing. */
  readonly needs: readonly string[];
  /** Further translation units of the tree it wants, besides `kernel/resource.c`. */
  readonly units: readonly string[];
  /** The translation unit that it is a part of, among {@link units}: it may use what is static there, and calls its init calls. */
  readonly inside?: string;
  /** How its threads take turns when it is run: what a copied finding holds. */
  readonly schedule?: string;
  readonly builtIn: boolean;
  /** The allocation of the threads that fails, from 1: fault injection. */
  readonly failAllocation?: number;
  /** How many in a row fail, from that one on: `// fail: 1-2`. Default 1. */
  readonly failCount?: number;
  /** The call of the threads that fails, whole: fault injection. */
  readonly failCall?: FailingCall;
}

const keys = new Set(['machine', 'machines', 'dmesg', 'title', 'needs', 'unit', 'units', 'schedule', 'fail', 'inside']);

/**
 * Reads the head of a scenario: `// key: value` lines before the first line of C. A comment line without a known key is
 * a comment; a key that merely looks like one of ours (one lower-case word and a colon) is an error, not a guess.
 */
export function parseScenario(
  name: string,
  text: string,
  options: { readonly path?: string; readonly builtIn?: boolean } = {},
): { readonly scenario: Scenario; readonly problems: readonly CodedError[] } {
  const path = options.path ?? name;
  const problems: CodedError[] = [];
  const found = new Map<string, string>();
  const lines = text.split('\n', 64);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('/*') || line.startsWith('*')) continue;
    if (!line.startsWith('//')) break;
    const match = /^\/\/\s?([a-z]+):\s*(.*)$/.exec(line);
    if (!match) continue;
    const [, key, value] = match;
    if (keys.has(key!)) {
      // `machine: x86_64   (a remark)`: what stands in parentheses after the value is for people.
      found.set(key!.replace(/s$/, ''), value!.replace(/\s+\(.*\)\s*$/, '').trim());
    } else if (/^(machin|dmes|titl|need|uni|schedul|fail|insid)/.test(key!)) {
      problems.push(scenarioHeader({ file: path, line: index + 1, column: raw.indexOf(key!) + 1, text: raw }, key!));
    }
  }
  const list = (key: string): string[] =>
    (found.get(key) ?? '')
      .split(',')
      .map((s) => s.trim())
      .filter((s) => s !== '');
  const dmesg = found.get('dmesg');
  const inside = found.get('inside');
  const fail = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(found.get('fail') ?? '');
  const failCall = /^([A-Za-z_]\w{0,99})#(\d{1,6})$/.exec(found.get('fail') ?? '');
  return {
    scenario: {
      name,
      path,
      title: found.get('title') ?? name,
      text,
      machines: list('machine'),
      ...(dmesg ? { dmesg } : {}),
      needs: list('need'),
      units: [...list('unit'), ...(inside ? [inside] : [])],
      ...(inside ? { inside } : {}),
      ...(found.get('schedule') ? { schedule: found.get('schedule')! } : {}),
      builtIn: options.builtIn ?? false,
      ...(fail ? { failAllocation: Number(fail[1]) } : {}),
      ...(fail?.[2] ? { failCount: Math.max(1, Number(fail[2]) - Number(fail[1]) + 1) } : {}),
      ...(failCall ? { failCall: { function: failCall[1]!, number: Number(failCall[2]) } } : {}),
    },
    problems,
  };
}

/** Whether something in it is made to fail. */
export const isInjected = (scenario: Scenario): boolean =>
  scenario.failAllocation !== undefined || scenario.failCall !== undefined;

/** The same scenario with one allocation of its threads failing; its text says so, and replays as it is. */
export function withFailingAllocation(scenario: Scenario, number: number): Scenario {
  return {
    ...scenario,
    name: `${scenario.name}+fail${number}`,
    title: `${scenario.title}; allocation ${number} fails`,
    text: `// fail: ${number}\n${scenario.text}`,
    failAllocation: number,
  };
}

/** The same scenario with one call of its threads failing as a whole; its text says so, and replays as it is. */
export function withFailingCall(scenario: Scenario, fault: FailingCall): Scenario {
  const shown = `${fault.function}#${fault.number}`;
  return {
    ...scenario,
    name: `${scenario.name}+fail-${shown}`,
    title: `${scenario.title}; call ${fault.number} of ${fault.function}() fails`,
    text: `// fail: ${shown}\n${scenario.text}`,
    failCall: fault,
  };
}

/** The functions that `SETUP`, `THREAD(name)` and `CHECK` of one scenario became, as indices into the program. */
export interface ScenarioEntries {
  readonly setup?: number;
  readonly threads: readonly { readonly name: string; readonly func: number }[];
  readonly check?: number;
}

const THREAD_PREFIX = '__iomem_thread_';

const known = new WeakMap<Program, ReadonlyMap<string, readonly number[]>>();

/** Functions of scenarios by file, found once for each program: entry points are there from the beginning. */
function entryFunctions(program: Program): ReadonlyMap<string, readonly number[]> {
  let byFile = known.get(program) as Map<string, number[]> | undefined;
  if (!byFile) {
    byFile = new Map();
    for (const [index, fn] of program.functions.entries()) {
      if (!fn.plainName.startsWith('__iomem_scenario_') && !fn.plainName.startsWith(THREAD_PREFIX)) continue;
      const list = byFile.get(fn.file);
      if (list) list.push(index);
      else byFile.set(fn.file, [index]);
    }
    known.set(program, byFile);
  }
  return byFile;
}

/** Finds the entry points of the scenario at `path` in a linked program, threads in the order in which they are written. */
export function findEntries(program: Program, path: string): ScenarioEntries {
  let setup: number | undefined;
  let check: number | undefined;
  const threads: { name: string; func: number; fn: IrFunction }[] = [];
  for (const index of entryFunctions(program).get(path) ?? []) {
    const fn = program.functions[index]!;
    if (fn.plainName === '__iomem_scenario_setup') setup = index;
    else if (fn.plainName === '__iomem_scenario_check') check = index;
    else if (fn.plainName.startsWith(THREAD_PREFIX))
      threads.push({ name: fn.plainName.slice(THREAD_PREFIX.length), func: index, fn });
  }
  threads.sort((a, b) => a.fn.loc - b.fn.loc);
  return {
    ...(setup === undefined ? {} : { setup }),
    threads: threads.map(({ name, func }) => ({ name, func })),
    ...(check === undefined ? {} : { check }),
  };
}
