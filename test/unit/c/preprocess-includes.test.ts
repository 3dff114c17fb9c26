import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { Preprocessor } from '../../../src/c/preprocess/preprocess.ts';
import { codes, expand, run, spelled } from './preprocess-support.ts';

describe('includes', () => {
  const tree = {
    'kernel/x.c': '#include <linux/a.h>\n#include <linux/b.h>\n#include <linux/c.h>\n',
    'include/linux/a.h': 'tree_a',
    'include/linux/b.h': 'tree_b',
    'include/linux/c.h': 'tree_c',
  };
  const model = { 'include/linux/a.h': 'model_a', 'include/linux/b.h': 'model_b' };

  it('come from the tree where listed, else from the model, else from nowhere', () => {
    const result = run('', { path: 'kernel/x.c', tree, model, fromTree: ['include/linux/b.h'] });
    assert.deepEqual(spelled(result.tokens), ['model_a', 'tree_b']);
    assert.deepEqual(
      result.missingHeaders.map(({ name, loc }) => [name, result.locations.spelling(loc).line]),
      [['linux/c.h', 3]],
    );
    assert.deepEqual(result.errors, []);
  });

  it('fall back to the model where the tree lacks a listed header', () => {
    assert.equal(expand('#include <linux/a.h>', { model, fromTree: ['include/linux/a.h'] }), 'model_a');
  });

  it('look where the kernel looks', () => {
    const around = {
      model: {
        'include/uapi/linux/u.h': 'uapi_u',
        'include/asm/io.h': 'asm_io',
        'include/asm-generic/generic.h': 'generic',
        'include/linux/both.h': 'plain',
        'include/uapi/linux/both.h': 'uapi',
      },
      tree: { 'arch/arm64/include/asm/page.h': 'arm_page', 'arch/x86/include/asm/page.h': 'x86_page' },
      fromTree: ['arch/arm64/include/asm/page.h', 'arch/x86/include/asm/page.h'],
    };
    const text = ['uapi/linux/u.h', 'linux/u.h', 'asm/io.h', 'asm/generic.h', 'linux/both.h', 'asm/page.h'];
    const source = text.map((name) => `#include <${name}>\n`).join('');
    assert.equal(
      expand(source, { ...around, defines: { __aarch64__: '1' } }),
      'uapi_u uapi_u asm_io generic plain arm_page',
    );
    assert.equal(expand('#include <asm/page.h>', { ...around, defines: { __x86_64__: '1' } }), 'x86_page');
  });

  it('in quotes are looked for beside the file, the model first', () => {
    const around = {
      path: 'mm/x.c',
      tree: {
        'mm/x.c': '#include "internal.h"\n#include "../lib/own.h"\n#include "linux/a.h"',
        'mm/internal.h': 'tree',
      },
      model: {
        'mm/internal.h': 'model',
        'include/linux/a.h': '#include "beside.h"',
        'include/linux/beside.h': 'beside',
      },
    };
    assert.equal(expand('', { ...around, tree: { ...around.tree, 'lib/own.h': 'own' } }), 'model own beside');
    assert.equal(expand('', { ...around, model: {}, tree: { ...around.tree, 'lib/own.h': 'own' } }), 'tree own');
    const listed = { ...around, fromTree: ['mm/internal.h'] };
    assert.equal(expand('', { ...listed, tree: { ...around.tree, 'lib/own.h': 'own' } }), 'tree own beside');
  });

  it('never leave their tree', () => {
    const asked: string[] = [];
    const spy = {
      read(path: string) {
        asked.push(path);
        return undefined;
      },
    };
    const text = ['"../../etc/passwd"', '<../../../etc/passwd>', '</etc/passwd>', '"/etc/passwd"', '<a/../../../b>']
      .map((name) => `#include ${name}\n`)
      .join('');
    const target = { wordSize: 8, longLongAlign: 8, charSigned: true } as const;
    const preprocessor = new Preprocessor({ tree: spy, model: spy, fromTree: [], defines: new Map(), target });
    preprocessor.run('kernel/x.c', text);
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/') || path.split('/').includes('..')),
      [],
    );
    assert.equal(preprocessor.missingHeaders.length, 4);
  });

  it('are made once where they say so', () => {
    const guarded = '#ifndef G\n#define G\nguarded\n#endif\n';
    const around = {
      model: {
        'include/guard.h': guarded,
        'include/guard2.h': '#if !defined(G2)\n#define G2\nguarded2\n#endif',
        'include/once.h': '#pragma once\nonce\n',
        'include/twice.h': 'twice\n',
        'include/else.h': '#ifndef E\n#define E\nfirst\n#else\nsecond\n#endif\n',
        'include/after.h': `${guarded.replaceAll('G', 'G3')}after\n`,
      },
    };
    const all = Object.keys(around.model).map((path) => `#include <${path.slice(8)}>\n`);
    assert.equal(
      expand(`${all.join('')}${all.join('')}`, around),
      'guarded guarded2 once twice first guarded after twice second after',
    );
  });

  it('may be made by macros', () => {
    const around = { model: { 'include/linux/a.h': 'a', 'include/asm/x.h': 'x' } };
    assert.equal(expand('#define H <linux/a.h>\n#include H\n#define Q(n) <asm/n.h>\n#include Q(x)', around), 'a x');
    assert.deepEqual(codes('#include nothing\n#include\n#include <>\n'), ['C040', 'C040', 'C040']);
  });

  it('may go on with the next of the same name', () => {
    const around = {
      tree: { 'include/linux/a.h': 'tree\n#include_next <linux/a.h>' },
      model: { 'include/linux/a.h': 'model\n#include_next <linux/a.h>', 'include/uapi/linux/a.h': 'uapi' },
      fromTree: ['include/linux/a.h'],
    };
    assert.equal(expand('#include <linux/a.h>', around), 'tree model uapi');
  });

  it('can be asked for', () => {
    const around = { model: { 'include/linux/a.h': '' } };
    const text = '#if __has_include(<linux/a.h>) && !__has_include("b.h") && defined __has_include\nyes\n#endif';
    assert.equal(expand(text, around), 'yes');
  });

  it("are preceded by Kbuild's own", () => {
    const model = { 'include/linux/kconfig.h': '#define K 1\n', 'include/linux/compiler_types.h': '#define T K + 1\n' };
    assert.equal(expand('T', { model }), '1 + 1');
  });

  it('are tokenised once for all compilations', () => {
    let reads = 0;
    const header = 'shared_name '.repeat(1000);
    const model = {
      read(path: string) {
        reads++;
        return path === 'include/linux/a.h' ? header : undefined;
      },
    };
    const target = { wordSize: 8, longLongAlign: 8, charSigned: true } as const;
    const compile = () => {
      const context = { tree: new MemoryTree(new Map()), model, fromTree: [], defines: new Map(), target };
      const preprocessor = new Preprocessor(context);
      preprocessor.run('x.c', '#include <linux/a.h>');
      preprocessor.run('y.c', '#include <linux/a.h>');
      return preprocessor.sources.load('model', 'include/linux/a.h')!.tokens;
    };
    const first = compile();
    const before = reads;
    assert.equal(compile(), first);
    assert.equal(reads, 2 * before);
  });

  it('need a unit to start from', () => {
    const target = { wordSize: 8, longLongAlign: 8, charSigned: true } as const;
    const nothing = new MemoryTree(new Map());
    const preprocessor = new Preprocessor({ tree: nothing, model: nothing, fromTree: [], defines: new Map(), target });
    assert.throws(() => preprocessor.run('kernel/none.c'), { code: 'C042' });
  });
});
