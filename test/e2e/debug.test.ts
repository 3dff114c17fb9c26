import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';

describe('e2e: a proof in the debugger', function () {
  this.timeout(150_000);
  let editor: Editor;
  let window: Window;

  const open = async (revision: string): Promise<void> => {
    const folder = path.join(editor.workspace, 'patches', revision);
    const [name = ''] = readdirSync(folder).filter((one) => one.endsWith('.patch'));
    window = await editor.open(`patches/${revision}/${name}`);
    await window.goTo(1);
  };
  before(async () => {
    editor = await Editor.start({
      settings: { 'workbench.colorTheme': 'Default Dark Modern', 'debug.internalConsoleOptions': 'neverOpen' },
    });
    await open('v1');
  });
  after(() => editor.stop());
  const step = stepsOf(() => window);
  const debug = () => window.page.locator('.debug-viewlet');
  const frames = () => debug().locator('.debug-call-stack .monaco-list-row');
  const variables = () => debug().locator('.debug-variables .monaco-list-row');
  const stack = async (): Promise<string> => (await frames().allTextContents()).join(' ');
  const stands = (text: RegExp) => debug().locator('.debug-call-stack .monaco-list-row', { hasText: text }).first();
  const choose = (text: string) =>
    window.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  /** Shows what a scope holds. The rows are drawn anew with each stop: what was clicked may be gone. */
  const unfold = async (scope: string, shown: string): Promise<void> => {
    const row = variables().filter({ hasText: shown }).first();
    const twistie = (name: string, state: string) =>
      variables().filter({ hasText: name }).locator(`.monaco-tl-twistie${state}`).first();
    // The view is low: what is folded leaves room.
    const open = twistie('Arguments', ':not(.collapsed)');
    for (let i = 0; i < 8 && (!(await row.isVisible()) || (await open.isVisible())); i++) {
      if (await open.isVisible()) await open.click({ timeout: 2000 }).catch(() => {});
      await twistie(scope, '.collapsed')
        .click({ timeout: 2000 })
        .catch(() => {});
      await row.waitFor({ timeout: 2000 }).catch(() => {});
    }
    await row.waitFor({ timeout: 2000 });
  };
  const tool = (name: string) => window.page.locator(`.debug-toolbar .codicon-debug-${name}`).click();
  const stop = async (): Promise<void> => {
    await window.page.keyboard.press('Shift+F5');
    await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  };

  step('stops at the first statement of the proving scenario', async () => {
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.command('Iomem Review: Debug Proof…');
    await choose('recursive-lock');
    await window.page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
    await window.page.keyboard.press('Control+Shift+D');
    await stands(/claim-and-search/).waitFor();
    await window.picture('debug-1-entry');
  });

  step('goes on to the problem, with the locks that are held, in the text that the patch made', async () => {
    await window.page.keyboard.press('F5');
    await debug().getByText('recursive-lock: read_lock').first().waitFor();
    await stands(/region_intersects/).waitFor();
    await unfold('Locks held', 'write, by write_lock()');
    await window.picture('debug-2-problem');
    assert.match((await frames().allTextContents()).join(' '), /revoke_iomem/);
  });

  step('steps back, out of the call that never returns', async () => {
    await tool('step-back');
    await window.page.waitForFunction(
      () => !document.querySelector('.debug-call-stack')?.textContent?.includes('region_intersects'),
    );
    await window.picture('debug-3-back');
    await stop();
  });

  step('walks through the race: breakpoints in the tree, the claim that fails, and back to the check', async () => {
    await window.close();
    await open('v4');
    await window.clickLens('Review this patch', window.lens(/fixed/));
    await window.command('Iomem Review: Show Address Map');
    await window.webview().locator('.stage canvas, canvas').first().waitFor();
    const source = readFileSync(path.join(editor.workspace, 'kernel/resource.c'), 'utf8').split('\n');
    await window.page.keyboard.press('Control+1');
    await window.page.keyboard.press('F1');
    await window.page.locator('.quick-input-widget input[type=text]').fill('kernel/resource.c');
    await choose('resource.c');
    await window.tab('resource.c');
    for (const text of ['return ERR_PTR(-ENOMEM);', 'if (region_intersects(addr, size']) {
      await window.goTo(source.findIndex((line) => line.includes(text)) + 1);
      await window.page.keyboard.press('F9');
    }
    await window.command('Iomem Review: Debug Proof…');
    await window.page.getByPlaceholder('Whose proof?').fill('EXPECT(!IS_ERR(a))');
    await choose('race-search-request');
    await window.page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
    await window.page.keyboard.press('Control+Shift+D');
    await frames().first().waitFor();
    // The check, then the claim that fails.
    for (let i = 0; i < 6 && !/816/.test(await stack()); i++) {
      await window.page.keyboard.press('F5');
      await window.page.waitForTimeout(1000);
    }
    assert.match(await stack(), /816/);
    await window.picture('debug-4-claim');
    const row = window.webview().locator('.timeline .step .what');
    assert.match((await row.textContent()) ?? '', /step \d+ of \d+, search/);
    await window.page.keyboard.press('Control+1');
    await tool('reverse-continue');
    await window.page.waitForTimeout(1000);
    for (let i = 0; i < 4 && !/808/.test(await stack()); i++) {
      await tool('reverse-continue');
      await window.page.waitForTimeout(1000);
    }
    await window.picture('debug-5-check');
    // It stays there: what the map shows does not lead the debugger on.
    assert.match(await stack(), /find_free_mem_region[^:]*808:3/);
    // A click on the timeline's last step leads the debugger there.
    await window.webview().getByRole('button', { name: 'Last step' }).click();
    await window.page.waitForFunction(
      () => !document.querySelector('.debug-call-stack')?.textContent?.includes('808:3'),
    );
    await window.picture('debug-6-led');
    await stop();
  });

  step('shows before and after side by side, stopped where they part', async () => {
    await window.command('View: Close All Editors');
    await window.command('Iomem Review: Debug Proof Before and After…');
    await window.page.getByPlaceholder('Whose proof?').fill('-ERANGE after');
    await choose('-ERANGE after');
    await debug().getByText('Before and after part here').nth(1).waitFor({ timeout: 60_000 });
    const sources = window.page.locator('.tab', { hasText: 'resource.c' });
    await sources.nth(1).waitFor();
    await window.page.waitForTimeout(1000);
    await window.picture('debug-7-both');
    assert.equal(await sources.count(), 2);
    await unfold('Locals', 'addr');
    // They step together, until something has another value there.
    const differing = variables().filter({ hasText: '≠' }).first();
    for (let i = 0; i < 4 && !(await differing.isVisible()); i++) {
      await window.page.keyboard.press('F10');
      await window.page.waitForTimeout(1000);
    }
    await window.picture('debug-8-lockstep');
    await differing.waitFor();
  });
});
