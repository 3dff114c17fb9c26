// The sample workspace: our own small kernel-dialect tree with our own patch series in it, copied so that nothing done in
// the editor touches the repository.
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Makes `folder` anew: the tree of test/fixtures/seed-tree with a KUnit suite, the series and the single patches in `patches`. */
export async function makeSample(folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(root, 'test/fixtures/seed-tree'), folder, { recursive: true });
  cpSync(path.join(root, 'test/fixtures/seed-suite'), path.join(folder, 'kernel'), { recursive: true });
  cpSync(path.join(root, 'test/fixtures/seed-series'), path.join(folder, 'patches'), { recursive: true });
  cpSync(path.join(root, 'test/fixtures/seed-patches'), path.join(folder, 'patches/single'), { recursive: true });
  return folder;
}
