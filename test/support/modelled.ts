/*
 * A kernel of modelled and real code, built and played for the tests of the model.
 */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import { compile } from '../../src/c/compile.ts';
import { single } from '../../src/explore/single.ts';
import { runThreads, type ScheduleResult, type Strategy } from '../../src/explore/strategy.ts';
import type { KernelNatives } from '../../src/kernel/api.ts';
import { kernelNatives } from '../../src/kernel/natives.ts';
import type { Machine, MachineEvent } from '../../src/machine/api.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { readModelFiles } from './model-files.ts';

const model = readModelFiles();
const fromTree = ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'];

interface Built {
  readonly machine: Machine;
  readonly natives: KernelNatives;
}
export function build(
  tree: SourceTree,
  text: string,
  more: readonly string[] = [],
  units = ['kernel/resource.c'],
): Built {
  const result = compile({
    target: { wordSize: 8, longLongAlign: 8, charSigned: false },
    units: [
      ...units.map((path) => ({ path, from: 'tree' as const })),
      { path: 'scenario.c', from: 'text', text: `#include <iomem-review.h>\n${text}` },
      ...['lib/kernel.c', ...more].map((path) => ({ path, from: 'model' as const, weak: true })),
    ],
    tree,
    model: new MemoryTree(model),
    fromTree,
    defines: definesOf(profileNamed('x86_64')!),
  });
  assert.deepEqual(result.errors.map(String), []);
  assert.deepEqual(result.missingHeaders, []);
  const natives = kernelNatives(result.program);
  const machine = createStepper(result.program, natives);
  for (const call of result.initcalls) {
    machine.spawn(call.name, result.program.functionNamed(call.name)!);
    assert.equal(runThreads(machine, single(), machine.threads.length - 1).end, 'done');
  }
  return { machine, natives };
}

export function play(machine: Machine, strategy: Strategy = single()): ScheduleResult {
  const { program } = machine;
  let result: ScheduleResult = { end: 'done', choices: [], blocked: [] };
  const phase = (names: readonly string[], how: Strategy): void => {
    if (result.end !== 'done') return;
    const from = machine.threads.length;
    for (const name of names)
      machine.spawn(name.replace(/^__iomem_(thread|scenario)_/, ''), program.functionNamed(name)!);
    result = runThreads(machine, how, from);
  };
  const all = program.functions.map((f) => f.name);
  phase(
    all.filter((name) => name === '__iomem_scenario_setup'),
    single(),
  );
  phase(
    all.filter((name) => name.startsWith('__iomem_thread_')),
    strategy,
  );
  phase(
    all.filter((name) => name === '__iomem_scenario_check'),
    single(),
  );
  return result;
}

/** A schedule drawn from a seed: before each visible step there is a switch once in `every` times, 2 to 32 by seed. */
export function drawn(seed: number): Strategy {
  let state = seed >>> 0;
  const every = 2 << (seed % 5);
  return {
    name: 'drawn',
    granularity: 'visible',
    next: (_machine, ready, last) => {
      const draw = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 16) % below;
      };
      return last !== undefined && draw(every) > 0 ? last : ready[draw(ready.length)]!;
    },
  };
}

export const problems = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) => (e.kind === 'problem' ? [`${e.rule}: ${e.message}`] : []));
export const rules = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) => (e.kind === 'problem' ? [e.rule] : []));
export const observed = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) =>
    e.kind === 'observe'
      ? [`${e.expr} = ${typeof e.value.value === 'bigint' ? `0x${e.value.value.toString(16)}` : e.value.value}`]
      : [],
  );
export const slabs = (machine: Machine): number => machine.liveObjects().filter((o) => o.kind === 'slab').length;
