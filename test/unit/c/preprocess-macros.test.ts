import assert from 'node:assert/strict';
import { Preprocessor } from '../../../src/c/preprocess/preprocess.ts';
import { codes, expand, run, spelled } from './preprocess-support.ts';

describe('macros', () => {
  it('expand the examples of C11 6.10.3.5', () => {
    const rescan = `
#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`;
    assert.equal(
      expand(rescan),
      'f ( 2 * ( y + 1 ) ) + f ( 2 * ( f ( 2 * ( z [ 0 ] ) ) ) ) % f ( 2 * ( 0 ) ) + t ( 1 ) ; ' +
        'f ( 2 * ( 2 + ( 3 , 4 ) - 0 , 1 ) ) | f ( 2 * ( ~ 5 ) ) & f ( 2 * ( 0 , 1 ) ) ^ m ( 0 , 1 ) ; ' +
        'int i [ ] = { 1 , 23 , 4 , 5 , } ; char c [ 2 ] [ 6 ] = { "hello" , "" } ;',
    );
    const strings = `
#define str(s) # s
#define xstr(s) str(s)
#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \\
 x ## s, x ## t)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
debug(1, 2);
fputs(str(strncmp("abc\\0d", "abc", '\\4') // this goes away
 == 0) str(: @\\n), s);
xstr(INCFILE(2).h)
glue(HIGH, LOW);
xglue(HIGH, LOW)`;
    assert.equal(
      expand(strings),
      'printf ( "x" "1" "= %d, x" "2" "= %s" , x1 , x2 ) ; ' +
        'fputs ( "strncmp(\\"abc\\\\0d\\", \\"abc\\", \'\\\\4\') == 0" ": @\\n" , s ) ; "vers2.h" "hello" ; "hello" ", world"',
    );
    assert.equal(
      expand(
        '#define t(x,y,z) x ## y ## z\nint j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };',
      ),
      'int j [ ] = { 123 , 45 , 67 , 89 , 10 , 11 , 12 , } ;',
    );
    assert.equal(
      expand(
        '#define hash_hash # ## #\n#define mkstr(a) # a\n#define in_between(a) mkstr(a)\n#define join(c, d) in_between(c hash_hash d)\njoin(x, y);',
      ),
      '"x ## y" ;',
    );
  });

  it('take variable arguments as GNU C does', () => {
    const define =
      '#define e(fmt, ...) p(fmt, ##__VA_ARGS__)\n#define n(fmt, args...) p(fmt, ## args)\n#define o(...) p(0, ##__VA_ARGS__)\n';
    assert.equal(expand(`${define}e("a") e("a", 1, 2) e("a",)`), 'p ( "a" ) p ( "a" , 1 , 2 ) p ( "a" , )');
    assert.equal(expand(`${define}n("a") n("a", (1, 2), 3)`), 'p ( "a" ) p ( "a" , ( 1 , 2 ) , 3 )');
    assert.equal(expand(`${define}o() o(1)`), 'p ( 0 ) p ( 0 , 1 )');
  });

  it('know __VA_OPT__', () => {
    const define = '#define f(x, ...) g(x __VA_OPT__(, [__VA_ARGS__]))\n#define EMPTY\n';
    assert.equal(expand(`${define}f(1) f(1,) f(1, EMPTY) f(1, 2, 3)`), 'g ( 1 ) g ( 1 ) g ( 1 ) g ( 1 , [ 2 , 3 ] )');
    assert.equal(expand('#define s(x, ...) #__VA_OPT__(x  y __VA_ARGS__)\ns(a) s(a, b)'), '"" "a y b"');
    assert.equal(expand('#define j(x, ...) x ## __VA_OPT__(_some) ## _end\nj(a) j(a, 1)'), 'a_end a_some_end');
  });

  it('play the tricks of the kernel', () => {
    const kconfig = `
#define __ARG_PLACEHOLDER_1 0,
#define __take_second_arg(__ignored, val, ...) val
#define __and(x, y) ___and(x, y)
#define ___and(x, y) ____and(__ARG_PLACEHOLDER_##x, y)
#define ____and(arg1_or_junk, y) __take_second_arg(arg1_or_junk y, 0)
#define __is_defined(x) ___is_defined(x)
#define ___is_defined(val) ____is_defined(__ARG_PLACEHOLDER_##val)
#define ____is_defined(arg1_or_junk) __take_second_arg(arg1_or_junk 1, 0)
#define IS_ENABLED(option) __is_defined(option)
#define CONFIG_YES 1
IS_ENABLED(CONFIG_YES) IS_ENABLED(CONFIG_NO) __and(1, 1) __and(0, 1)
#if IS_ENABLED(CONFIG_YES) && !IS_ENABLED(CONFIG_NO)
taken
#endif`;
    assert.equal(expand(kconfig), '1 0 1 0 taken');
    const args = `
#define __COUNT_ARGS(_0, _1, _2, _3, _4, _n, X...) _n
#define COUNT_ARGS(X...) __COUNT_ARGS(, ##X, 4, 3, 2, 1, 0)
#define __CONCAT(a, b) a ## b
#define CONCATENATE(a, b) __CONCAT(a, b)
#define __UNIQUE_ID(prefix) CONCATENATE(CONCATENATE(__UNIQUE_ID_, prefix), __COUNTER__)
COUNT_ARGS() COUNT_ARGS(a) COUNT_ARGS(a, b, c) CONCATENATE(x, COUNT_ARGS(1, 2)) __UNIQUE_ID(v) __UNIQUE_ID(v)`;
    assert.equal(expand(args), '0 1 3 x2 __UNIQUE_ID_v0 __UNIQUE_ID_v1');
  });

  it('read arguments over lines and directives', () => {
    assert.equal(
      expand('#define f(a, b) <a|b>\n#define ON\nf(1 +\n#ifdef ON\n 2\n#else\n 3\n#endif\n , f\n(4, 5))'),
      '< 1 + 2 | < 4 | 5 > >',
    );
    assert.deepEqual(codes('#define f(a) a\nf(\n#include "x.h"\n)'), ['C041']);
  });

  it('leave a function-like name without arguments alone', () => {
    assert.equal(expand('#define f(x) [x]\n#define g f\nf; g (1); f\n#define other\n(2)'), 'f ; [ 1 ] ; f ( 2 )');
  });

  it('know line, file, level and a time that stands still', () => {
    const model = { 'include/linux/in.h': '__FILE__ __LINE__ __INCLUDE_LEVEL__ HERE\n' };
    assert.equal(
      expand('#define HERE __LINE__\n#include <linux/in.h>\n__FILE__ __LINE__ __INCLUDE_LEVEL__ __FILE_NAME__\nHERE', {
        model,
        path: 'kernel/x.c',
      }),
      '"include/linux/in.h" 1 1 1 "kernel/x.c" 3 0 "x.c" 4',
    );
    assert.equal(expand('__DATE__ __TIME__'), '"Jan  1 1970" "00:00:00"');
    assert.equal(expand('__func__ __FUNCTION__'), '__func__ __FUNCTION__');
  });

  it('drop pragmas', () => {
    assert.equal(
      expand('#pragma GCC diagnostic push\n#define DIAG _Pragma("GCC diagnostic pop")\na DIAG b _Pragma("once") c'),
      'a b c',
    );
  });

  it('are predefined for the machine at hand', () => {
    const text = '__SIZEOF_POINTER__ __SIZE_TYPE__ __LONG_MAX__ __UINT64_C(1) __GNUC__ __STDC_HOSTED__ KBUILD_MODNAME';
    assert.equal(expand(text, { path: 'mm/a-b.c' }), '8 long unsigned int 0x7fffffffffffffffL 1UL 12 0 "a_b"');
    assert.equal(expand(text, { wordSize: 4 }), '4 unsigned int 0x7fffffffL 1ULL 12 0 "main"');
    assert.equal(expand('__CHAR_UNSIGNED__ __x86_64__', { charSigned: false }), '1 __x86_64__');
    assert.equal(expand('__x86_64__ F(2)', { defines: { __x86_64__: '1', 'F(x)': '[x]' } }), '1 [ 2 ]');
  });

  it('can be looked at afterwards, and used to read more', () => {
    const { preprocessor } = run(
      '#define SZ_1K 0x400\n#define ALIGN(x, a...) ((x) & ~(a - 1))\n#define GONE\n#undef GONE\n',
    );
    const align = preprocessor.macro('ALIGN')!;
    assert.deepEqual([align.params, align.variadic], [['x', 'a'], true]);
    assert.equal(align.body.map((token) => token.text).join(''), '((x)&~(a-1))');
    assert.equal(preprocessor.locations.spelling(align.body[1]!.loc).column, 25);
    assert.equal(preprocessor.locations.spelling(align.loc).line, 2);
    assert.equal(preprocessor.macro('GONE'), undefined);
    assert.ok([...preprocessor.macros()].some((macro) => macro.name === 'SZ_1K'));
    const more = preprocessor.continueWith({ path: '<watch>', from: 'text', text: 'ALIGN(p, SZ_1K)' });
    assert.equal(spelled(more).join(''), '((p)&~(0x400-1))');
  });

  it('start afresh for each unit', () => {
    const { preprocessor } = run('#define A 1\n__COUNTER__');
    assert.deepEqual(spelled(preprocessor.run('b.c', 'A __COUNTER__')), ['A', '0']);
    assert.ok(preprocessor instanceof Preprocessor);
  });
});
