// `npm start`: installs, builds, and opens an editor with the extension and the sample workspace.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './lib/dependencies.mjs';
import { cacheRoot, onPath, root } from './lib/paths.mjs';

try {
  await ensureDependencies();
  const { makeSample } = await import('./lib/sample.mjs');
  const workspace = await makeSample(path.join(cacheRoot, 'sample'));
  const [first] = readdirSync(path.join(workspace, 'patches/v1')).filter((name) => name.endsWith('.patch'));
  const file = path.join(workspace, 'patches/v1', first);
  const code = process.argv.includes('--server') ? undefined : onPath('code');
  if (code === undefined) await serve(workspace, file);
  else await openDesktop(code, workspace, file);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function openDesktop(code, workspace, file) {
  const { build } = await import('./lib/build.mjs');
  await build();
  console.log(`Opening ${workspace} with ${code}.`);
  spawn(code, [`--extensionDevelopmentPath=${root}`, '--new-window', workspace, file], { stdio: 'inherit' });
}

async function serve(workspace, file) {
  const { ensureServer, remoteUri, startServer, windowAddress } = await import('./lib/vscode-server.mjs');
  const { installVsix, makeVsix } = await import('./lib/vsix.mjs');
  if (!process.argv.includes('--server')) console.log('No `code` on the PATH: serving VS Code on loopback instead.');
  await ensureServer();
  const data = path.join(cacheRoot, 'start');
  mkdirSync(data, { recursive: true });
  const { packagePath } = await makeVsix(path.join(data, 'iomem-review.vsix'));
  await installVsix(packagePath, data);
  const server = await startServer({ data });
  const address = windowAddress(server, workspace, [['openFile', remoteUri(server, file)]]);
  console.log(`\nOpen this address in a browser:\n\n  ${address}\n`);
  console.log(`The sample is in ${workspace}. Ctrl-C ends the server.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.stop());
  await server.exited;
}
