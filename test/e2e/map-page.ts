import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../.ci/lib/browser.mjs';
import { root } from '../../.ci/lib/paths.mjs';
import { packReport } from '../../src/map/pack.ts';
import type { FromMap, ToMap } from '../../src/protocol.ts';
import type { Report } from '../../src/review/report.ts';
import { type ThemeName, themes } from './map-themes.ts';
import { patience } from './patience.ts';

/** Pictures for people to look at. */
const pictures = path.join(root, 'test-results');

interface PageWindow extends Window {
  posted: FromMap[];
}

/** The map's page as the extension serves it, in a real browser, with an editor that is not there. */
export class MapPages {
  readonly #browser: Browser;
  readonly #script: string;
  readonly #style: string;

  private constructor(browser: Browser, script: string, style: string) {
    this.#browser = browser;
    this.#script = script;
    this.#style = style;
  }

  static async start(): Promise<MapPages> {
    const bundle = async (entry: string) => {
      const { outputFiles } = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [entry],
        bundle: true,
        format: 'iife',
        target: 'es2022',
        write: false,
      });
      return outputFiles[0]!.text;
    };
    const [script, style] = [await bundle('media/map/main.ts'), await bundle('media/map/map.css')];
    return new MapPages(await launchChromium(), script, style);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }

  async open(
    report: Report | undefined,
    options: {
      theme?: ThemeName;
      width?: number;
      height?: number;
      ratio?: number;
      motion?: boolean;
      finding?: string;
      /** What the editor sends along in the person's language. */
      texts?: Readonly<Record<string, string>>;
      /** For scripts of the test that the policy would keep out. */
      bypassPolicy?: boolean;
    } = {},
  ): Promise<MapPage> {
    const context = await this.#browser.newContext({
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      deviceScaleFactor: options.ratio ?? 1,
      bypassCSP: options.bypassPolicy ?? false,
      reducedMotion: options.motion ? 'no-preference' : 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.setDefaultNavigationTimeout(patience);
    const theme = options.theme ?? 'vscode-dark';
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.route('http://map.test/**', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/map.js') return route.fulfill({ contentType: 'text/javascript', body: this.#script });
      if (pathname === '/map.css') return route.fulfill({ contentType: 'text/css', body: this.#style });
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html(theme, options.texts ?? {}) });
      return route.fulfill({ status: 204 });
    });
    await page.goto('http://map.test/');
    const opened = new MapPage(page, problems);
    await opened.waitFor('ready');
    if (report) await opened.send(report, options.finding);
    return opened;
  }
}

/** The page under the policy that the extension sets; variables and API stand in for the editor's. */
function html(theme: ThemeName, texts: Readonly<Record<string, string>>): string {
  const variables = Object.entries(themes[theme])
    .map(([name, value]) => `document.documentElement.style.setProperty('--vscode-${name}', ${JSON.stringify(value)});`)
    .join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-n'; style-src http://map.test; img-src data:">
<link rel="stylesheet" href="map.css">
<title>Address Map</title>
</head>
<body class="${theme}">
<main id="map"></main>
<script id="texts" type="application/json">${JSON.stringify(texts).replaceAll('<', '\\u003c')}</script>
<script nonce="n">
${variables}
window.posted = [];
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.posted.push(message),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
});
</script>
<script nonce="n" src="map.js"></script>
</body>
</html>`;
}

export class MapPage {
  readonly page: Page;
  /** Errors of the page and of its policy. */
  readonly problems: string[];
  constructor(page: Page, problems: string[]) {
    this.page = page;
    this.problems = problems;
  }

  /** How many different colours the canvas shows. */
  colours(): Promise<number> {
    return this.page.locator('canvas.map').evaluate((c: HTMLCanvasElement) => {
      const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3]! > 200) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
      return seen.size;
    });
  }

  async send(report: Report, finding?: string, wish?: number): Promise<void> {
    const message: ToMap = {
      type: 'report',
      name: 'sample.patch',
      report: packReport(report),
      ...(finding ? { finding } : {}),
      ...(wish === undefined ? {} : { wish }),
    };
    await this.post(message);
  }

  async post(message: ToMap): Promise<void> {
    // As one string: the driver's own way with large objects takes longer than all the rest.
    const plain = (_: string, value: unknown) => (value instanceof Uint32Array ? { words: [...value] } : value);
    await this.page.evaluate(
      (text) => {
        Object.assign(window, {
          message: JSON.parse(text, (_, value) => (Array.isArray(value?.words) ? new Uint32Array(value.words) : value)),
        });
      },
      JSON.stringify(message, plain),
    );
    await this.page.evaluate(async () => {
      const { message } = window as unknown as { message: unknown };
      const taken = new Promise((done) => window.addEventListener('message', done, { once: true }));
      window.postMessage(message, '*');
      await taken;
    });
    await this.settle();
  }

  /** Two frames: what was asked for has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20)))),
    );
  }

  /** What the page keeps for the next time. It puts that off for a moment, and timers of one page fire in their order. */
  async kept(): Promise<{ readonly left: string; readonly magnification: number }> {
    await this.settle();
    return this.page.evaluate(async () => {
      await new Promise((done) => setTimeout(done, 200));
      return JSON.parse(sessionStorage.getItem('state') ?? '{}');
    });
  }

  async posted(): Promise<FromMap[]> {
    return this.page.evaluate(() => (window as unknown as PageWindow).posted);
  }

  async waitFor(type: FromMap['type']): Promise<void> {
    await this.page.waitForFunction((t) => (window as unknown as PageWindow).posted.some((m) => m.type === t), type);
  }

  /** What the panel says of what is selected or under the pointer. */
  get facts() {
    return this.page.locator('.facts');
  }

  async factsText(): Promise<string> {
    return (await this.facts.textContent()) ?? '';
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `map-${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
