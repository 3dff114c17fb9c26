// `npm start`: installs, builds, and opens an editor with the extension and the sample workspace.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './lib/dependencies.mjs';
import { cacheRoot, onPath, root } from './lib/paths.mjs';

try {
  await ensureDependencies();
  const { build } = await import('./build.mjs');
  await build();
  const { makeSample } = await import('./lib/sample.mjs');
  const workspace = await makeSample(path.join(cacheRoot, 'sample'));
  const [first] = readdirSync(path.join(workspace, 'patches/v1')).filter((name) => name.endsWith('.patch'));
  const open = path.join(workspace, 'patches/v1', first);
  const code = process.argv.includes('--server') ? undefined : onPath('code');
  if (code !== undefined) {
    console.log(`Opening ${workspace} with ${code}.`);
    spawn(code, [`--extensionDevelopmentPath=${root}`, '--new-window', workspace, open], { stdio: 'inherit' });
  } else {
    await serve(workspace, open);
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function serve(workspace, open) {
  const { ensureServer, remoteUri, startServer, windowAddress } = await import('./lib/vscode-server.mjs');
  if (!process.argv.includes('--server')) console.log('No `code` on the PATH: serving VS Code on loopback instead.');
  await ensureServer();
  const data = path.join(cacheRoot, 'start');
  mkdirSync(data, { recursive: true });
  const server = await startServer({ data });
  const address = windowAddress(server, workspace, [
    ['extensionDevelopmentPath', remoteUri(server, root)],
    ['openFile', remoteUri(server, open)],
  ]);
  console.log(
    `\nOpen this address in a browser:\n\n  ${address}\n\nThe sample is in ${workspace}. Ctrl-C ends the server.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.stop());
  await server.exited;
}
