// Mocha inside a real extension host. With a desktop VS Code through @vscode/test-electron, else in the VS Code server with
// a Chromium window; there also in the web extension host, with the `browser` entry.
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from './browser.mjs';
import { build } from './build.mjs';
import { onPath, root } from './paths.mjs';
import { makeSample } from './sample.mjs';
import { withSecondTry } from './second-try.mjs';
import { broken, readResult } from './suite.mjs';
import { remoteUri, startServer, windowAddress } from './vscode-server.mjs';

export async function runHostTests({ prepare = () => build({ withTests: true }) } = {}) {
  await prepare();
  const desktop = desktopExecutable();
  const inFolder = (kind, run) => async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'iomem-review-host-'));
    try {
      return await run(data, await makeSample(path.join(data, `workspace-${kind}`)));
    } finally {
      rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    }
  };
  const node = (data, folder) => (desktop ? inDesktop(desktop, data, folder) : inServer('node', data, folder));
  // Side by side: each waits for its window most of the time.
  return withSecondTry([
    { name: 'host (node)', run: inFolder('node', node) },
    { name: 'host (web)', run: inFolder('web', (data, folder) => inServer('web', data, folder)) },
  ]);
}

/** The Electron binary behind `code` on the PATH, or IOMEM_REVIEW_VSCODE; undefined where it could not show a window. */
function desktopExecutable() {
  if (process.env.IOMEM_REVIEW_VSCODE) return process.env.IOMEM_REVIEW_VSCODE;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const code = onPath('code');
  if (code === undefined) return undefined;
  const home = path.resolve(path.dirname(realpathSync(code)), '..');
  return [path.join(home, 'code'), path.join(home, '../../MacOS/Electron')].find((file) => existsSync(file));
}

async function inDesktop(vscodeExecutablePath, data, workspace) {
  const { runTests } = await import('@vscode/test-electron');
  const file = path.join(data, 'desktop.json');
  let why = '';
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'out/host/index.js'),
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--user-data-dir',
        path.join(data, 'user'),
      ],
      extensionTestsEnv: { IOMEM_REVIEW_RESULT: file },
    });
  } catch (error) {
    why = String(error);
  }
  return {
    ...readResult(file, `host: VS Code ended before the last test: ${why}`),
    output: `In ${vscodeExecutablePath}.`,
  };
}

async function inServer(kind, data, workspace) {
  const folder = path.join(data, kind);
  const file = path.join(data, `${kind}.json`);
  const settings = {
    // A second result in the background would come in the middle of a test; one test turns it on.
    'iomemReview.fullReview': false,
    // No test is about how long a review takes.
    'iomemReview.budget.seconds': 3600,
    ...(kind === 'web' ? { 'remote.extensionKind': { 'iomem-review.iomem-review': ['web'] } } : {}),
  };
  const server = await startServer({ data: folder, driver: true, settings, env: { IOMEM_REVIEW_RESULT: file } });
  const browser = await launchChromium();
  // What the tests say, and all the rest of the window's console.
  const tests = [];
  const lines = [];
  try {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    const exit = new Promise((resolve) => {
      page.exposeFunction('codeAutomationExit', (code) => resolve(code)).catch(resolve);
    });
    // The web extension host cannot write files: its result arrives as one console line.
    await page.exposeFunction('codeAutomationLog', (_type, args) => {
      const line = args.join(' ');
      const marked = /^IOMEM_REVIEW_RESULT (\{.*\})$/.exec(line);
      if (marked) writeFileSync(file, marked[1]);
      else (line.startsWith('  ') ? tests : lines).push(line);
    });
    const entry = kind === 'web' ? 'out/host/index.web.js' : 'out/host/index.js';
    const payload = [
      ['extensionDevelopmentPath', remoteUri(server, root)],
      ['extensionTestsPath', remoteUri(server, path.join(root, entry))],
    ];
    await page.goto(windowAddress(server, workspace, payload), { timeout: 180_000 });
    // Ten times what an idle machine takes: only a window that hangs comes to it.
    const minutes = 20;
    const code = await Promise.race([
      exit,
      // Nobody would call us any more.
      new Promise((resolve) => page.on('crash', () => resolve('the window crashed'))),
      new Promise((resolve) => browser.on('disconnected', () => resolve('the browser is gone'))),
      server.exited.then(() => 'the server is gone'),
      new Promise((resolve) => setTimeout(resolve, minutes * 60_000, 'timeout')),
    ]);
    if (code === 'timeout')
      await page.screenshot({ path: path.join(root, 'test-results', `host-${kind}-timeout.png`) }).catch(() => {});
    let result = readResult(file, `host (${kind}): ended (${code}) without a result\n${lines.slice(-20).join('\n')}`);
    if (code !== 0 && result.failed === 0) result = { ...result, ...broken(`host (${kind}): exit code ${code}`) };
    return { ...result, output: `In the ${kind} extension host:\n${tests.join('\n')}` };
  } finally {
    await browser.close();
    await server.stop();
  }
}
