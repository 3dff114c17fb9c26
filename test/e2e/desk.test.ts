import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Editor, stepsOf, type Window } from './editor.ts';
import { eventually, isShown, persist, reads, testLimit } from './patience.ts';

describe('e2e: the desk of reviews', function () {
  this.timeout(testLimit);
  let editor: Editor;
  let window: Window;
  /** An archive of our own, and what it was asked for. */
  let archive: Server;
  const asked: string[] = [];
  let origin = '';

  before(async () => {
    const mbox = gzipSync(readFileSync(path.join(import.meta.dirname, '../fixtures/seed-series/v1.mbox')));
    archive = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(mbox);
    });
    await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(archive.address() as AddressInfo).port}`;
    editor = await Editor.start({
      settings: {
        'workbench.colorTheme': 'Default Dark Modern',
        // No tooltip covers what is clicked next.
        'workbench.hover.delay': 100_000,
      },
    });
    window = await editor.open('patches/v5.mbox');
  });
  after(async () => {
    archive.close();
    await editor.stop();
  });
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
    await reads(row('v5.mbox'), /introduced/);
    await window.picture('desk-1-series');
  });

  step('goes to the line of the patch, and keeps what was looked at', async () => {
    await row('use-after-free').click();
    // Where the patch says it: not the first line any more.
    await window.page.locator('.statusbar-item', { hasText: /Ln \d{2,}/ }).waitFor();
    await row('1/3').locator('.monaco-custom-toggle, .monaco-checkbox, input').first().click();
    await window.page.locator('.pane-body', { hasText: /[1-9]\d* of \d+ reviewed/ }).waitFor();
    await window.picture('desk-2-reviewed');
  });

  step('opens all files of a series in the multi-diff editor', async () => {
    await row('v5.mbox').hover();
    await row('v5.mbox').locator('[aria-label^="Open All Changes"]').click();
    await window.page.locator('.multiDiffEditor, .multi-diff-root-floating-menu, .multiDiffEntry').first().waitFor();
    await window.page.locator('.multiDiffEntry .line-insert').first().waitFor();
    await window.picture('desk-3-changes');
  });

  step('dismisses a finding, and offers quick fixes at its line', async () => {
    await window.page.locator('.tab', { hasText: 'v5.mbox' }).first().click();
    await row('use-after-free').click();
    const fix = window.page
      .locator('.action-widget')
      .getByText(/use-after-free.*Make a comment of it/)
      .first();
    await persist('quick fixes', async (time) => {
      await window.page.keyboard.press('Control+1');
      await window.page.keyboard.press('Control+.');
      if (await isShown(fix, time)) return true;
      await window.page.keyboard.press('Escape');
      return false;
    });
    await window.picture('desk-4-fixes');
    await fix.click();
    await window.page.locator('.review-widget', { hasText: 'use-after-free' }).first().waitFor();
    await window.picture('desk-5-comment');
  });

  step('composes a reply in an editor', async () => {
    await window.command('Iomem Review: Compose Reply');
    const view = window.page.locator('.editor-instance .view-lines').filter({ hasText: 'wrote:' });
    await view.first().waitFor();
    await window.picture('desk-6-reply');
  });

  step('tells on a changed line its values before and after, in the scenario that proves a finding', async () => {
    await window.page.locator('.tab', { hasText: 'v5.mbox' }).first().click();
    const hover = window.page.locator('.monaco-hover', { hasText: 'Values in the proving scenario' });
    await persist('the hover', async (time) => {
      await window.goTo(303, 57);
      await window.page.keyboard.press('Control+K');
      await window.page.keyboard.press('Control+I');
      return isShown(hover, time);
    });
    await reads(hover, /addr\s*.*before: 0x[\da-f]+.*after: 0x[\da-f]+/s);
    await window.picture('desk-7-values');
    await window.page.keyboard.press('Escape');
    await hover.waitFor({ state: 'hidden' });
  });

  step('shows values behind the lines while the proof is replayed, on the source and on the patch', async () => {
    await window.command('View: Toggle Panel Visibility');
    await window.command('Iomem Review: Show Address Map');
    await window.webview().getByRole('button', { name: 'Timeline', exact: true }).click();
    await window.command('View: Toggle Primary Side Bar Visibility');
    await window.webview().getByRole('button', { name: 'Last step' }).click();
    const values = await inlineValues();
    assert.ok(
      values.some((one) => /^"?\w[\w>.-]* = \S/.test(one)),
      values.join('\n'),
    );
    await window.picture('desk-8-replay');
    // A step in code that the patch shows.
    await window.webview().getByRole('button', { name: 'Before the first step' }).click();
    await window
      .webview()
      .locator('.timeline .steps button', { hasText: 'read_unlock(resource_lock)' })
      .first()
      .click();
    await window.page.locator('.tab', { hasText: 'v5.mbox' }).first().click();
    await window.goTo(106);
    assert.ok((await inlineValues()).length > 0, 'on the patch, too');
    await window.picture('desk-9-replay-patch');
    await window.command('View: Toggle Primary Side Bar Visibility');
  });

  step('keeps in the next revision what was looked at, where the patch is the same', async () => {
    await window.openFile('v6.mbox');
    await window.command('Iomem Review: Review Patch');
    // The first of its patches, and so two functions of five.
    await row(/v6\.mbox.*2\/5/).waitFor();
    await window.picture('desk-10-next-revision');
  });

  step('fetches from an archive only what the person allowed, each time', async () => {
    const fetchIt = async (answer: string) => {
      await window.command('Iomem Review: Review from Mailing List Archive…');
      const input = window.page.locator('.quick-input-widget input[type=text]');
      // Not the palette's any more.
      await window.page.locator('.quick-input-widget', { hasText: 'Message-ID' }).waitFor();
      // A link names its own server.
      await input.fill(`${origin}/all/20210325091000-0-ada@example.org/`);
      await input.press('Enter');
      const dialog = window.page.locator('.monaco-dialog-box', { hasText: `Fetch a thread from ${origin}?` });
      await dialog.waitFor();
      if (answer !== 'Cancel') await window.picture('desk-11-network');
      await dialog.getByRole('button', { name: answer }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await fetchIt('Cancel');
    assert.deepEqual(asked, []);
    for (const times of [1, 2]) {
      await fetchIt('Fetch It Once');
      // The view's list may be too long for its row to be in sight.
      await window.page.locator('.tab.active', { hasText: `Untitled-${times + 1}` }).waitFor();
      await window
        .lens(/introduced/)
        .first()
        .waitFor();
      // Nor was it asked after the person had refused.
      assert.equal(asked.length, times);
    }
  });

  step('has a walkthrough, with its pictures', async () => {
    await window.command('Welcome: Open Walkthrough...');
    const input = window.page.locator('.quick-input-widget input[type=text]');
    const ours = window.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Review a Kernel Patch' })
      .first();
    await persist('our walkthrough in the list', async (time) => {
      await input.fill('Review a Kernel Patch', { timeout: time }).catch(() => {});
      return isShown(ours, time);
    });
    await ours.click();
    await window.page.locator('.getting-started-step', { hasText: 'Review a patch' }).first().click();
    // Shown beside the steps where there is room; beside the map there is none.
    const picture = window.page.locator('.getting-started-media img');
    await picture.waitFor({ state: 'attached' });
    await eventually(async () =>
      assert.match((await picture.getAttribute('srcset')) ?? '', /media%2Freadme%2Ffinding\.png/),
    );
    await window.picture('desk-12-walkthrough');
  });

  /** Texts that decorations put behind lines: they are in the style, not in the document. */
  async function inlineValues(): Promise<readonly string[]> {
    const found = await window.page.waitForFunction(() => {
      const all = [...document.querySelectorAll('.monaco-editor .view-line span[class*="ced-"]')].map(
        (one) => getComputedStyle(one, '::after').content,
      );
      const values = all.filter((one) => one.includes(' = '));
      return values.length > 0 ? values : undefined;
    });
    return (await found.jsonValue()) ?? [];
  }
});
