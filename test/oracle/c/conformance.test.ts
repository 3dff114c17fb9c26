/*
 * Our front end and machine against gcc on the programs of `conformance/`: the same checks, in the same order, with the
 * same values, and each with the value that it expects. gcc is the judge of the latter.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { compile } from '../../../src/c/compile.ts';
import { kernelNatives } from '../../../src/kernel/natives.ts';
import type { CreateMachine, Native, NativeTable } from '../../../src/machine/api.ts';
import { createFast } from '../../../src/machine/fast.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import { needTool } from '../../support/tools.ts';

const PROGRAMS = join(import.meta.dirname, 'conformance');
const HEADER = readFileSync(join(PROGRAMS, 'test.h'), 'utf8');
const GCC = ['-std=gnu11', '-O1', '-w', '-fwrapv', '-fno-strict-aliasing', '-fsigned-char'];

/** `line expected actual` of each ASSERT. */
function ours(name: string, create: CreateMachine): string[] {
  const text = readFileSync(join(PROGRAMS, name), 'utf8');
  const files = new MemoryTree(
    new Map([
      ['test.h', HEADER],
      [name, text],
    ]),
  );
  const { program, errors } = compile({
    target: { wordSize: 8, longLongAlign: 8, charSigned: true },
    units: [{ path: name, from: 'tree' }],
    tree: files,
    model: new MemoryTree(new Map()),
    fromTree: [],
    defines: new Map(),
  });
  assert.deepEqual(
    errors.map((e) => e.message),
    [],
  );
  const lines: string[] = [];
  const report: Native = (call) => {
    const [expected, actual] = [1, 2].map((i) => BigInt.asIntN(64, call.arg(i)));
    lines.push(`${call.argInt(0)} ${expected} ${actual}`);
  };
  const kernel = kernelNatives();
  const natives: NativeTable = { ...kernel, functions: new Map([...kernel.functions, ['report', report]]) };
  const machine = create(program, natives);
  const entry = program.functionNamed('test');
  assert.ok(entry !== undefined, 'no test()');
  const stop = machine.run(machine.spawn('test', entry), 'end');
  const said = machine.events.map((e) => {
    if (e.kind !== 'problem') return e.kind;
    const at = program.locations.presumed(e.loc);
    return `${at.file}:${at.line}: ${e.rule}: ${e.message}`;
  });
  assert.deepEqual(said, []);
  assert.equal(stop, 'end');
  return lines;
}

describe('C conformance, judged by gcc', function () {
  this.timeout(60_000);
  let work: string;

  before(function () {
    needTool(this, 'gcc');
    work = mkdtempSync(join(tmpdir(), 'iomem-conformance-'));
  });
  after(() => {
    if (work) rmSync(work, { recursive: true, force: true });
  });

  for (const name of readdirSync(PROGRAMS).sort()) {
    if (!name.endsWith('.c') || name === 'main.c') continue;
    it(name.slice(0, -2), () => {
      const program = join(work, name.slice(0, -2));
      execFileSync('gcc', [...GCC, join(PROGRAMS, name), join(PROGRAMS, 'main.c'), '-o', program]);
      const theirs = spawnSync(program, { encoding: 'utf8' });
      assert.equal(theirs.status, 0);
      const judged = theirs.stdout.trimEnd().split('\n');
      for (const line of judged) {
        const [at, expected, actual] = line.split(' ');
        assert.equal(actual, expected, `${name}:${at}: gcc does not agree with the program`);
      }
      assert.deepEqual(ours(name, createStepper), judged);
      assert.deepEqual(ours(name, createFast), judged, 'the fast executor');
    });
  }
});
