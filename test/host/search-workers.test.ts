import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, sample } from './support.ts';

/** More executions than one worker does before a search is split. */
const four = `#include <iomem-review.h>
static DEFINE_MUTEX(m);
static int x;
static void once(void) { mutex_lock(&m); x++; mutex_unlock(&m); }
static void twice(void) { once(); once(); }
THREAD(a) { twice(); }
THREAD(b) { twice(); }
THREAD(c) { twice(); }
THREAD(d) { twice(); }
CHECK { OBSERVE(x); }
`;

describe('A search through schedules', () => {
  const file = sample('four.c');
  const settings = () => vscode.workspace.getConfiguration('iomemReview');
  const set = async (values: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(values))
      await settings().update(name, value, vscode.ConfigurationTarget.Workspace);
  };
  before(() => vscode.workspace.fs.writeFile(file, new TextEncoder().encode(four)));
  after(async () => {
    await set({ scenarios: undefined, searchWorkers: undefined, 'budget.executions': undefined });
    await vscode.workspace.fs.delete(file);
    await cleanUp();
  });

  it('comes to the same report, to the byte, with one worker and with two that share it', async () => {
    const input = { uri: sample('patches/single/refactor.patch').toString(), format: 'json' };
    const reports: string[] = [];
    for (const searchWorkers of [1, 2]) {
      await set({ scenarios: ['four.c'], 'budget.executions': 3000, searchWorkers });
      const { content } = await vscode.lm.invokeTool('iomem_review_patch', { input, toolInvocationToken: undefined });
      reports.push((content as vscode.LanguageModelTextPart[])[0]?.value ?? '');
    }
    const [alone, together] = reports;
    const { explorations } = JSON.parse(alone ?? '').patches[0].bounds;
    const own = explorations.filter((one: { readonly scenario: string }) => one.scenario === 'four.c');
    assert.deepEqual(
      own.map((one: { readonly executions: number; readonly complete: boolean }) => [one.executions, one.complete]),
      [
        [2520, true],
        [2520, true],
      ],
    );
    assert.equal(together, alone);
  });
});
