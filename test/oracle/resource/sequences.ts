import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { MemoryTree, type SourceTree } from '../../../src/base/tree.ts';
import { compile } from '../../../src/c/compile.ts';
import { kernelNatives } from '../../../src/kernel/natives.ts';
import type { CreateMachine, Machine, Snapshot } from '../../../src/machine/api.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import type { ArchProfile } from '../../../src/model/api.ts';
import { definesOf } from '../../../src/model/profiles.ts';
import { readModelFiles } from '../../support/model-files.ts';
import type { NativeKernel } from './native.ts';

/** One call: eight words, see sequence.c. */
export type Call = readonly bigint[];
export type Sequence = readonly Call[];

const TEXT = readFileSync(join(import.meta.dirname, 'sequence.c'), 'utf8');
/** In the order of `enum call`. */
const CALLS = [
  ...['NEW', 'REQUEST', 'INSERT', 'EXPAND', 'RELEASE', 'REMOVE', 'ADJUST', 'ALLOCATE', 'LOOKUP', 'REGION', 'UNREGION'],
  ...['INTERSECTS', 'WALK', 'WALK_RAM', 'FREE_DOWN', 'FREE_UP', 'HOTREMOVE', 'MERGE', 'SPLIT', 'EXCLUSIVE', 'SANITY'],
  'SCATTER',
] as const;
type Name = (typeof CALLS)[number];

const MiB = 1n << 20n;
const TOP = (1n << 64n) - 1n;
/** Addresses that meet each other often, and the edges of the space. */
const address = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 64 }).map((n) => BigInt(n) * 16n * MiB) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 24 }).map((n) => (1n << 46n) - BigInt(n) * 64n * MiB) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0n, 1n, TOP, TOP - 0xfffn, 1n << 63n, (1n << 46n) - 1n, 1n << 32n, 0xfffffffen),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: TOP }) },
);
const size = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 16 }).map((n) => BigInt(n) * 16n * MiB) },
  { weight: 2, arbitrary: fc.constantFrom(0n, 1n, 4096n, 1n << 46n, 1n << 47n, TOP, 1n << 63n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: TOP }) },
);
const MEM = 0x200n;
const RAM = 0x1000200n;
const BUSY = 0x80000000n;
const flags = fc.constantFrom(
  0n,
  MEM,
  MEM | BUSY,
  RAM,
  RAM | BUSY,
  RAM | BUSY,
  RAM | 0x8000000n,
  MEM | BUSY | 0x8000000n,
);
const desc = fc.constantFrom(0n, 0n, 0n, 4n, 6n, 8n, 9n);
const slot = fc.integer({ min: 1, max: 15 }).map(BigInt);
const parent = fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, { weight: 2, arbitrary: slot });
const small = fc.integer({ min: 0, max: 31 }).map(BigInt);
const none = fc.constant(0n);

function words(name: Name, ...rest: fc.Arbitrary<bigint>[]): fc.Arbitrary<Call> {
  const all = [fc.constant(BigInt(CALLS.indexOf(name))), ...rest];
  while (all.length < 8) all.push(none);
  return fc.tuple(...all);
}
const range = fc.tuple(address, size).map(([start, n]): [bigint, bigint] => [start, (start + n - 1n) & TOP]);
/** start and end in place of start and size. */
const ranged = (call: fc.Arbitrary<Call>): fc.Arbitrary<Call> =>
  fc.tuple(call, range).map(([c, [start, end]]) => c.map((w, i) => (i === 3 ? start : i === 4 ? end : w)));

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 12, arbitrary: ranged(words('NEW', none, slot, none, none, flags, desc, small)) },
  { weight: 6, arbitrary: words('REQUEST', parent, slot) },
  { weight: 8, arbitrary: words('INSERT', parent, slot) },
  { weight: 2, arbitrary: words('EXPAND', parent, slot) },
  { weight: 3, arbitrary: words('RELEASE', none, slot) },
  { weight: 3, arbitrary: words('REMOVE', none, slot) },
  { weight: 3, arbitrary: words('ADJUST', none, slot, address, size, small) },
  { weight: 4, arbitrary: words('ALLOCATE', parent, slot, address, size, address, small, small) },
  { weight: 1, arbitrary: words('LOOKUP', parent, none, address) },
  { weight: 8, arbitrary: words('REGION', parent, slot, address, size, flags, none, small) },
  { weight: 3, arbitrary: words('UNREGION', parent, slot, address, size, small) },
  { weight: 4, arbitrary: words('INTERSECTS', none, none, address, size, flags, desc) },
  { weight: 2, arbitrary: ranged(words('WALK', none, none, none, none, flags, desc)) },
  { weight: 2, arbitrary: ranged(words('WALK_RAM')) },
  { weight: 4, arbitrary: words('FREE_DOWN', parent, slot, none, size, none, none, small) },
  { weight: 4, arbitrary: words('FREE_UP', parent, slot, none, size, none, small, small) },
  { weight: 3, arbitrary: words('HOTREMOVE', none, slot, address, size, small) },
  { weight: 3, arbitrary: words('MERGE', none, slot) },
  { weight: 2, arbitrary: ranged(words('SPLIT', parent, none, none, none, none, none, small)) },
  { weight: 1, arbitrary: words('EXCLUSIVE', none, none, address, size) },
  { weight: 1, arbitrary: words('SANITY', none, none, address, size) },
  { weight: 1, arbitrary: words('SCATTER', none, slot) },
);
/** Sequences of calls that meet in few nodes and addresses. */
export const sequence: fc.Arbitrary<Sequence> = fc.array(call, { minLength: 4, maxLength: 24 });

/** For people: `INSERT 0 3`. */
export const shown = (seq: Sequence): string =>
  seq.map(([what, ...rest]) => `${CALLS[Number(what)]} ${rest.map((w) => w.toString(16)).join(' ')}`).join('\n');

/** What gcc's build answers to each sequence. */
export class NativeSequences {
  readonly #program: string;

  constructor(kernel: NativeKernel) {
    this.#program = kernel.linkHarness(TEXT, join(import.meta.dirname, 'sequence-main.c'));
  }

  run(sequences: readonly Sequence[]): readonly (readonly bigint[])[] {
    const input = BigUint64Array.from(sequences.flatMap((seq) => [BigInt(seq.length), ...seq.flat()]));
    const result = spawnSync(this.#program, {
      input: new Uint8Array(input.buffer),
      stdio: ['pipe', 'ignore', 'pipe'],
      maxBuffer: 1 << 30,
      timeout: 100_000,
    });
    const bytes = result.stderr;
    const said = new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)));
    const answers: bigint[][] = [];
    for (let at = 0; at < said.length; ) {
      const count = Number(said[at]);
      answers.push([...said.subarray(at + 1, at + 1 + count)]);
      at += 1 + count;
    }
    return answers;
  }
}

/** What our front end, machine and modelled kernel answer. */
export class OwnSequences {
  readonly #machine: Machine;
  readonly #booted: Snapshot;
  readonly #entry: number;

  constructor(tree: SourceTree, profile: ArchProfile, create: CreateMachine = createStepper) {
    const { program, errors, initcalls } = compile({
      target: { wordSize: 8, longLongAlign: 8, charSigned: false },
      units: [
        { path: 'kernel/resource.c', from: 'tree' },
        { path: 'sequence.c', from: 'text', text: TEXT },
        { path: 'lib/kernel.c', from: 'model', weak: true },
      ],
      tree,
      model: new MemoryTree(readModelFiles()),
      fromTree: ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'],
      defines: definesOf(profile),
    });
    if (errors[0]) throw errors[0];
    this.#machine = create(program, kernelNatives(program), { budget: { statements: 50_000_000 } });
    for (const { name } of initcalls) {
      this.#machine.run(this.#machine.spawn(name, program.functionNamed(name)!), 'end');
    }
    this.#booted = this.#machine.snapshot();
    this.#entry = program.functionNamed('iomem_sequence')!;
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** Throws where the sanitizers have something to say: natively, these sequences are sound. The kernel may warn. */
  run(seq: Sequence): readonly bigint[] {
    const machine = this.#machine;
    const { memory, program } = machine;
    machine.restore(this.#booted);
    const address = (name: string): bigint => memory.addressOfGlobal(program.globalNamed(name)!);
    memory.write(address('script_calls'), 8, BigInt(seq.length));
    const script = address('script');
    seq.flat().forEach((word, i) => {
      memory.write(script + BigInt(i) * 8n, 8, word);
    });
    const stop = machine.run(machine.spawn('sequence', this.#entry), 'end');
    const wrong = machine.events.find((e) => e.kind === 'problem' && e.rule !== 'warning-raised');
    if (stop !== 'end' || wrong) throw new Error(wrong?.kind === 'problem' ? `${wrong.rule}: ${wrong.message}` : stop);
    const answers = address('answers');
    const count = Number(memory.read(address('answer_count'), 8));
    return Array.from({ length: count }, (_, i) => memory.read(answers + BigInt(i) * 8n, 8)!);
  }
}

/** Leaves out calls as long as `differs` holds. */
export function minimised(seq: Sequence, differs: (seq: Sequence) => boolean): Sequence {
  let best = seq;
  for (let i = best.length - 1; i >= 0; i--) {
    const without = best.filter((_, at) => at !== i);
    if (differs(without)) best = without;
  }
  return best;
}
