import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchChromium } from '../../.ci/lib/browser.mjs';
import { root } from '../../.ci/lib/paths.mjs';
import { makeSample } from '../../.ci/lib/sample.mjs';
import { remoteUri, startServer, windowAddress } from '../../.ci/lib/vscode-server.mjs';
import { installVsix, makeVsix } from '../../.ci/lib/vsix.mjs';
import { isShown, patience, persist } from './patience.ts';

/** Pictures for people to look at. */
const pictures = path.join(root, 'test-results');

type Server = Awaited<ReturnType<typeof startServer>>;

/** Made once for all editors of this process. */
let vsix: Promise<string> | undefined;

/** A VS Code with the extension and a copy of the sample, in a real browser. */
export class Editor {
  readonly workspace: string;
  readonly #data: string;
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(data: string, workspace: string, server: Server, browser: Browser) {
    this.#data = data;
    this.workspace = workspace;
    this.#server = server;
    this.#browser = browser;
  }

  static async start(options: { settings?: Record<string, unknown>; trust?: boolean } = {}): Promise<Editor> {
    const data = mkdtempSync(path.join(tmpdir(), 'iomem-review-e2e-'));
    const workspace = await makeSample(path.join(data, 'workspace'));
    // What ships, as a person gets it.
    vsix ??= process.env.IOMEM_REVIEW_VSIX
      ? Promise.resolve(process.env.IOMEM_REVIEW_VSIX)
      : makeVsix(path.join(tmpdir(), `iomem-review-${process.pid}.vsix`)).then((made) => made.packagePath);
    await installVsix(await vsix, data);
    // A second result in the background would come in the middle of a test; and no test is about how long a review takes.
    const settings = { 'iomemReview.fullReview': false, 'iomemReview.budget.seconds': 3600, ...options.settings };
    const server = await startServer({ data, ...options, settings });
    try {
      return new Editor(data, workspace, server, await launchChromium());
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Opens a window on the sample with one of its files. */
  async open(file: string): Promise<Window> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      permissions: ['clipboard-read'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.setDefaultNavigationTimeout(patience);
    await page.goto(
      windowAddress(this.#server, this.workspace, [
        ['openFile', remoteUri(this.#server, path.join(this.workspace, file))],
      ]),
    );
    await page.waitForSelector('.monaco-workbench .part.statusbar');
    const window = new Window(page);
    await window.tab(path.basename(file));
    return window;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.#data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

/** One window, in the words of a person who uses it. */
export class Window {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async tab(name: string): Promise<void> {
    await this.page.locator('.tab', { hasText: name }).first().waitFor();
  }

  /** Presses a key and waits for what it leads to. */
  async press(key: string, effect: Locator): Promise<void> {
    await this.page.keyboard.press(key);
    await effect.first().waitFor();
  }

  /** Opens a list with a key, types, and waits for a row of it. An editor that takes the focus meanwhile closes the list. */
  async ask(key: string, text: string, row: Locator, then: (time: number) => Promise<void> = async () => {}) {
    await persist(`“${text}” in the list that ${key} opens`, async (time) => {
      await this.page.keyboard.press(key);
      const done = await this.#input
        .fill(text, { timeout: time })
        .then(() => row.first().waitFor({ timeout: time }))
        .then(() => then(time))
        .then(
          () => true,
          () => false,
        );
      if (!done) await this.page.keyboard.press('Escape');
      return done;
    });
  }

  /** The same, and takes the row. */
  #take(key: string, text: string, row: Locator): Promise<void> {
    return this.ask(key, text, row, (timeout) => row.first().click({ timeout }));
  }

  get #input(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  /** Puts the cursor of the active editor on a line, scrolls there, and leaves the focus in it. */
  async goTo(line: number, column = 1): Promise<void> {
    const there = this.page.locator('.statusbar-item', { hasText: new RegExp(`Ln ${line}, Col ${column}(?!\\d)`) });
    await persist(`to line ${line}`, async (time) => {
      await this.page.keyboard.press('F1');
      const asked = await this.#input
        .fill(`:${line}:${column}`, { timeout: time })
        // Into the list, if it is still open: the editor would take it for a new line.
        .then(() => this.#input.press('Enter', { timeout: time }))
        .then(
          () => true,
          () => false,
        );
      if (!asked) await this.page.keyboard.press('Escape');
      return asked && (await isShown(there, time));
    });
    await this.#input.waitFor({ state: 'hidden' });
    await this.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
  }

  /** Loads the window again, with what it showed instead of the file that it was opened with. */
  async reload(): Promise<void> {
    const address = new URL(this.page.url());
    const payload = JSON.parse(address.searchParams.get('payload') ?? '[]') as [string, string][];
    address.searchParams.set('payload', JSON.stringify(payload.filter(([name]) => name !== 'openFile')));
    await this.page.evaluate((href) => history.replaceState(null, '', href), address.href);
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
  }

  /** Opens a file of the workspace by its name, or by more of its path where others are called the same. */
  async openFile(name: string): Promise<void> {
    const last = path.posix.basename(name);
    await this.#take('Control+P', name, this.page.locator('.quick-input-list .monaco-list-row', { hasText: last }));
    await this.page.locator('.tab.active', { hasText: last }).first().waitFor();
  }

  /** Runs a command from the palette; a palette that was opened before the extensions were known is opened again. */
  async command(title: string): Promise<void> {
    // The whole title: others begin with the same words.
    const name = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    const row = this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: name }) });
    await this.#take('F1', `>${title}`, row);
  }

  /** The lenses that are in sight. */
  lens(text: string | RegExp) {
    // The editor keeps those that have been scrolled away, hidden.
    return this.page.locator('.codelens-decoration > *', { hasText: text }).filter({ visible: true });
  }

  /** Clicks a lens and waits for what it leads to; clicks again where the click met an editor that was still moving. */
  async clickLens(text: string | RegExp, effect: Locator): Promise<void> {
    const lens = this.lens(text).first();
    const began = effect.or(this.lens('Reviewing…'));
    await persist(`the lens ${text}`, async (time) => {
      if (await began.first().isVisible()) return true;
      const clicked = await lens.click({ timeout: time }).then(
        () => true,
        () => false,
      );
      return clicked && (await isShown(began, time));
    });
    await effect.first().waitFor();
  }

  /** The document inside the webview that is in sight. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Waits until the page in the webview has done what it puts off for a moment: timers of one page fire in their order. */
  async webviewRests(): Promise<void> {
    await this.webview()
      .locator('body')
      .evaluate(() => new Promise((done) => setTimeout(done, 300)));
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    // Where nothing answers to a pointer: no tooltip covers what is to be seen.
    await this.page.mouse.move(20, 620);
    await this.page.waitForTimeout(300);
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/**
 * Tests of one window that go on where the one before ended: after a failure, which leaves a picture, the others fail at
 * once instead of each waiting for what cannot come.
 */
export function stepsOf(window: () => Window | undefined): (title: string, test: () => Promise<void>) => void {
  let failed: string | undefined;
  return (title, test) => {
    it(title, async () => {
      if (failed !== undefined) throw new Error(`Not tried, because of “${failed}”`);
      try {
        await test();
      } catch (error) {
        failed = title;
        await window()
          ?.picture(`failed ${title}`.replace(/\W+/g, '-'))
          .catch(() => {});
        throw error;
      }
    });
  };
}
