import { readFileSync } from 'node:fs';
import model from 'virtual:model';
import { DiskTree } from '../../src/disk-tree.ts';
import { review } from '../../src/review/review.ts';

/** What the editor's worker does first with a patch: `PATCH TREE`. */
const [, , patch, tree] = process.argv;
void review({
  patchText: readFileSync(patch!, 'utf8'),
  patchName: 'bench',
  tree: new DiskTree(tree!),
  model,
  depth: 'first',
});
