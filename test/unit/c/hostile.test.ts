import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, problem } from './build.ts';

const times = (text: string, count: number) => text.repeat(count);
const list = (count: number, make: (i: number) => string, between = '\n') =>
  Array.from({ length: count }, (_, i) => make(i)).join(between);

const DEEP: Readonly<Record<string, string>> = {
  parentheses: `int f(void) { return ${times('(', 50000)}1${times(')', 50000)}; }`,
  sums: `int f(int a) { return a${times(' + a', 50000)}; }`,
  'unary operators': `int f(int a) { return ${times('!', 50000)}a; }`,
  pointers: `int ${times('*', 50000)}p;`,
  dimensions: `int a${times('[1]', 50000)};`,
  declarators: `int ${times('(', 50000)}a${times(')', 50000)};`,
  blocks: `void f(void) { ${times('{', 50000)}${times('}', 50000)} }`,
  ifs: `void f(int a) { ${times('if (a)\n', 50000)}; }`,
  'else ifs': `void f(int a) { ${times('if (a) ; else\n', 50000)}; }`,
  conditionals: `int f(int a) { return ${times('a ? a :\n', 50000)} a; }`,
  assignments: `int f(int a) { return ${times('a = ', 50000)} a; }`,
  'statement expressions': `int f(int a) { return ${times('({ ', 50000)} a${times('; })', 50000)}; }`,
  structs: `${times('struct {\n', 50000)} int a; ${times('} x;\n', 50000)}`,
  typedefs: `typedef int t0;\n${list(3000, (i) => `typedef t${i} *t${i + 1};`)}\nt3000 x; t3000 x;`,
  'structs by value': `struct s0 { };\n${list(3000, (i) => `struct s${i + 1} { struct s${i} a, b; };`)}\nvoid f(struct s3000 *p) { *p = *p; }`,
  'anonymous structs': `struct s0 { };\n${list(3000, (i) => `struct s${i + 1} { struct s${i}; struct { struct s${i}; }; };`)}`,
  'function types': `int f${times('(int (*)', 50000)}${times(')', 50000)};`,
  initialisers: `int a[2] = ${times('{', 50000)}1${times('}', 50000)};`,
  calls: `int f(int a) { return ${times('f(', 50000)}a${times(')', 50000)}; }`,
  arrows: `struct s { struct s *n; }; struct s *f(struct s *a) { return a${times('->n', 50000)}; }`,
  casts: `int x = ${times('(int)', 50000)}1;`,
};

describe('hostile input', function () {
  this.timeout(60_000);
  for (const [name, text] of Object.entries(DEEP)) {
    it(`deep ${name} are refused by the bound`, () => assert.match(problem(text), /nesting.*\[C216\]/));
  }

  it('takes long flat code', () => {
    assert.equal(
      problem(`int f(int a) { switch (a) { ${list(20000, (i) => `case ${i}:`)} return 1; } return 0; }`),
      '',
    );
    assert.equal(
      problem(`enum { ${list(20000, (i) => `E${i},`)} }; struct { ${list(20000, (i) => `int m${i};`)} } s;`),
      '',
    );
    assert.equal(problem(`void f(int a) { ${list(5000, (i) => `if (a == ${i}) goto l${i}; l${i}:`)} return; }`), '');
  });

  it('bounds sizes', () => {
    const large = (text: string) => assert.match(problem(text), /\[C221\]/);
    large('char a[1 << 30];');
    large('char a[1ULL << 60];');
    large('void f(void) { char a[1 << 29]; }');
    large('struct { char a[1ULL << 46], b[1ULL << 46], c[1ULL << 46]; } *p;');
    assert.match(problem(list(20, (i) => `static int b${i}[200000] = { [0 ... 199999] = 1 };`)), /\[C235\]/);
    assert.match(
      problem(
        `void c(int *); void f(int a) {\n${list(2000, (i) => `int x${i} __attribute__((cleanup(c))) = 1; if (a) return;`)} }`,
      ),
      /\[C237\]/,
    );
  });

  it('stops after many errors', () => {
    const result = build(times('}\n', 20000));
    assert.equal(result.errors.at(-1)!.code, 'C236');
    assert.ok(result.errors.length < 300);
  });

  it('answers garbled programs with coded errors only', () => {
    const folder = join(import.meta.dirname, '../../oracle/c/programs');
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const odd = [
      '(',
      ')',
      '{',
      '}',
      ';',
      ',',
      '*',
      '&',
      'int',
      '0',
      '"s"',
      'struct',
      '[',
      ']',
      '=',
      'goto',
      'case',
      '.',
      '->',
      '?',
      ':',
      'typeof',
      '1.5',
      "'a'",
      'void',
    ];
    let seed = 20260722;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 60; round++) {
      const tokens = texts[random(texts.length)]!.split(/(\s+|\w+|[^\w\s])/).filter((token) => token !== '');
      for (let edits = 1 + random(5); edits > 0; edits--) {
        const [a, b] = [random(tokens.length), random(tokens.length)];
        if (random(3) === 0) tokens.splice(a, 1 + random(3));
        else if (random(2) === 0) tokens[a] = odd[random(odd.length)]!;
        else tokens.splice(a, 0, ...tokens.slice(b, b + random(20)));
      }
      const { program } = build(tokens.join(''));
      for (const fn of [...program.functions]) {
        try {
          fn.body();
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'CodedError') throw error;
        }
      }
    }
  });
});
