import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';
import { reads, testLimit } from './patience.ts';

const slowScenario = `// machine: x86_64
#include <iomem-review.h>
static u64 sum;
CHECK
{
	u64 i;

	for (i = 0; i < 100000000000ull; i++)
		sum += i;
	OBSERVE(sum);
}
`;

const iomem = `00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
  01000000-021fffff : Kernel code
`;

describe('e2e: a review in the editor', function () {
  this.timeout(testLimit);
  let editor: Editor;
  let window: Window;
  let patch = '';

  before(async () => {
    editor = await Editor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    const [name = ''] = readdirSync(path.join(editor.workspace, 'patches/v1')).filter((one) => one.endsWith('.patch'));
    patch = `patches/v1/${name}`;
    writeFileSync(path.join(editor.workspace, 'server-iomem.txt'), iomem);
    window = await editor.open(patch);
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);

  step('offers a review above the patch, and does it from there', async () => {
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.picture('1-patch');
    // To the first finding, with its message unfolded at the line.
    await window.goTo(1);
    await window.press('F8', window.page.locator('.marker-widget'));
    await window.page.locator('.squiggly-error').first().waitFor();
    await window.picture('1-finding');
    await window.page.keyboard.press('Escape');
    await window.page.locator('.marker-widget').waitFor({ state: 'hidden' });
  });

  step('lists the findings among the problems, with rule, cause and proof', async () => {
    const row = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'recursive-lock' }).first();
    await window.press('Control+Shift+M', row);
    await reads(row, /Iomem Review/);
    await window.picture('2-problems');
    await window.page.keyboard.press('Control+J');
    await window.page.locator('.markers-panel').waitFor({ state: 'hidden' });
    await window.goTo(1);
  });

  step('opens the built-in diff editor from a hunk', async () => {
    await window.clickLens('Before/After', window.page.locator('.monaco-diff-editor .line-insert'));
    await window.picture('3-before-after');
  });

  step('shows the proof of a finding', async () => {
    await window.command('Iomem Review: Show Proof…');
    const row = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'recursive-lock' }).first();
    await row.waitFor();
    await row.click();
    await window.tab('proof of');
    await window.page.locator('.view-lines', { hasText: 'recursive-lock' }).first().waitFor();
    await window.picture('4-proof');
  });

  step('draws the address map of the review', async () => {
    await window.command('View: Close All Editors');
    await window.command('Iomem Review: Show Address Map');
    const body = window.webview().locator('#map');
    await body.locator('canvas.map').waitFor();
    await window.picture('5-map');
  });

  step('replays the proof in the map; a click on a source line moves the timeline there', async () => {
    const map = window.webview();
    await map.getByRole('button', { name: 'Timeline', exact: true }).click();
    const now = map.locator('.timeline .what');
    await now.waitFor();
    // The editor shows the line of the step beside the map, with what it does.
    const line = window.page.locator('.monaco-editor .view-overlays [class*="ced-"]').first();
    await line.waitFor();
    await map.getByRole('button', { name: 'Last step' }).click();
    await reads(now, /^step (\d+) of \1,/);
    await window.picture('8-timeline');
    await map.getByRole('button', { name: 'Before the first step' }).click();
    await now.filter({ hasText: 'before the first step' }).waitFor();
    await line.waitFor({ state: 'hidden' });
    await map.locator('.timeline .steps button').first().click();
    await line.waitFor();
    const box = (await line.boundingBox())!;
    await map.getByRole('button', { name: 'Before the first step' }).click();
    await line.waitFor({ state: 'hidden' });
    // A person clicks on the line of the first step.
    await window.page.mouse.click(box.x + 200, box.y + box.height / 2);
    await now.filter({ hasText: /^step \d+ of/ }).waitFor();
    await line.waitFor();
  });

  step('goes on in the debugger from a step of the timeline', async () => {
    const map = window.webview();
    await map.getByRole('button', { name: 'Last step' }).click();
    const what = await reads(map.locator('.timeline .what'), /^step (\d+) of \1,/);
    await map.getByRole('button', { name: 'Debug from here' }).click();
    await window.page.locator('.debug-toolbar').waitFor();
    await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
    await map.locator('.timeline .what', { hasText: what }).waitFor();
    await window.picture('8-timeline-debugged');
    await window.page.locator('.debug-toolbar .codicon-debug-stop').click();
    await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await window.command('View: Show Explorer');
  });

  step('shows the same step again when the window was loaded anew', async () => {
    const now = window.webview().locator('.timeline .what');
    const was = await reads(now, /^step \d+ of/);
    await window.webviewRests();
    await window.reload();
    await now.filter({ hasText: was }).waitFor();
    await window.page.locator('.monaco-editor .view-overlays [class*="ced-"]').first().waitFor();
    await window.picture('9-map-again');
  });

  step('offers the map of a text of /proc/iomem, and follows its changes', async () => {
    await window.command('View: Close All Editors');
    await window.openFile('server-iomem.txt');
    await window.clickLens('Draw this memory as a map', window.webview().locator('canvas.map'));
    const said = window.webview().locator('.unseen[aria-live]');
    await said.filter({ hasText: '3 regions' }).waitFor();
    await window.picture('10-text-map');
    await window.goTo(4);
    await window.page.keyboard.type('300000000-3ffffffff : Persistent Memory');
    await said.filter({ hasText: '4 regions' }).waitFor();
    await window.picture('11-text-map-edited');
    await window.page.keyboard.press('Control+S');
    await window.page.locator('.tab.dirty').waitFor({ state: 'hidden' });
  });

  step('has left the files of the tree alone', async () => {
    const file = 'kernel/resource.c';
    const fixture = path.resolve(import.meta.dirname, '../fixtures/seed-tree', file);
    assert.ok(existsSync(fixture));
    assert.equal(readFileSync(path.join(editor.workspace, file), 'utf8'), readFileSync(fixture, 'utf8'));
  });
});

describe('e2e: a review in a workspace that is not trusted', function () {
  this.timeout(testLimit);
  let editor: Editor;
  let window: Window;
  before(async () => {
    editor = await Editor.start({
      trust: false,
      settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
    });
    // A scenario of the reviewer's own that takes longer than anybody waits.
    writeFileSync(path.join(editor.workspace, 'slow.c'), slowScenario);
    mkdirSync(path.join(editor.workspace, '.vscode'), { recursive: true });
    const slow = { 'iomemReview.scenarios': ['slow.c'], 'iomemReview.budget.statements': 1_000_000_000 };
    writeFileSync(path.join(editor.workspace, '.vscode/settings.json'), JSON.stringify(slow));
    window = await editor.open('patches/single/refactor.patch');
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);

  step('shows progress, stays responsive, and can be cancelled', async () => {
    await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await window.command('Iomem Review: Review Patch');
    const notification = window.page.locator('.notification-toast', { hasText: 'Reviewing refactor.patch' });
    await notification.waitFor();
    await window.goTo(3);
    await window.lens('Reviewing…').first().waitFor();
    await window.picture('6-progress');
    await notification.getByRole('button', { name: 'Cancel' }).click();
    await notification.waitFor({ state: 'hidden' });
    await window.lens('Review this patch').first().waitFor();
  });

  step('reviews a patch', async () => {
    writeFileSync(path.join(editor.workspace, 'slow.c'), slowScenario.replace('100000000000ull', '10'));
    await window.command('Iomem Review: Review Patch');
    await window.lens('no difference').first().waitFor();
    await window.picture('7-restricted');
  });

  step('does not offer what runs git', async () => {
    const list = window.page.locator('.quick-input-list .monaco-list-row');
    await window.ask('F1', '>Iomem Review: Review', list.filter({ hasText: 'Review Patch' }));
    assert.equal(await list.filter({ hasText: 'Review Commit' }).count(), 0);
    await window.page.keyboard.press('Escape');
  });
});
