import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Editor, stepsOf, type Window } from './editor.ts';
import { eventually, isShown, persist, reads, testLimit } from './patience.ts';

describe('e2e: KUnit in the Test Explorer', function () {
  this.timeout(testLimit);
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
  const ends = (name: string, state: RegExp) =>
    eventually(async () => assert.match((await row(name).first().getAttribute('aria-label')) ?? '', state));
  const explorer = () => window.command('Testing: Focus on Test Explorer View');
  /** Opens a row's menu and takes an entry. A menu takes no click in the moment in which it opens: it is still there then. */
  const take = async (name: string, entry: string | RegExp, effect: Locator): Promise<void> => {
    const item = window.page.locator('.monaco-menu .action-menu-item', { hasText: entry });
    await persist(`the menu of ${name}`, async (timeout) => {
      if (!(await item.isVisible()))
        await row(name)
          .first()
          .click({ button: 'right', timeout })
          .catch(() => {});
      return isShown(item, timeout);
    });
    await persist(`${entry} in the menu`, async (timeout) => {
      await item.click({ timeout }).catch(() => {});
      return item.waitFor({ state: 'hidden', timeout }).then(
        () => true,
        () => false,
      );
    });
    await effect.first().waitFor();
  };

  step('lists the suites of the tree and their cases', async () => {
    await explorer();
    await row('resource_toy_kunit.c').click();
    await window.press('ArrowRight', row('toy_test_free_region'));
  });

  step('runs them on the tree as it is: one of them is wrong', async () => {
    await window.command('Test: Run All Tests');
    await ends('toy_test_wrong', /Failed/);
    await ends('toy_test_request', /Passed/);
    await ends('toy_test_free_region', /Passed/);
    await window.picture('kunit-1-tree');
  });

  step('runs them after the patch under review, with coverage of the lines', async () => {
    await window.goTo(1);
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await explorer();
    const profile = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'After the patch' });
    await take('resource_toy_kunit.c', 'Execute Using Profile', profile);
    await profile.last().click();
    await ends('toy_test_free_region', /Failed/);
    await ends('toy_test_request', /Passed/);
    // The lines of the allocator as the patch leaves it.
    await reads(window.page.locator('.test-coverage-list-item', { hasText: /^resource\.c/ }), /[1-9][\d.]*%/);
    await window.picture('kunit-2-after');
  });

  step('debugs a case with the profile for that', async () => {
    await explorer();
    await take('toy_test_wrong', /^Debug Test/, window.page.locator('.debug-toolbar'));
    await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
    const frames = window.page.locator('.debug-viewlet .debug-call-stack .monaco-list-row');
    await window.press('Control+Shift+D', frames.filter({ hasText: 'toy_test_wrong' }));
    await window.picture('kunit-3-debug');
    await window.page.locator('.debug-toolbar .codicon-debug-stop').click();
    await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    // The run ends with the session, with the case's result.
    await explorer();
    await ends('toy_test_wrong', /Failed/);
    const busy = window.page.locator('.test-explorer').locator('.codicon-testing-queued-icon, .codicon-loading');
    await eventually(async () => assert.equal(await busy.count(), 0));
  });
});
