import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';

describe('e2e: KUnit in the Test Explorer', function () {
  this.timeout(120_000);
  let editor: Editor;
  let window: Window;

  before(async () => {
    editor = await Editor.start({ settings: { 'workbench.colorTheme': 'Default Light Modern' } });
    const [name = ''] = readdirSync(path.join(editor.workspace, 'patches/v1')).filter((one) => one.endsWith('.patch'));
    window = await editor.open(`patches/v1/${name}`);
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);
  const row = (name: string) => window.page.locator('.test-explorer .monaco-list-row', { hasText: name });
  /** What a screen reader says of a case: its name and state. */
  const stateOf = async (name: string) => (await row(name).first().getAttribute('aria-label')) ?? '';

  step('lists the suites of the tree and their cases', async () => {
    await window.command('Testing: Focus on Test Explorer View');
    await row('resource_toy_kunit.c').waitFor();
    await row('resource_toy_kunit.c').click();
    await window.page.keyboard.press('ArrowRight');
    await row('toy_test_free_region').waitFor();
  });

  step('runs them on the tree as it is: one of them is wrong', async () => {
    await window.command('Test: Run All Tests');
    await window.page.locator('.test-explorer .codicon-testing-failed-icon').first().waitFor({ timeout: 60_000 });
    await window.picture('kunit-1-tree');
    assert.match(await stateOf('toy_test_request'), /Passed/);
    assert.match(await stateOf('toy_test_free_region'), /Passed/);
    assert.match(await stateOf('toy_test_wrong'), /Failed/);
  });

  step('runs them after the patch under review, with coverage of the lines', async () => {
    await window.goTo(1);
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.command('Testing: Focus on Test Explorer View');
    await row('resource_toy_kunit.c').click({ button: 'right' });
    const entry = window.page.locator('.monaco-menu .action-menu-item', { hasText: 'Execute Using Profile' });
    await entry.hover();
    // A menu takes no click in the moment in which it opens.
    await window.page.waitForTimeout(300);
    await entry.click();
    const profile = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'After the patch' });
    await profile.last().waitFor();
    await profile.last().click();
    await window.page.waitForFunction(
      () => document.querySelectorAll('.test-explorer .codicon-testing-failed-icon').length >= 3,
      undefined,
      { timeout: 60_000 },
    );
    await window.picture('kunit-2-after');
    assert.match(await stateOf('toy_test_request'), /Passed/);
    assert.match(await stateOf('toy_test_free_region'), /Failed/);
    // The lines of the allocator as the patch leaves it.
    const covered = window.page.locator('.test-coverage-list-item', { hasText: /^resource\.c/ });
    assert.match((await covered.textContent()) ?? '', /[1-9][\d.]*%/);
  });

  step('debugs a case with the profile for that', async () => {
    await window.command('Testing: Focus on Test Explorer View');
    await row('toy_test_wrong').first().click({ button: 'right' });
    const entry = window.page.locator('.monaco-menu .action-menu-item', { hasText: /^Debug Test/ });
    await entry.hover();
    await window.page.waitForTimeout(300);
    await entry.click();
    await window.page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
    await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
    await window.page.keyboard.press('Control+Shift+D');
    const frame = window.page.locator('.debug-viewlet .debug-call-stack .monaco-list-row', {
      hasText: 'toy_test_wrong',
    });
    await frame.first().waitFor();
    await window.picture('kunit-3-debug');
    await window.page.locator('.debug-toolbar .codicon-debug-stop').click();
    await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    // The run ends with the session, with the case's result.
    await window.command('Testing: Focus on Test Explorer View');
    await window.page.waitForFunction(
      () =>
        document.querySelectorAll('.test-explorer .codicon-testing-queued-icon, .test-explorer .codicon-loading')
          .length === 0,
    );
    assert.match(await stateOf('toy_test_wrong'), /Failed/);
  });
});
