/*
 * The table of a schedule in a real browser, under the policy that the extension sets: rows, threads, locks, changes of the
 * tree, keys, and what its buttons ask for.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../.ci/lib/browser.mjs';
import { root } from '../../.ci/lib/paths.mjs';
import { MemoryTree } from '../../src/base/tree.ts';
import type { FromSchedule, ToSchedule } from '../../src/protocol.ts';
import { timelineOf } from '../../src/review/timeline/timeline.ts';
import { readModelFiles } from '../support/model-files.ts';
import { type ThemeName, themes } from './map-themes.ts';
import { patience, testLimit } from './patience.ts';

const scenario = `#include <iomem-review.h>
#include <linux/ioport.h>
static DEFINE_RWLOCK(lock); static DEFINE_SPINLOCK(other);
static struct resource low = { .name = "<b>low</b>", .start = 0x1000, .end = 0x1fff };
THREAD(nouveau)
{
	write_lock(&lock);
	low.parent = &iomem_resource;
	iomem_resource.child = &low;
	spin_lock(&other);
	spin_unlock(&other);
	write_unlock(&lock);
}
THREAD(hotplug)
{
	spin_lock(&other);
	read_lock(&lock);
	read_unlock(&lock);
	spin_unlock(&other);
}
`;

describe('e2e: the table of a schedule', function () {
  this.timeout(testLimit);
  let browser: Browser;
  let script = '';
  let style = '';
  let message: ToSchedule;

  before(async () => {
    const bundle = async (entry: string): Promise<string> => {
      const built = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [entry],
        bundle: true,
        format: 'iife',
        target: 'es2022',
        write: false,
      });
      return built.outputFiles[0]!.text;
    };
    [script, style] = [await bundle('media/schedule/main.ts'), await bundle('media/schedule/schedule.css')];
    const tree = new MemoryTree(
      new Map([
        [
          'kernel/resource.c',
          '#include <linux/ioport.h>\nstruct resource iomem_resource = { .name = "PCI mem", .end = -1 };\n',
        ],
      ]),
    );
    const after = await timelineOf({
      scenarioName: 's.c',
      scenarioText: scenario,
      model: readModelFiles(),
      tree,
      machine: 'empty',
      schedule: 'a1-b1',
      world: 'after',
    });
    message = { type: 'schedule', title: 'no thread can go on', timelines: { after }, world: 'after' };
    browser = await launchChromium();
  });
  after(() => browser?.close());

  async function open(theme: ThemeName): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 620 } });
    page.setDefaultTimeout(patience);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (entry) => entry.type() === 'error' && problems.push(entry.text()));
    const variables = Object.entries(themes[theme])
      .map(
        ([name, value]) => `document.documentElement.style.setProperty('--vscode-${name}', ${JSON.stringify(value)});`,
      )
      .join('\n');
    const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-n'; style-src http://schedule.test">
<link rel="stylesheet" href="schedule.css"><title>Schedule</title></head><body class="${theme}"><main id="schedule"></main>
<script nonce="n">${variables}
window.posted = []; window.acquireVsCodeApi = () => ({ postMessage: (m) => window.posted.push(m) });</script>
<script nonce="n" src="schedule.js"></script></body></html>`;
    await page.route('http://schedule.test/**', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/schedule.js') return route.fulfill({ contentType: 'text/javascript', body: script });
      if (pathname === '/schedule.css') return route.fulfill({ contentType: 'text/css', body: style });
      return pathname === '/'
        ? route.fulfill({ contentType: 'text/html', body: html })
        : route.fulfill({ status: 204 });
    });
    await page.goto('http://schedule.test/');
    await page.evaluate((m) => window.postMessage(m, '*'), message as never);
    await page.waitForSelector('table');
    return { page, problems };
  }
  const posted = (page: Page): Promise<FromSchedule[]> =>
    page.evaluate(() => (window as unknown as { posted: FromSchedule[] }).posted);

  for (const theme of ['vscode-dark', 'vscode-light', 'vscode-high-contrast'] as ThemeName[]) {
    it(`shows thread by thread what happened (${theme})`, async () => {
      const { page, problems } = await open(theme);
      const heads = await page.getByRole('columnheader').allTextContents();
      assert.deepEqual(heads, ['Step', 'a nouveau', 'b hotplug', 'Locks held', 'Changed in the tree']);
      const rows = await page.locator('tbody tr').all();
      const cells = await Promise.all(rows.map((row) => row.locator('td').allTextContents()));
      const linked = cells.find((row) => /^\+ “<b>low<\/b>” \[0x1000-0x1fff\] in iomem_resource$/.test(row[3] ?? ''));
      assert.ok(linked, JSON.stringify(cells));
      assert.match(linked[0] ?? '', /iomem_resource\.child = &low;/);
      assert.equal(linked[1], '', 'the other thread stands still');
      assert.equal(linked[2], 'lock (write)');
      assert.equal((await page.locator('tr.wait').all()).length, 2);
      assert.match((await page.locator('footer').textContent()) ?? '', /deadlock/);
      await page.screenshot({ path: path.join(root, `test-results/schedule-${theme}.png`) });
      assert.deepEqual(problems, []);
      await page.close();
    });
  }

  it('is reached with the keyboard, leads to the source, and is copied', async () => {
    const { page } = await open('vscode-dark');
    await page.locator('tbody tr').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.row), '2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    const last = (await page.locator('tbody tr').count()) - 1;
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.row), String(last));
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await page.getByRole('button', { name: 'Copy scenario with schedule' }).click();
    const [ready, opened, ...copies] = await posted(page);
    assert.deepEqual(ready, { type: 'ready' });
    assert.equal(opened?.type === 'open' && opened.place.line, 16);
    assert.deepEqual(copies, [
      { type: 'copyText', world: 'after' },
      { type: 'copyScenario', world: 'after' },
    ]);
    await page.close();
  });
});
