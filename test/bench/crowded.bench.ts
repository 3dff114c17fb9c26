/*
 * The crowded search, the fast executor against gcc -O2 of the same unmodified kernel file, on processor time, least of several rounds; and how its
 * cost grows with the number of regions.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree } from '../../src/base/tree.ts';
import { compile } from '../../src/c/compile.ts';
import { kernelNatives } from '../../src/kernel/natives.ts';
import type { Machine } from '../../src/machine/api.ts';
import { createFast } from '../../src/machine/fast.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { NativeKernel } from '../oracle/resource/native.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { needTool } from '../support/tools.ts';
import { type Curve, plot } from './plot.ts';
import { ms, tell } from './table.ts';

const REGIONS = 5000;
const GROWTH = [250, 500, 1000, 2000, 3000, 4000, 5000];
const ROUNDS = 6;
/** Milliseconds of all rounds, and of one batch, at least: short searches are repeated, since the clock is coarse. */
const LEAST = 100;
const BATCH = 10;
const FOLDER = join(import.meta.dirname, 'crowded');
const PLOT = join(import.meta.dirname, '../../dist/bench/crowded.svg');
const budget = { statements: 1e12 };

interface Search {
  readonly found: bigint;
  /** Milliseconds of processor time, of the fastest batch. */
  readonly best: number;
  /** Statements and loop rounds of one search. */
  readonly paid: number;
}

class Crowded {
  readonly #program;
  readonly #initcalls;

  constructor(folder: string) {
    const { program, errors, initcalls } = compile({
      target: { wordSize: 8, longLongAlign: 8, charSigned: false },
      units: [
        { path: 'kernel/resource.c', from: 'tree' },
        { path: 'crowded.c', from: 'text', text: readFileSync(join(FOLDER, 'crowded.c'), 'utf8') },
        { path: 'lib/kernel.c', from: 'model', weak: true },
      ],
      tree: diskTree(folder),
      model: new MemoryTree(readModelFiles()),
      fromTree: ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'],
      defines: definesOf(profileNamed('x86_64')!),
    });
    if (errors[0]) throw errors[0];
    this.#program = program;
    this.#initcalls = initcalls;
  }

  machine(kind: 'fast' | 'counting' | 'stepper'): Machine {
    const natives = kernelNatives(this.#program);
    return kind === 'stepper'
      ? createStepper(this.#program, natives, { budget })
      : createFast(this.#program, natives, { budget, coverage: kind === 'counting' });
  }

  search(machine: Machine, regions: number, rounds: number): Search {
    const call = (name: string, ...args: bigint[]): bigint => {
      const answer = machine.call(this.#program.functionNamed(name)!, args);
      if (answer === undefined) throw new Error(`${name} did not come to its end`);
      return answer;
    };
    for (const { name } of this.#initcalls) call(name);
    if (call('crowded_build', BigInt(regions)) !== BigInt(regions)) throw new Error('not all regions could be had');
    let best = Number.POSITIVE_INFINITY;
    let found = 0n;
    let paid = 0;
    const until = performance.now() + LEAST;
    for (let batch = 0; batch < rounds || performance.now() < until; batch++) {
      const [before, then] = [machine.paid, processor()];
      let times = 0;
      do {
        found = call('crowded_search');
        times++;
      } while (processor() - then < BATCH);
      best = Math.min(best, (processor() - then) / times);
      paid = (machine.paid - before) / times;
    }
    machine.dispose?.();
    return { found, best, paid };
  }
}

function native(program: string, regions: number, rounds: number): Search {
  const { stderr, status } = spawnSync(program, [`${regions}`, `${rounds}`], { encoding: 'utf8', timeout: 120_000 });
  const [found, nanoseconds] = stderr.trim().split(' ');
  if (status !== 0 || !nanoseconds) throw new Error(`the native search failed: ${stderr}`);
  return { found: BigInt(found!), best: Number(nanoseconds) / 1e6, paid: 0 };
}

for (const version of versions) {
  describe(`bench: the crowded search on ${version}`, () => {
    it(`fast against native, ${REGIONS} regions, and growth`, function () {
      needTool(this, 'gcc');
      const folder = needKernel(this, version);
      const crowded = new Crowded(folder);
      const kernel = new NativeKernel(folder, definesOf(profileNamed('x86_64')!), { optimize: true });
      try {
        const harness = kernel.linkHarness(readFileSync(join(FOLDER, 'crowded.c'), 'utf8'), join(FOLDER, 'main.c'));
        const gcc = native(harness, REGIONS, ROUNDS);
        for (const kind of ['fast', 'counting', 'stepper'] as const) {
          const own = crowded.search(crowded.machine(kind), REGIONS, kind === 'stepper' ? 2 : ROUNDS);
          if (own.found !== gcc.found) throw new Error(`found at ${own.found}, natively at ${gcc.found}`);
          tell({
            what: `crowded search on ${version}, ${REGIONS} regions, ${names[kind]}`,
            reached: `${ms(own.best)}, gcc -O2 ${ms(gcc.best)}`,
            ratio: `${(own.best / gcc.best).toFixed(2)} times native`,
            ...(kind === 'fast' ? { goal: '≤ 3 times native' } : {}),
          });
        }
        const fast: Curve = { name: 'fast executor', points: [] };
        const compiled: Curve = { name: 'gcc -O2', points: [] };
        const each: number[] = [];
        for (const n of GROWTH) {
          const own = crowded.search(crowded.machine('fast'), n, ROUNDS);
          fast.points.push([n, own.best]);
          compiled.points.push([n, native(harness, n, ROUNDS).best]);
          each.push((own.best * 1e6) / own.paid);
        }
        const drawn = plot(`the crowded search on ${version}`, 'regions', 'milliseconds', [fast, compiled]);
        mkdirSync(join(PLOT, '..'), { recursive: true });
        writeFileSync(PLOT.replace('.svg', `-${version}.svg`), drawn.svg);
        console.log(drawn.text);
        const [first, last] = [each[0]!, each.at(-1)!];
        tell({
          what: `crowded search on ${version}, growth from ${GROWTH[0]} to ${GROWTH.at(-1)} regions`,
          reached: `${last.toFixed(2)} ns a statement (${first.toFixed(2)} at ${GROWTH[0]})`,
          ratio: `${(last / first).toFixed(2)} times the cost of a statement`,
        });
      } finally {
        kernel.dispose();
      }
    });
  });
}

/** Milliseconds of processor time. */
function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const names = { fast: 'fast', counting: 'fast with coverage', stepper: 'stepper without trace' } as const;
