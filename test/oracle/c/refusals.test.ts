/*
 * What gcc refuses (with the errors of the kernel's build), we refuse, and what it takes, we take: small wrong and odd
 * programs, with the code of our error. One run of gcc reads them all.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needTool } from '../../support/tools.ts';
import { problem } from '../../unit/c/build.ts';

const FLAGS = [
  '-std=gnu11',
  '-fsyntax-only',
  '-fms-extensions',
  '-Werror=implicit-function-declaration',
  '-Werror=implicit-int',
  '-Werror=incompatible-pointer-types',
  '-Werror=int-conversion',
  '-Werror=return-type',
  '-Wno-pointer-sign',
  '-Wno-discarded-qualifiers',
];

const WRONG: readonly (readonly [code: string, text: string])[] = [
  ['C203', 'int f(void) { return nowhere; }'],
  ['C203', 'int f(void) { return nothing(1); }'],
  ['C203', 'int f(void) { return later(); } int later(void) { return 1; }'],
  ['C203', 'int f(void) { return g; } static int g;'],
  ['C204', 'struct s { int a; }; int f(struct s *p) { return p->b; }'],
  ['C204', 'struct s { int a; } s = { .b = 1 };'],
  ['C205', 'struct s; int f(struct s *p) { return p->a; }'],
  ['C205', 'struct s; int f(void) { return sizeof(struct s); }'],
  ['C205', 'void f(void) { struct s x; }'],
  ['C205', 'struct s { struct s inner; };'],
  ['C205', 'struct s; int f(struct s *p) { return (p + 1) == p; }'],
  ['C206', 'int f(int a) { 5 = a; return a; }'],
  ['C206', 'int f(int a) { return &(a + 1) != 0; }'],
  ['C206', 'int f(int a) { (a + 1)++; return a; }'],
  ['C206', 'int f(int a) { int b[2]; b = 0; return a; }'],
  ['C206', 'void f(int a) { (a ? a : 1) = 2; }'],
  ['C207', 'struct s { int a; }; int f(struct s x) { return x + 1; }'],
  ['C207', 'int f(int *p, int *q) { return p + q; }'],
  ['C207', 'int f(int *p) { return p * 2; }'],
  ['C207', 'int f(int *p, long *q) { return p - q; }'],
  ['C207', 'int f(int a) { return *a; }'],
  ['C207', 'int f(int a) { return a[1]; }'],
  ['C207', 'int f(int a) { return a.x; }'],
  ['C207', 'struct s { int a; }; int f(struct s x) { return x->a; }'],
  ['C207', 'struct s { int a; }; void f(struct s x) { if (x) ; }'],
  ['C207', 'struct s { int a; }; int f(struct s x) { return (int)x; }'],
  ['C207', 'int f(int *p) { return ~p; }'],
  ['C207', 'struct s { int a; } a; struct t { int a; } b; void f(int c) { c ? a : b; }'],
  ['C208', 'struct a { int x; } a; struct b { int x; } b; void f(void) { a = b; }'],
  ['C208', 'int *f(long *p) { return p; }'],
  ['C208', 'int *f(int a) { return a; }'],
  ['C208', 'int f(int *p) { return p; }'],
  ['C208', 'void g(int *); void f(unsigned long long *p) { g(p); }'],
  ['C208', 'void g(void (*)(int)); void h(long); void f(void) { g(h); }'],
  ['C208', 'struct s { int a; }; struct s f(void) { return 1; }'],
  ['C208', 'char **f(char *p) { return p; }'],
  ['C209', 'int g(int a); int f(void) { return g(); }'],
  ['C209', 'int g(int a); int f(void) { return g(1, 2); }'],
  ['C209', 'int g(const char *f, ...); int f(void) { return g(); }'],
  ['C210', 'int f(int a) { switch (a) { case 1: return 1; case sizeof(int) + a: return 2; } return 0; }'],
  ['C210', 'int g(void); int x = g();'],
  ['C210', 'int y; int x = y;'],
  ['C210', 'int f(int a) { static int x = a; return x; }'],
  ['C210', 'int g(void); struct { int a : g(); } s;'],
  ['C210', 'int g(void); enum { A = g() };'],
  ['C210', 'char c = (char)(long)&c;'],
  ['C211', 'int f(void) { int a; int a; return 0; }'],
  ['C211', 'int f(int a) { int a = 1; return a; }'],
  ['C211', 'int f(int a) { static int a; return a; }'],
  ['C211', 'int f(void) { return 1; } int f(void) { return 2; }'],
  ['C211', 'int a = 1; int a = 2;'],
  ['C211', 'struct s { int a; }; struct s { int a; };'],
  ['C211', 'enum { A, A };'],
  ['C211', 'int a; int a(void);'],
  ['C211', 'typedef int t; int t;'],
  ['C211', 'int f(int a, int a) { return a; }'],
  ['C212', 'int f(int a); int f(long a) { return 0; }'],
  ['C212', 'extern int a; long a;'],
  ['C212', 'typedef int t; typedef long t;'],
  ['C212', 'int f(void); int f(void *p);'],
  ['C213', 'int x = 09;'],
  ['C213', 'int x = 12abc;'],
  ['C214', "int x = '';"],
  ['C217', 'void f(void) { goto nowhere; }'],
  ['C217', 'void f(void) { a: a: ; }'],
  ['C218', '_Static_assert(sizeof(int) == 5, "five");'],
  ['C218', 'void f(void) { _Static_assert(0, "no"); }'],
  ['C219', 'int f(int a) { switch (a) { case 1: case 1: return 1; } return 0; }'],
  ['C219', 'int f(int a) { switch (a) { case 1 ... 5: return 2; case 3: return 1; } return 0; }'],
  ['C219', 'int f(int a) { switch (a) { default: default: return 1; } return 0; }'],
  ['C220', 'struct { int a : 33; } s;'],
  ['C220', 'struct { int a : -1; } s;'],
  ['C220', 'struct { int a : 0; } s;'],
  ['C220', 'struct { int a : 3; } s; int *f(void) { return &s.a; }'],
  ['C220', 'struct { int a : 3; } s; int f(void) { return sizeof(s.a); }'],
  ['C220', 'struct { int *a : 3; } s;'],
  ['C222', 'int f(int a) { return a(1); }'],
  ['C223', 'void f(void) { break; }'],
  ['C223', 'void f(int a) { switch (a) { case 1: continue; } }'],
  ['C223', 'void f(void) { case 1: ; }'],
  ['C224', 'void f(const int a) { a = 1; }'],
  ['C224', 'void f(const int *a) { *a = 1; }'],
  ['C224', 'struct s { const int a; } s, t; void f(void) { s = t; }'],
  ['C224', 'const struct { int a; } s; void f(void) { s.a++; }'],
  ['C225', 'char a[-1];'],
  ['C225', 'int f(int a) { return sizeof(char[1 - 2 * !!(sizeof(a) == 4)]); }'],
  ['C225', 'void a[3];'],
  ['C229', 'int a[2] = { [2] = 1 };'],
  ['C229', 'int a[3] = 1;'],
  ['C231', 'int f(void) { long char a; return 0; }'],
  ['C231', 'struct s { int a; }; union s x;'],
  ['C231', 'struct { int a; int a; } s;'],
  ['C231', 'struct { int a; struct { int a; }; } s;'],
  ['C231', 'int f(int)[3];'],
  ['C232', 'int f(int a) { return _Generic(a, long: 1); }'],
  ['C233', 'void g(void); int f(void) { return g() + 1; }'],
  ['C233', 'void g(void); int f(void) { int a = g(); return a; }'],
  ['C234', 'int f(void) { return; }'],
  ['C200', 'int f(void) { return 1 }'],
  ['C200', 'int f(void) { if 1 return 2; }'],
  ['C201', 'int f(void) { return + ; }'],
  ['C202', 'florp f(void) { return 1; }'],
  ['C200', 'int f(void) { return (1; }'],
  ['C200', 'int a[3;'],
];
const RIGHT: readonly string[] = [
  'struct s; struct s *g(struct s *); struct s *f(struct s *p) { return g(p) ? p : 0; }',
  'int f(const char *p, char *q) { q = (char *)p; return p == q; }',
  'void g(void *); void f(int **p, void (*h)(void)) { g(p); g(h); int *x = (void *)0; x = 0; }',
  'unsigned char *f(char *p) { return p; }',
  'int f(int a) { lab: if (a--) goto lab; return a; }',
  'enum e { A, B }; enum e f(int a) { return a; } int g(enum e x) { return f(x) + B; }',
  'typedef struct s s; struct s { s *next; }; int f(s *p) { return p->next == p; }',
  'int a; int a; extern int a; int a = 3; static int s(void); static int s(void) { return a; } int t(void) { return s(); }',
  'int f(int n) { return n; } int (*p)(int) = f, (*q)(int) = &f; int g(void) { return p(1) + (*q)(2) + (***q)(3); }',
  'struct { struct { int a; }; union { int b; long c; }; } s; int f(void) { return s.a + s.b; }',
  'struct base { int a; }; struct derived { struct base; int b; }; int f(struct derived *d) { return d->a; }',
  'int f(int a) { { int a = 1; return a; } } int g(int a) { for (int a = 0; a < 2; a++) ; return a; }',
  'void f(void) { for (int i = 0; i < 3; i++) { int i = 5; i++; } }',
  'int f(void) { return sizeof(int[0]) ? 1 : 0; }',
  'struct z { int n; char data[]; }; int f(struct z *p) { return sizeof(*p) + p->data[0]; }',
  'int f(void *p) { return p + 1 > p && *(char *)p; }',
  'static inline __attribute__((always_inline)) int g(void) { return 1; } int f(void) { return g(); }',
  'int __attribute__((noinline)) f(int a __attribute__((unused)), ...) { return 0; }',
  'int f(int a) { switch (a) { case 1: __attribute__((fallthrough)); case 2: return 1; default: ; } return 0; }',
  'extern int x __asm__("other"); int f(void) { return x; }',
  'typedef int fn(int); fn g; int f(void) { return g(1); }',
  'void f(int a[static 3], int n, int b[n]) { a[0] = b[0]; }',
  'int f(void) { extern int g(void); return g(); } int g(void) { return 2; }',
  'struct a { int x; }; int f(void) { struct a { long y; } v = { 1 }; return v.y; }',
  'char s[] = "a" "b", *p = "x" "y"; int f(void) { return __func__[0] + sizeof s; }',
  'int f(void) { unsigned long long x = 1; return x == 1ULL ? -1 : 0xffffffffffffffff > 0; }',
  'int f(long a) { return (int){ a } + (struct { int b; }){ .b = a }.b; }',
  'int f(int a) { return ({ int b = a; b; }) + (a ?: 3); }',
  'void f(void) { void *p = &p; l: ; (void)p; }',
  'int x = sizeof(struct { int a; }), y = _Alignof(long), z = __builtin_offsetof(struct { int a, b; }, b);',
  'union u { int a; float b; }; double d; float g(double); struct { long double x; } ld; int f(union u *p) { return p->a; }',
  ';;; int a;; struct s { int a;; };',
  'void f(int); void f(const int); void f(int a) { }',
  'int f(char *p) { return p == 0 || p != (void *)8; }',
  'int (*f(int a))[3] { return 0; }',
  'const char *const names[] = { [0 ... 2] = "x", "y" }; int f(void) { return sizeof(names); }',
  'int f(int *p) { return p[0]; }',
  'typedef unsigned __attribute__((mode(DI))) u64m; int f(u64m a) { return a > 1; }',
  'int f(void) { int const volatile a = 3; return a; } long unsigned int long q; short signed int w;',
  'int f(_Bool b) { b = 5; b++; return b << 1; } ',
  'struct s { int x; } f(void); int g(void) { return f().x; }',
  'int f(int x) { return x / 2 ? x % 3 : ~x; } int arr[2][3] = { { 1 }, { 2, 3 } };',
  'static struct s { int a, b; } tab[] = { { 1, 2 }, { .b = 3 }, [5] = { 4 } }; int n = sizeof(tab) / sizeof(tab[0]);',
];

describe('what gcc refuses', function () {
  this.timeout(60_000);
  let refused: ReadonlySet<string>;
  before(function () {
    needTool(this, 'gcc');
    const directory = mkdtempSync(join(tmpdir(), 'iomem-review-gcc-'));
    try {
      const files = [
        ...WRONG.map(([, text], i) => [`wrong${i}.c`, text]),
        ...RIGHT.map((text, i) => [`right${i}.c`, text]),
      ];
      for (const [name, text] of files) writeFileSync(join(directory, name!), `${text}\n`);
      const names = files.map(([name]) => name!);
      const run = spawnSync('gcc', [...FLAGS, ...names], {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      refused = new Set([...run.stderr.matchAll(/^(\w+\.c):\d+:\d+: error/gm)].map((m) => m[1]!));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  WRONG.forEach(([code, text], i) => {
    it(`refuses ${text}`, () => {
      assert.ok(refused.has(`wrong${i}.c`), 'gcc takes it');
      const message = problem(text);
      assert.match(message, new RegExp(`\\[${code}\\]`), message || 'we take it');
      assert.match(message, /^a\.c:1:\d+: /);
      assert.match(message, /\n +\^/);
    });
  });
  RIGHT.forEach((text, i) => {
    it(`takes ${text}`, () => {
      assert.ok(!refused.has(`right${i}.c`), 'gcc refuses it');
      assert.equal(problem(text), '');
    });
  });
});
