import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { modelPlugin } from '../../.ci/lib/model-files.mjs';

const ROOT = join(import.meta.dirname, '../..');

/** A program of this folder as the product is: one file of CommonJS with the model in it. Answers where. */
export async function bundledProgram(name: string): Promise<string> {
  const outfile = join(ROOT, 'out/bench', name.replace(/\.ts$/, '.js'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    plugins: [modelPlugin],
  });
  return outfile;
}

/** A module of this folder as the product is: in one file, without what a test runner's loader puts around each function. */
export async function bundled<Module>(name: string): Promise<Module> {
  const outfile = join(ROOT, 'out/bench', name.replace(/\.ts$/, '.mjs'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return (await import(pathToFileURL(outfile).href)) as Module;
}
