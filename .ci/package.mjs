// `npm run package`: builds the .vsix, checks what is in it, and installs it into a fresh VS Code where one can be had.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createVSIX, listFiles } from '@vscode/vsce';
import { build } from './build.mjs';
import { isCi, root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { ensureServer } from './lib/vscode-server.mjs';

const required = ['dist/extension.js', 'dist/worker.js', 'dist/web/extension.js', 'dist/web/worker.js', 'dist/cli.js'];
const allowed = /^(dist\/|package(\.nls.*)?\.json$|readme\.md$|changelog\.md$|license)/i;
const vsix = path.join(root, 'iomem-review.vsix');

try {
  await build();
  const files = await listFiles({ cwd: root, dependencies: false });
  const missing = required.filter((file) => !files.includes(file));
  const surplus = files.filter((file) => !allowed.test(file));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(', ')}`);
  if (surplus.length > 0) throw new Error(`The package should not hold ${surplus.join(', ')}`);
  await createVSIX({ cwd: root, packagePath: vsix, dependencies: false, allowMissingRepository: true });
  console.log(`${path.basename(vsix)}: ${files.length} files, ${Math.ceil(statSync(vsix).size / 1024)} KiB`);
  await smokeInstall();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function smokeInstall() {
  let server;
  try {
    server = await ensureServer();
  } catch (error) {
    if (isCi) throw error;
    console.log(`Not installed for a try: ${error.message}`);
    return;
  }
  const data = mkdtempSync(path.join(tmpdir(), 'iomem-review-vsix-'));
  try {
    const extensions = path.join(data, 'extensions');
    await run(
      server.node,
      [
        path.join(server.vscode, 'out/server-main.js'),
        ...['--accept-server-license-terms', '--server-data-dir', path.join(data, 'server')],
        ...['--user-data-dir', path.join(data, 'user'), '--extensions-dir', extensions, '--install-extension', vsix],
      ],
      { quiet: true },
    );
    if (!readdirSync(extensions).some((name) => name.startsWith('iomem-review.iomem-review-'))) {
      throw new Error('VS Code did not install the package');
    }
    console.log('Installed into a fresh VS Code.');
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
