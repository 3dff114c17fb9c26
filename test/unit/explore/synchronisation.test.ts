/*
 * Every modelled synchronisation, used wrongly and rightly: what is wrong is found, with a schedule that shows it again, and
 * what is right is clean. The numbers of executions are stated with their reason and held against brute force.
 */
import assert from 'node:assert/strict';
import { head, uses } from './synchronisation.ts';
import { Together } from './together.ts';

describe('synchronisation, used wrongly and rightly', function () {
  this.timeout(60_000);
  const texts = new Map(
    Object.entries(uses).flatMap(([name, { wrong, right }]) => [
      [`${name}: wrong`, wrong] as const,
      [`${name}: right`, right] as const,
    ]),
  );
  let programs: Together;
  before(() => {
    programs = new Together(texts, head);
  });

  for (const [name, { rules, sometimes, count }] of Object.entries(uses)) {
    it(`${name}: ${rules.join(', ')}; else nothing, in ${count}`, async () => {
      const wrong = await programs.explore(`${name}: wrong`);
      assert.deepEqual(wrong.rules, rules);
      assert.deepEqual([wrong.complete, wrong.blocked], [true, 0]);
      if (sometimes) assert.ok(wrong.outcomes.some((o) => o.execution.events.every((e) => e.kind !== 'problem')));
      for (const { rule, schedule } of wrong.claims) {
        // A race lies in no one execution, and that others are woken is told by all of them.
        if (rule === 'data-race') continue;
        const shown = rule === 'lost-wakeup' ? 'deadlock' : rule;
        assert.ok(programs.replay(`${name}: wrong`, schedule).includes(shown), `${rule} by ${schedule}`);
      }

      const right = await programs.explore(`${name}: right`);
      assert.deepEqual(right.claims, []);
      assert.deepEqual([right.executions, right.complete, right.blocked], [count, true, 0]);
      assert.deepEqual(programs.count(`${name}: right`), { executions: count, traces: count });
    });
  }
});
