/*
 * What calls cost, in a real browser and under the policy that the extension sets: a plot and a table for each cost, in the themes'
 * colours and, where there are none, told apart by shape.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../.ci/lib/browser.mjs';
import { root } from '../../.ci/lib/paths.mjs';
import type { ToCost } from '../../src/protocol.ts';
import type { SearchCost } from '../../src/review/report.ts';
import { type ThemeName, themes } from './map-themes.ts';
import { patience, testLimit } from './patience.ts';

const sizes = [4, 8, 16, 24, 32, 48, 64];
const cost = (measure: string, shape: string, after: (n: number) => number, growth: string): SearchCost => ({
  operation: 'lookup_resource',
  shape,
  measure,
  before: sizes.map((size) => ({ size, cost: 12 + 4 * size })),
  after: sizes.map((size) => ({ size, cost: after(size) })),
  growth: { before: 'linear', after: growth },
  plot: [],
});
const message: ToCost = {
  type: 'costs',
  title: 'What calls cost: resource: <b>look</b> twice',
  costs: [
    cost('statements', 'neighbours', (n) => 20 + n * n, 'quadratic'),
    { ...cost('lock hold', 'nested', (n) => 30 + 6 * n, 'linear'), after: [] },
  ],
};

describe('e2e: what calls cost', function () {
  this.timeout(testLimit);
  let browser: Browser;
  let script = '';
  let style = '';

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
    [script, style] = [await bundle('media/cost/main.ts'), await bundle('media/cost/cost.css')];
    browser = await launchChromium();
  });
  after(() => browser?.close());

  for (const theme of ['vscode-dark', 'vscode-light', 'vscode-high-contrast'] as ThemeName[]) {
    it(`plots both worlds and has the numbers as a table (${theme})`, async () => {
      const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
      page.setDefaultTimeout(patience);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (entry) => entry.type() === 'error' && problems.push(entry.text()));
      const variables = JSON.stringify(Object.entries(themes[theme]));
      const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-n'; style-src http://cost.test">
<link rel="stylesheet" href="cost.css"><title>Cost</title></head><body class="${theme}"><main id="cost"></main>
<script nonce="n">for (const [name, value] of ${variables}) document.documentElement.style.setProperty('--vscode-' + name, value);
window.posted = []; window.acquireVsCodeApi = () => ({ postMessage: (m) => window.posted.push(m) });</script>
<script nonce="n" src="cost.js"></script></body></html>`;
      await page.route('http://cost.test/**', (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname === '/cost.js') return route.fulfill({ contentType: 'text/javascript', body: script });
        if (pathname === '/cost.css') return route.fulfill({ contentType: 'text/css', body: style });
        return pathname === '/'
          ? route.fulfill({ contentType: 'text/html', body: html })
          : route.fulfill({ status: 204 });
      });
      await page.goto('http://cost.test/');
      assert.deepEqual(await page.evaluate(() => (window as unknown as { posted: unknown[] }).posted), [
        { type: 'ready' },
      ]);
      await page.evaluate((m) => window.postMessage(m, '*'), message as never);
      await page.waitForSelector('table');
      assert.equal(await page.locator('h1').textContent(), message.title);
      assert.deepEqual(await page.locator('h2').allTextContents(), [
        'lookup_resource(): statements executed, regions side by side',
        'lookup_resource(): statements while a lock is held, regions nested in one another',
      ]);
      assert.deepEqual(await page.locator('.legend li').allTextContents(), [
        'before the patch: grows linearly, 268 with 64 regions',
        'after the patch: grows quadratically, 4116 with 64 regions',
        'before the patch: grows linearly, 268 with 64 regions',
        'after the patch: cut off',
      ]);
      const [first, second] = await page.locator('figure').all();
      assert.equal(await first!.locator('circle.before').count(), sizes.length);
      assert.equal(await first!.locator('rect.after').count(), sizes.length);
      assert.equal(await second!.locator('rect.after').count(), 0);
      const table = page.getByRole('table', { name: 'lookup_resource(): statements executed, regions side by side' });
      assert.deepEqual(await table.locator('tbody tr').last().locator('th, td').allTextContents(), [
        '64',
        '268',
        '4116',
      ]);
      assert.deepEqual(await second!.locator('tbody tr').last().locator('td').allTextContents(), ['268', 'cut off']);
      const images = await page.getByRole('img').all();
      assert.match((await images[0]!.getAttribute('aria-label')) ?? '', /the table has the numbers$/);
      await page.screenshot({ path: path.join(root, `test-results/cost-${theme}.png`) });
      assert.deepEqual(problems, []);
      await page.close();
    });
  }
});
