import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiskTree } from '../../src/disk-tree.ts';

describe('a tree on the disk', () => {
  let folder = '';
  let tree: DiskTree;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'disk-tree-'));
    mkdirSync(path.join(folder, 'tree/kernel'), { recursive: true });
    writeFileSync(path.join(folder, 'tree/kernel/resource.c'), 'int a;\n');
    writeFileSync(path.join(folder, 'secret'), 'secret');
    symlinkSync(path.join(folder, 'secret'), path.join(folder, 'tree/leak'));
    symlinkSync('kernel/resource.c', path.join(folder, 'tree/inside'));
    symlinkSync(folder, path.join(folder, 'tree/up'));
    tree = new DiskTree(path.join(folder, 'tree'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reads files below its root, also through links that stay inside', () => {
    assert.equal(tree.read('kernel/resource.c'), 'int a;\n');
    assert.equal(tree.read('./kernel/../kernel/resource.c'), 'int a;\n');
    assert.equal(tree.read('inside'), 'int a;\n');
  });

  it('has nothing outside of its root', () => {
    for (const name of ['../secret', 'kernel/../../secret', 'leak', 'up/secret', path.join(folder, 'secret'), '..']) {
      assert.equal(tree.read(name), undefined, name);
    }
  });

  it('has nothing where there is no regular file', () => {
    for (const name of ['', '.', 'kernel', 'absent', 'kernel/resource.c/x', 'a\0b']) {
      assert.equal(tree.read(name), undefined, JSON.stringify(name));
    }
  });
});
