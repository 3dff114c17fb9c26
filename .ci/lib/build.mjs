// Bundles everything that ships into dist/, and the tests that run inside an extension host into out/.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { modelPlugin, readModelFiles } from './model-files.mjs';
import { root } from './paths.mjs';

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const shared = {
  define: { 'process.env.IOMEM_REVIEW_VERSION': JSON.stringify(version) },
  absWorkingDir: root,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: stack traces in bug reports remain readable.
  keepNames: false,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  target: 'es2022',
  plugins: [modelPlugin],
};
const node = { ...shared, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };
const web = { ...shared, platform: 'browser', format: 'cjs', external: ['vscode'] };

const products = [
  { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js' },
  { ...web, entryPoints: ['src/extension/extension.web.ts'], outfile: 'dist/web/extension.js' },
  { ...node, entryPoints: ['src/extension/worker.ts'], outfile: 'dist/worker.js' },
  { ...web, format: 'iife', entryPoints: ['src/extension/worker.web.ts'], outfile: 'dist/web/worker.js' },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } },
  { ...shared, platform: 'browser', format: 'iife', entryPoints: ['media/map/main.ts'], outfile: 'dist/media/map.js' },
  { ...shared, entryPoints: ['media/map/map.css'], outfile: 'dist/media/map.css' },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    entryPoints: ['media/schedule/main.ts'],
    outfile: 'dist/media/schedule.js',
  },
  { ...shared, entryPoints: ['media/schedule/schedule.css'], outfile: 'dist/media/schedule.css' },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    entryPoints: ['media/cost/main.ts'],
    outfile: 'dist/media/cost.js',
  },
  { ...shared, entryPoints: ['media/cost/cost.css'], outfile: 'dist/media/cost.css' },
];
const tests = [
  { ...node, entryPoints: ['test/host/index.ts'], outfile: 'out/host/index.js', external: ['vscode', 'mocha'] },
  {
    ...web,
    entryPoints: ['test/host/index.web.ts'],
    outfile: 'out/host/index.web.js',
    alias: { 'node:assert/strict': './test/host/assert.web.ts' },
  },
];

/** For editors and whoever reads our JSON. */
const schemas = {
  'machine.schema.json': 'src/model/machine.schema.json',
  'report.schema.json': 'src/review/report.schema.json',
  'what-if.schema.json': 'src/review/what-if/what-if.schema.json',
};

export async function build({ withTests = false, plugins = [] } = {}) {
  const wanted = withTests ? [...products, ...tests] : products;
  const missing = wanted.filter(({ entryPoints }) => !existsSync(path.join(root, entryPoints[0])));
  for (const { entryPoints } of missing) console.warn(`No such entry yet: ${entryPoints[0]}`);
  const present = wanted.filter((options) => !missing.includes(options));
  const results = await Promise.all(
    present.map((options) => esbuild.build({ ...options, metafile: true, plugins: [...plugins, ...options.plugins] })),
  );
  const written = new Set(results.flatMap((result) => Object.keys(result.metafile.outputs)));
  // For the extension, which shows single files of it; the workers have it inside.
  writeFileSync(path.join(root, 'dist/model.json'), JSON.stringify([...readModelFiles()]));
  written.add('dist/model.json');
  for (const [name, file] of Object.entries(schemas)) {
    mkdirSync(path.join(root, 'dist/schemas'), { recursive: true });
    copyFileSync(path.join(root, file), path.join(root, 'dist/schemas', name));
    written.add(`dist/schemas/${name}`);
  }
  removeStale('dist', written);
  if (withTests) removeStale('out', written);
}

/** Removes what an earlier build left: the package ships whatever is in the folder. */
function removeStale(folder, written) {
  for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
    const file = path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    if (entry.isFile() && !written.has(file)) rmSync(path.join(root, file), { force: true });
  }
}
