import assert from 'node:assert/strict';
import { Debuggee } from '../../src/debug/debuggee.ts';
import { readModelFiles } from '../support/model-files.ts';
import { mainThread, ms, tell } from './table.ts';

/* Time travel in an execution of a million statements: recording it, stepping back, and what the snapshots take. */

const scenarioText = `// machine: x86_64
#include <iomem-review.h>
static u64 sum;
THREAD(a)
{
	u64 i;

	for (i = 0; i < 250000; i++) {
		sum += i;
		sum ^= 3;
	}
}
`;
const STEPS = 60;

describe('bench: the debugger', function () {
  this.timeout(120_000);

  it('steps back in a million statements', async () => {
    let from = mainThread();
    const debuggee = await Debuggee.launch({
      scenarioName: 'million.c',
      scenarioText,
      model: readModelFiles(),
      world: 'after',
    });
    const recorded = mainThread() - from;
    const { execution, recording } = debuggee;
    assert.ok(execution.statements >= 1_000_000, `${execution.statements} statements`);
    const times: number[] = [];
    for (let i = 0; i < STEPS; i++) {
      // Somewhere else each time: whatever is near does not help.
      debuggee.position = Math.floor(((i * 37) % STEPS) * (recording.length / STEPS)) + 4000;
      debuggee.machine();
      from = mainThread();
      debuggee.position = debuggee.step(debuggee.thread, 'over', -1);
      assert.ok(debuggee.frames(debuggee.thread).length > 0);
      times.push(mainThread() - from);
    }
    times.sort((a, b) => a - b);
    tell({ what: `debugger: record ${execution.statements} statements`, reached: ms(recorded) });
    tell({
      what: 'debugger: a step back among them, middle and worst',
      reached: `${ms(times[STEPS >> 1]!)}, ${ms(times.at(-1)!)}`,
      goal: '50 ms',
    });
    tell({
      what: 'debugger: all snapshots',
      reached: `${(recording.snapshotBytes / 1e6).toFixed(0)} MB`,
      goal: '192 MB',
    });
  });
});
