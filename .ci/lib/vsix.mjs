// The package that ships: made, checked for what is in it, installed.
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { build } from './build.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { ensureServer } from './vscode-server.mjs';

const required = [
  ...['dist/extension.js', 'dist/worker.js', 'dist/web/extension.js', 'dist/web/worker.js', 'dist/cli.js'],
  ...['dist/media/map.js', 'dist/media/map.css', 'dist/model.json', 'dist/schemas/machine.schema.json'],
];
const allowed =
  /^(dist\/|media\/(icon|readme\/|walkthrough\/)|l10n\/bundle|package(\.nls.*)?\.json$|readme\.md$|changelog\.md$|license)/i;

/** Builds and packages; throws where the package lacks a file or holds one that it should not. */
export async function makeVsix(packagePath = path.join(root, 'iomem-review.vsix'), { prepare = build } = {}) {
  await prepare();
  const files = await listFiles({ cwd: root, dependencies: false });
  const missing = required.filter((file) => !files.includes(file));
  const surplus = files.filter((file) => !allowed.test(file));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(', ')}`);
  if (surplus.length > 0) throw new Error(`The package should not hold ${surplus.join(', ')}`);
  const { log } = console;
  // vsce has no option to be quiet.
  console.log = () => {};
  try {
    await createVSIX({
      cwd: root,
      packagePath,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
  } finally {
    console.log = log;
  }
  return { packagePath, files };
}

/** Installs the package for the server that will run with the same `data`. Returns the folder of extensions. */
export async function installVsix(packagePath, data) {
  const { node, vscode } = await ensureServer();
  const extensions = path.join(data, 'extensions');
  const args = [
    path.join(vscode, 'out/server-main.js'),
    ...['--accept-server-license-terms', '--server-data-dir', path.join(data, 'server')],
    ...['--user-data-dir', path.join(data, 'user'), '--extensions-dir', extensions],
    ...['--install-extension', packagePath, '--force'],
  ];
  await run(node, args, { quiet: true });
  return extensions;
}
