import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';

describe('e2e: a proof in the debugger', function () {
  this.timeout(120_000);
  let editor: Editor;
  let window: Window;

  before(async () => {
    editor = await Editor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    const [name = ''] = readdirSync(path.join(editor.workspace, 'patches/v1')).filter((one) => one.endsWith('.patch'));
    window = await editor.open(`patches/v1/${name}`);
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);
  const debug = () => window.page.locator('.debug-viewlet');
  const frames = () => debug().locator('.debug-call-stack .monaco-list-row');

  step('stops at the first statement of the proving scenario', async () => {
    await window.goTo(1);
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.command('Iomem Review: Debug Proof…');
    const choice = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'recursive-lock' });
    await choice.first().click();
    await window.page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
    await window.page.locator('.debug-top-stack-frame-column, .codicon-debug-stackframe').first().waitFor();
    await window.page.keyboard.press('Control+Shift+D');
    await frames().first().waitFor();
    await window.picture('debug-1-entry');
  });

  step('goes on to the problem, with the locks that are held, in the text that the patch made', async () => {
    await window.page.keyboard.press('F5');
    await window.page.locator('.exception-widget').waitFor({ timeout: 30_000 });
    await window.page.waitForTimeout(1000);
    await window.picture('debug-2-problem');
    assert.match((await window.page.locator('.exception-widget').textContent()) ?? '', /recursive-lock/);
    const names = (await frames().allTextContents()).join(' ');
    assert.match(names, /revoke_iomem|region_intersects|devmem_is_allowed/);
  });

  step('steps back', async () => {
    const line = async () => (await window.page.locator('.statusbar-item', { hasText: /^Ln \d+/ }).textContent()) ?? '';
    const before = await line();
    await window.page.locator('.debug-toolbar .codicon-debug-step-back').click();
    await window.page.locator('.exception-widget').waitFor({ state: 'hidden' });
    await window.page.waitForFunction((was) => !document.body.textContent?.includes(was), before);
    await window.picture('debug-3-back');
    await window.page.keyboard.press('Shift+F5');
  });
});
