/* The code that V8 made of a program, kept between its runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedProgram, cacheFolder } from '../../src/code-cache.ts';

describe('the code of a program', () => {
  let folder = '';
  let file = '';
  let cache = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'code-cache-'));
    cache = path.join(folder, 'deep/cache');
    file = path.join(folder, 'program.js');
    writeFileSync(file, "#!/usr/bin/env node\nglobalThis.ran = [__filename, typeof require('node:fs').statSync, 1];\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it, and tells whether it came from the cache. */
  const run = (): boolean => {
    const globals = globalThis as { ran?: unknown[] };
    globals.ran = [];
    const program = cachedProgram(file, cache);
    program.run();
    program.keep();
    assert.deepEqual(globals.ran.slice(0, 2), [file, 'function']);
    delete globals.ran;
    return program.found;
  };
  const kept = () => path.join(cache, readdirSync(cache)[0]!);

  it('is found when it runs again', () => {
    assert.deepEqual([run(), run(), run()], [false, true, true]);
    assert.equal(readdirSync(cache).length, 1);
  });

  it('is not taken for another program, nor with bytes that are not its own', () => {
    run();
    writeFileSync(file, readFileSync(file, 'utf8').replace('1]', '2]'));
    assert.deepEqual([run(), run()], [false, true]);
    const whole = readFileSync(kept());
    const other = Buffer.from(whole);
    other[other.length - 9]! ^= 1;
    for (const bytes of [
      whole.subarray(0, whole.length / 2),
      other,
      Buffer.from('nothing of the kind'),
      Buffer.alloc(0),
    ]) {
      writeFileSync(kept(), bytes);
      assert.equal(run(), false);
    }
    assert.equal(run(), true);
  });

  it('is done without where it cannot be kept', () => {
    writeFileSync(path.join(folder, 'deep'), 'a file where a folder should be');
    assert.deepEqual([run(), run()], [false, false]);
    const program = cachedProgram(file, undefined);
    program.keep();
    assert.equal(program.found, false);
  });

  it('lies in the cache of the person, unless that is not wished, and never in a folder that we happen to be in', () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux'), path.join('/c', 'iomem-review', 'code'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'c' }, 'linux'), undefined);
    assert.equal(cacheFolder({}, 'win32'), undefined);
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c', NODE_DISABLE_COMPILE_CACHE: '1' }, 'linux'), undefined);
  });
});
