import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';

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

describe('e2e: a review in the editor', function () {
  this.timeout(120_000);
  let editor: Editor;
  let window: Window;
  let patch = '';

  before(async () => {
    editor = await Editor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    const [name = ''] = readdirSync(path.join(editor.workspace, 'patches/v1')).filter((one) => one.endsWith('.patch'));
    patch = `patches/v1/${name}`;
    window = await editor.open(patch);
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);

  step('offers a review above the patch, and does it from there', async () => {
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.picture('1-patch');
    // To the first finding, with its message unfolded at the line.
    await window.page.keyboard.press('F8');
    await window.page.locator('.marker-widget').waitFor();
    await window.page.locator('.squiggly-error').first().waitFor();
    await window.picture('1-finding');
    await window.page.keyboard.press('Escape');
  });

  step('lists the findings among the problems, with rule, cause and proof', async () => {
    await window.page.keyboard.press('Control+Shift+M');
    const row = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'recursive-lock' }).first();
    await row.waitFor();
    await window.picture('2-problems');
    assert.match((await row.textContent()) ?? '', /Iomem Review/);
    await window.page.keyboard.press('Control+J');
    await window.goTo(1);
  });

  step('opens the built-in diff editor from a hunk', async () => {
    await window.clickLens('Before/After', window.page.locator('.monaco-diff-editor .line-insert'));
    await window.page.waitForTimeout(500);
    await window.picture('3-before-after');
    await window.page.keyboard.press('Control+F4').catch(() => {});
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
    await body.locator('*').first().waitFor();
    await window.page.waitForTimeout(1000);
    await window.picture('5-map');
  });

  step('has left the files of the tree alone', async () => {
    const file = 'kernel/resource.c';
    const fixture = path.resolve(import.meta.dirname, '../fixtures/seed-tree', file);
    assert.ok(existsSync(fixture));
    assert.equal(readFileSync(path.join(editor.workspace, file), 'utf8'), readFileSync(fixture, 'utf8'));
  });
});

describe('e2e: a review in a workspace that is not trusted', function () {
  this.timeout(120_000);
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
    writeFileSync(path.join(editor.workspace, '.vscode/settings.json'), '{}');
    await window.page.waitForTimeout(2000);
    await window.command('Iomem Review: Review Patch');
    await window.lens('no difference').first().waitFor({ timeout: 60_000 });
    await window.picture('7-restricted');
  });

  step('does not offer what runs git', async () => {
    await window.page.keyboard.press('F1');
    await window.page.locator('.quick-input-widget input[type=text]').fill('>Iomem Review: Review');
    await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Review Patch' }).first().waitFor();
    assert.equal(
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Review Commit' }).count(),
      0,
    );
    await window.page.keyboard.press('Escape');
  });
});
