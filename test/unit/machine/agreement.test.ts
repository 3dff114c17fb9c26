import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FastMachine, Machine, Until } from '../../../src/machine/api.ts';
import { createFast } from '../../../src/machine/fast.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import { allocators, Builder, table } from './ir-builder.ts';
import { build, shape } from './random-programs.ts';

describe('machine: agreement', () => {
  it('the fast executor does what the stepper does, or gives up where something is wrong', () => {
    let done = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 4 }), (shapes) => {
        const b = new Builder();
        const { entry } = build(b, shapes);
        const program = b.program();
        const options = { budget: { statements: 2000, callDepth: 20 } };
        const look = (m: Machine) => ({
          events: m.events.slice(),
          statements: m.statements,
          paid: m.paid,
          coverage: [...m.coverage()],
          loops: [...m.loops()],
          objects: m.liveObjects(),
          state: m.digest(),
        });
        const slow = createStepper(program, table({ functions: allocators }), options);
        const fast = createFast(program, table({ functions: allocators }), { ...options, coverage: true });
        const blind = createFast(program, table({ functions: allocators }), options);
        for (const m of [fast, blind]) m.keep();
        const expected = slow.call(entry, [9n, 77n]);
        const wrong = expected === undefined || slow.events.some((e) => e.kind === 'problem');
        // The second time after a reset.
        for (let round = 0; round < 2; round++) {
          for (const m of [fast, blind] as FastMachine[]) {
            const got = m.call(entry, [9n, 77n]);
            assert.equal(m.refused !== undefined, wrong, `${m.refused}`);
            if (!wrong) {
              assert.equal(got, expected);
              assert.equal(m.paid, slow.paid);
              assert.equal(m.digest(), slow.digest());
            }
          }
          if (!wrong) assert.deepEqual(look(fast), look(slow));
          for (const m of [fast, blind]) m.reset();
        }
        if (wrong) refused++;
        else done++;
        for (const m of [slow, fast, blind]) m.dispose!();
      }),
      { numRuns: 100, seed: 20210326 },
    );
    assert(done > 15 && refused > 30, `${done} came to an end, ${refused} were refused`);
  });

  it('does the same whatever way it is run: with and without stops, trace, snapshots taken and restored', () => {
    let ends = 0;
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
        (shapes, ways) => {
          const b = new Builder();
          const { entry } = build(b, shapes);
          const program = b.program();
          const budget = { statements: 2000, callDepth: 20 };
          const run = (how: (m: ReturnType<typeof createStepper>, t: number) => string, trace: boolean) => {
            const m = createStepper(program, table({ functions: allocators }), { budget, trace });
            const t = m.spawn('t', entry, [9n, 77n]);
            const stop = how(m, t);
            const outcome = {
              stop,
              result: m.threads[t]!.result,
              events: m.events.slice(),
              statements: m.statements,
              coverage: [...m.coverage()],
              objects: m.liveObjects(),
              g: [0, 8, 16, 24, 32, 40, 48, 56].map((o) => m.memory.read(m.memory.addressOfGlobal(0) + BigInt(o), 8)),
            };
            m.dispose!();
            return outcome;
          };
          const through = (until: Until) => (m: ReturnType<typeof createStepper>, t: number) => {
            let stop = m.run(t, until);
            while (until !== 'end' && stop === until) stop = m.run(t, until);
            return stop;
          };
          const expected = run(through('end'), false);
          if (expected.stop === 'end') ends++;
          for (const until of ['statement', 'visible', 'instruction'] as const) {
            assert.deepEqual(run(through(until), until === 'visible'), expected, until);
          }
          const mixed = run((m, t) => {
            const kinds: Until[] = ['statement', 'visible', 'instruction', 'statement', 'instruction'];
            for (let i = 0; ; i++) {
              const way = ways[i % ways.length]!;
              if (way === 5) {
                // Go ahead for a while, then come back.
                const s = m.snapshot();
                for (let k = 0; k < 5; k++) m.run(t, kinds[k]!);
                m.run(t, 'end');
                m.restore(s);
              }
              const stop = i > 300 ? m.run(t, 'end') : m.run(t, kinds[way % 5]!);
              if (stop === 'end' || stop === 'fatal' || stop === 'budget') return stop;
            }
          }, true);
          assert.deepEqual(mixed, expected, 'mixed');
        },
      ),
      // A fixed seed: how many programs come to an end depends on which they are.
      { numRuns: 25, seed: 20210326 },
    );
    assert(ends > 10, `${ends} of the random programs came to an end`);
  });
});
