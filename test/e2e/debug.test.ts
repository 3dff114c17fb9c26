import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';
import { eventually, isShown, persist, reads, testLimit } from './patience.ts';

describe('e2e: a proof in the debugger', function () {
  this.timeout(testLimit);
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
  const stands = (text: RegExp): Promise<void> => frames().filter({ hasText: text }).first().waitFor();
  const choose = (text: string) =>
    window.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  const pane = (name: string) =>
    debug()
      .locator('.pane')
      .filter({ has: window.page.locator('.title', { hasText: name }) });
  /** The debugger's views. A list has only the rows that are in sight: variables get all the room that there is. */
  const showViews = async (): Promise<void> => {
    await window.page.locator('.debug-toolbar').waitFor();
    await window.press('Control+Shift+D', frames());
    for (const name of ['Watch', 'Loaded Scripts', 'Breakpoints']) {
      const header = pane(name).locator('.pane-header');
      const folded = header.and(window.page.locator('[aria-expanded=false]'));
      await header.waitFor();
      await persist(`fold ${name}`, async (time) => {
        if (await folded.isVisible()) return true;
        await header.click({ timeout: time }).catch(() => {});
        return isShown(folded, time);
      });
    }
    const { mouse } = window.page;
    await persist('make the variables higher', async () => {
      const { x, y, height } = (await pane('Variables').boundingBox())!;
      if (y + height > 550) return true;
      await mouse.move(x + 100, y + height);
      await mouse.down();
      await mouse.move(x + 100, 600, { steps: 5 });
      await mouse.up();
      return false;
    });
  };
  /** Shows what a scope holds. The rows are drawn anew with each stop: what was clicked may be gone. */
  const unfold = (scope: string, shown: string): Promise<void> => {
    const row = variables().filter({ hasText: shown });
    const folded = variables().filter({ hasText: scope }).locator('.monaco-tl-twistie.collapsed').first();
    return persist(`${scope} with ${shown}`, async (time) => {
      if (!(await row.first().isVisible()) && (await folded.isVisible()))
        await folded.click({ timeout: time }).catch(() => {});
      return isShown(row, time);
    });
  };
  /** A button takes no click before the session stands: no step is lost. */
  const tool = (name: string) => window.page.locator(`.debug-toolbar .codicon-debug-${name}`).click();
  const stop = async (): Promise<void> => {
    await window.page.keyboard.press('Shift+F5');
    await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  };

  step('stops at the first statement of the proving scenario', async () => {
    await window.clickLens('Review this patch', window.lens(/introduced/));
    await window.command('Iomem Review: Debug Proof…');
    await choose('recursive-lock');
    await showViews();
    await stands(/claim-and-search/);
    await window.picture('debug-1-entry');
  });

  step('goes on to the problem, with the locks that are held, in the text that the patch made', async () => {
    await tool('continue');
    await debug().getByText('recursive-lock: read_lock').first().waitFor();
    await stands(/region_intersects/);
    await stands(/revoke_iomem/);
    await unfold('Locks held', 'write, by write_lock()');
    await window.picture('debug-2-problem');
  });

  step('steps back, out of the call that never returns', async () => {
    await tool('step-back');
    await eventually(async () => assert.match(await stack(), /^(?!.*region_intersects).*find_free_mem_region/));
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
    await window.openFile('kernel/resource.c');
    const stopAt = async (text: string): Promise<void> => {
      const line = source.findIndex((one) => one.includes(text)) + 1;
      await window.goTo(line);
      const glyphs = window.page.locator('.glyph-margin-widgets [class*="codicon-debug-breakpoint"]');
      const had = await glyphs.count();
      await window.press('F9', glyphs.nth(had));
    };
    await stopAt('return ERR_PTR(-ENOMEM);');
    await window.command('Iomem Review: Debug Proof…');
    await window.page.getByPlaceholder('Whose proof?').fill('EXPECT(!IS_ERR(a))');
    await choose('race-search-request');
    await showViews();
    // The claim that fails.
    await tool('continue');
    await stands(/816/);
    await window.picture('debug-4-claim');
    const row = window.webview().locator('.timeline .step .what');
    const claim = await reads(row, /step \d+ of \d+, search/);
    await window.page.keyboard.press('Control+1');
    await stopAt('if (region_intersects(addr, size');
    // Back, to the check.
    await tool('reverse-continue');
    await stands(/find_free_mem_region[^:]*808:3/);
    // It stays there: what the map shows does not lead the debugger on.
    await eventually(async () => assert.notEqual(await row.textContent(), claim));
    await window.picture('debug-5-check');
    assert.match(await stack(), /find_free_mem_region[^:]*808:3/);
    // Behind the lines stands what the variables hold.
    await window.page
      .locator('.monaco-editor .view-line', { hasText: /end\s=\s0x[\da-f]+/ })
      .first()
      .waitFor();
    // A click on the timeline's last step leads the debugger there.
    await window.webview().getByRole('button', { name: 'Last step' }).click();
    await eventually(async () => assert.match(await stack(), /^(?!.*808:3).*:\d/));
    // There, it shows what it shows anywhere.
    await variables().first().waitFor();
    await window.picture('debug-6-led');
    await stop();
  });

  step('shows before and after side by side, stopped where they part', async () => {
    await window.command('View: Close All Editors');
    await window.command('Iomem Review: Debug Proof Before and After…');
    await window.page.getByPlaceholder('Whose proof?').fill('-ERANGE after');
    await choose('-ERANGE after');
    await debug().getByText('Before and after part here').nth(1).waitFor();
    await showViews();
    const sources = window.page.locator('.tab', { hasText: 'resource.c' });
    await eventually(async () => assert.equal(await sources.count(), 2));
    await window.picture('debug-7-both');
    await unfold('Locals', 'addr');
    // They step together, whichever of the two has the focus, until something has another value there.
    for (const line of [/(804|827):\d/, /(805|828):\d/]) {
      await tool('step-over');
      await stands(line);
    }
    await variables().filter({ hasText: '≠' }).first().waitFor();
    await window.picture('debug-8-lockstep');
  });
});
