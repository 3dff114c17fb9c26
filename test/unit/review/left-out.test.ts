/* Changed lines that the configuration leaves out, and patches whose lines the mail does not show. */
import assert from 'node:assert/strict';
import { leftOut } from '../../../src/review/left-out.ts';
import type { PatchedFile } from '../../../src/review/lines.ts';

const TEXT = `#ifndef TOY_H
#define TOY_H
#ifdef CONFIG_TOY
int a;
#else
int b; /* a
 comment */
#endif
#if defined(CONFIG_TOY) && !IS_ENABLED(CONFIG_OTHER)
int c;
#elif PAGE_SIZE > 4096
int d;
#endif
#ifdef CONFIG_OTHER
#if PAGE_SIZE > 4096
int e;
#endif
// only a comment
#endif
#endif
`;
const lines = TEXT.split('\n');
const at = (text: string): number => lines.findIndex((l) => l.startsWith(text)) + 1;

function told(config: Readonly<Record<string, string>>, changed: readonly number[]): readonly string[] {
  const file: PatchedFile = {
    path: 'include/linux/toy.h',
    oldPath: 'include/linux/toy.h',
    before: undefined,
    after: TEXT,
    counterpart: () => undefined,
    patchLine: () => undefined,
    changed: { before: [], after: changed.map((line) => ({ line, patchLine: 100 + line })) },
  };
  return leftOut([file], (option) => config[option]).map((f) => `${f.at.line} ${f.at.patchLine} ${f.message}`);
}

describe('lines that the configuration leaves out', () => {
  const every = lines.map((_, i) => i + 1);

  it('are those under an option that is not set, and the other branch of one that is', () => {
    const b = at('int b');
    assert.deepEqual(told({ CONFIG_TOY: 'y', CONFIG_OTHER: 'y' }, every), [
      `${b} ${100 + b} 1 changed line under the #else of #ifdef CONFIG_TOY: the configuration that is executed leaves it out`,
      `${at('int c')} ${100 + at('int c')} 1 changed line under #if defined(CONFIG_TOY) && !IS_ENABLED(CONFIG_OTHER): the configuration that is executed leaves it out`,
    ]);
    assert.deepEqual(
      told({ CONFIG_OTHER: 'n' }, every).map((t) => t.split(':')[0]),
      [
        `${at('int a')} ${100 + at('int a')} 1 changed line under #ifdef CONFIG_TOY`,
        `${at('int c')} ${100 + at('int c')} 1 changed line under #if defined(CONFIG_TOY) && !IS_ENABLED(CONFIG_OTHER)`,
        `${at('int e')} ${100 + at('int e')} 1 changed line under #ifdef CONFIG_OTHER`,
      ],
    );
  });

  it('are not judged by what is no option, and comments are no code', () => {
    assert.deepEqual(told({ CONFIG_TOY: 'y', CONFIG_OTHER: 'y' }, [at('int d'), at('// only'), at(' comment')]), []);
    assert.deepEqual(told({ CONFIG_TOY: 'm' }, [at('int a')]).length, 1);
  });
});
