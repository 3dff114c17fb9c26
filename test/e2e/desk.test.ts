import assert from 'node:assert/strict';
import { Editor, stepsOf, type Window } from './editor.ts';

describe('e2e: the desk of reviews', function () {
  this.timeout(120_000);
  let editor: Editor;
  let window: Window;

  before(async () => {
    editor = await Editor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    window = await editor.open('patches/v5.mbox');
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);
  const rows = () => window.page.locator('.pane-body .monaco-list-row');
  const row = (text: string | RegExp) => rows().filter({ hasText: text }).first();

  step('lists a series patch by patch, with what each introduces', async () => {
    const icon = window.page.locator('.activitybar .action-item', {
      has: window.page.locator('[aria-label^="Iomem Review"]'),
    });
    await window.clickLens('Review this patch', icon.locator('.badge-content', { hasText: /\d/ }));
    await icon.click();
    await row('v5.mbox').waitFor();
    await row(/^3\/3/).waitFor();
    await row('find_free_mem_region()').waitFor();
    await row('use-after-free').waitFor();
    assert.match((await row('v5.mbox').textContent()) ?? '', /introduced/);
    await window.picture('desk-1-series');
  });

  step('goes to the line of the patch, and keeps what was looked at', async () => {
    await row('use-after-free').click();
    await window.page.waitForTimeout(400);
    await row('1/3').locator('.monaco-custom-toggle, .monaco-checkbox, input').first().click();
    await window.page.locator('.pane-body', { hasText: /[1-9]\d* of \d+ reviewed/ }).waitFor();
    await window.picture('desk-2-reviewed');
  });

  step('opens all files of a series in the multi-diff editor', async () => {
    await row('v5.mbox').hover();
    await row('v5.mbox').locator('[aria-label^="Open All Changes"]').click();
    await window.page.locator('.multiDiffEditor, .multi-diff-root-floating-menu, .multiDiffEntry').first().waitFor();
    await window.page.waitForTimeout(700);
    await window.picture('desk-3-changes');
  });

  step('dismisses a finding, and offers quick fixes at its line', async () => {
    await window.page.locator('.tab', { hasText: 'v5.mbox' }).first().click();
    await row('use-after-free').click();
    await window.page.keyboard.press('Control+1');
    await window.page.keyboard.press('Control+.');
    const menu = window.page.locator('.action-widget');
    await menu
      .getByText(/use-after-free.*Make a comment of it/)
      .first()
      .waitFor();
    await window.picture('desk-4-fixes');
    await menu
      .getByText(/use-after-free.*Make a comment of it/)
      .first()
      .click();
    await window.page.locator('.review-widget').first().waitFor();
    await window.page.waitForTimeout(800);
    await window.picture('desk-5-comment');
  });

  step('composes a reply in an editor', async () => {
    await window.command('Iomem Review: Compose Reply');
    const view = window.page.locator('.editor-instance .view-lines').filter({ hasText: 'wrote:' });
    await view.first().waitFor();
    await window.page.waitForTimeout(500);
    await window.picture('desk-6-reply');
  });
});
