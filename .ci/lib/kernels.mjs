// The kernel sources that the tests execute: Debian's linux-source packages, unpacked once into the cache. They are never
// installed on the system and never part of the repository.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { aptUpdate } from './debian.mjs';
import { cacheRoot, onPath } from './paths.mjs';
import { run } from './run.mjs';

export const versions = ['6.1', '6.12'];
/** What is unpacked of each, at any depth (so `mm` brings `arch/x86/mm`): what a test reads or executes. */
const wanted = [
  '*/Makefile',
  '*/drivers/char/mem.c',
  // What amdkfd includes of its neighbours.
  '*/drivers/gpu/drm/amd/*.h',
  ...[
    ...['kernel', 'mm', 'include', 'lib', 'fs', 'drivers/base', 'drivers/dax', 'drivers/cxl', 'drivers/nvdimm'],
    ...['drivers/acpi', 'drivers/virtio', 'drivers/gpu/drm/nouveau', 'drivers/gpu/drm/amd/amdkfd'],
  ].map((folder) => `*/${folder}/*`),
];
/** What `.done` says of a tree that has it all. */
const mark = `${wanted.join('\n')}\n`;

export const kernelsRoot = () => process.env.IOMEM_REVIEW_KERNELS ?? cacheRoot;

/** Makes sure that the trees are there; returns the reasons why some are not. */
export async function ensureKernels(log = console.log) {
  const problems = [];
  for (const version of versions) {
    const tree = path.join(kernelsRoot(), `linux-${version}`);
    if (process.env.IOMEM_REVIEW_KERNELS) {
      if (!existsSync(path.join(tree, 'kernel/resource.c')))
        problems.push(`IOMEM_REVIEW_KERNELS has no linux-${version}/kernel/resource.c`);
    } else if (!isComplete(tree)) {
      try {
        await unpack(version, tree, log);
      } catch (error) {
        problems.push(`Kernel ${version}: ${error.message}`);
      }
    }
  }
  return problems;
}

function isComplete(tree) {
  const done = path.join(tree, '.done');
  return existsSync(done) && readFileSync(done, 'utf8') === mark;
}

async function unpack(version, tree, log) {
  const how = `Set IOMEM_REVIEW_KERNELS to a folder with unpacked kernels as ${versions.map((v) => `linux-${v}`).join(' and ')}`;
  for (const tool of ['apt-get', 'dpkg-deb', 'tar', 'xz']) {
    if (onPath(tool) === undefined) throw new Error(`unpacking Debian's source package needs ${tool}. ${how}`);
  }
  log(`Unpacking linux-source-${version} into ${tree} (once, about a minute)…`);
  mkdirSync(cacheRoot, { recursive: true });
  const work = mkdtempSync(path.join(cacheRoot, `linux-${version}.`));
  try {
    const download = () => run('apt-get', ['download', `linux-source-${version}`], { cwd: work, quiet: true });
    await download().catch(async (error) => {
      if (process.getuid?.() !== 0) throw new Error(`${error.message}\n${how}`);
      await aptUpdate();
      await download();
    });
    const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt-get download brought no package. ${how}`);
    await run('dpkg-deb', ['-x', deb, 'package'], { cwd: work, quiet: true });
    const archive = path.join(work, `package/usr/src/linux-source-${version}.tar.xz`);
    const target = path.join(work, 'tree');
    mkdirSync(target);
    await run('tar', ['-xf', archive, '-C', target, '--strip-components=1', '--wildcards', ...wanted], {
      quiet: true,
    });
    writeFileSync(path.join(target, '.done'), mark);
    rmSync(tree, { recursive: true, force: true });
    renameSync(target, tree);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
