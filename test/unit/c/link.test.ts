import assert from 'node:assert/strict';
import { build, run } from './build.ts';

describe('linking', () => {
  it('resolves functions and objects across units', () => {
    const machine = run([
      'int g(int); extern int n; int f(void) { n++; return g(n); }',
      'int n = 4; int g(int x) { return x * 2; }',
    ]);
    assert.equal(machine.int('f'), 10n);
  });

  it('keeps static names apart', () => {
    const machine = run([
      'static int n = 1; static int g(void) { return n; } int a(void) { return g(); }',
      'static int n = 2; static int g(void) { return n; } int b(void) { return g(); }',
    ]);
    assert.equal(machine.int('a'), 1n);
    assert.equal(machine.int('b'), 2n);
    assert.deepEqual(machine.program.functions.map((fn) => fn.name).sort(), ['a', 'b', 'g', 'g@b.c']);
    assert.ok(machine.program.functions.filter((fn) => fn.plainName === 'g').every((fn) => fn.static));
  });

  it('prefers ordinary units to weak ones, whatever their order', () => {
    const weak = { text: 'int g(void) { return 1; } int n = 1;', weak: true };
    const strong = 'int g(void) { return 2; } int n = 2;';
    const user = 'int g(void); extern int n; int f(void) { return g() * 10 + n; }';
    assert.equal(run([weak, strong, user]).int('f'), 22n);
    assert.equal(run([user, strong, weak]).int('f'), 22n);
    assert.equal(run([user, weak]).int('f'), 11n);
  });

  it('honours the weak attribute and tentative definitions', () => {
    const machine = run([
      'int __attribute__((weak)) g(void) { return 1; } int t; int f(void) { return g() * 10 + t; }',
      'int g(void) { return 2; } int t = 3;',
    ]);
    assert.equal(machine.int('f'), 23n);
  });

  it('keeps the definitions of private units to themselves', () => {
    const one = {
      text: 'int v = 1; int get(void) { return v; } int shared(void); int a(void) { return get() + shared(); }',
      private: true,
    };
    const two = { text: 'int v = 2; int get(void) { return v; } int b(void) { return get(); }', private: true };
    const result = build([one, two, 'int shared(void) { return 10; } int get(void); int c(void) { return get(); }']);
    assert.deepEqual(result.errors, []);
    const names = result.program.functions.map((fn) => fn.name);
    assert.deepEqual(names.filter((name) => name.startsWith('get')).sort(), ['get', 'get@a.c', 'get@b.c']);
    assert.equal(result.program.functions[result.program.functionNamed('get')!]!.body(), undefined);
  });

  it('reports two definitions of one name, and uses the first', () => {
    const result = build(['int g(void) { return 1; }', 'int g(void) { return 2; }']);
    assert.match(result.errors[0]!.message, /b\.c:1:5: 'g' is defined in two units \[C230\]/);
  });

  it('refuses a call of a function that is defined with other parameters', () => {
    const { program } = build(['int g(int); int f(void) { return g(1); }', 'int g(long a, long b) { return a + b; }']);
    assert.throws(() => program.functions[program.functionNamed('f')!]!.body(), /C227/);
  });

  it('takes a stand-in of ours with other arguments for another function: a stub by name', () => {
    const ours = { text: 'int g(int a) { return a; } int h(int a) { return a; }', weak: true };
    const { program, errors } = build(['int g(int, int); int h(int); int f(void) { return g(1, 2) + h(3); }', ours]);
    assert.deepEqual(errors, []);
    assert.notEqual(program.functions[program.functionNamed('f')!]!.body(), undefined);
    const stub = program.functions[program.functionNamed('g (as the tree declares it)')!]!;
    assert.equal(stub.body(), undefined);
    assert.equal(stub.plainName, stub.name);
    assert.notEqual(program.functions[program.functionNamed('h')!]!.body(), undefined);
  });

  it('takes a stand-in of ours with another result, or arguments of another kind, for another function', () => {
    const ours = { text: 'int g(void) { return 1; } void h(void *p) { } void k(int a) { }', weak: true };
    const { program } = build(['void g(void); void h(int); void k(int); void f(void) { g(); h(1); k(2); }', ours]);
    assert.notEqual(program.functions[program.functionNamed('f')!]!.body(), undefined);
    const isStub = (name: string): boolean => program.functions[program.functionNamed(name)!]!.body() === undefined;
    assert.deepEqual(
      ['g', 'h'].map((name) => isStub(`${name} (as the tree declares it)`)),
      [true, true],
    );
    assert.equal(program.functionNamed('k (as the tree declares it)'), undefined);
    assert.equal(isStub('k'), false);
  });

  it('leaves what is only declared without a body, and what is only extern external', () => {
    const { program } = build('int g(void); extern int n; int f(void) { return g() + n; }');
    assert.equal(program.functions[program.functionNamed('g')!]!.body(), undefined);
    assert.equal(program.globals[program.globalNamed('n')!]!.external, true);
  });

  it('shares equal strings in the whole program', () => {
    const machine = run([
      'const char *a(void) { return "same"; } char own[] = "same";',
      'const char *b(void) { return "sa" "me"; } const char *c = "same";',
    ]);
    assert.equal(machine.call('a'), machine.call('b'));
    assert.equal(machine.program.globals.filter((global) => global.string).length, 1);
  });

  it('finds types by name', () => {
    const { program } = build(['struct s; typedef struct s s_t; enum e { A };', 'struct s { int a, b; };']);
    const named = program.typeNamed('struct s');
    assert.ok(named?.kind === 'struct' && named.size === 8);
    assert.equal(program.typeNamed('s'), named);
    assert.equal(program.typeNamed('e')?.kind, 'enum');
    assert.equal(program.typeNamed('s_t')?.kind, 'struct');
    assert.equal(program.typeNamed('union s'), undefined);
    assert.equal(program.typeNamed('constructor'), undefined);
  });

  it('lists exports, initcalls and boot options', () => {
    const result = build(`int f(void) { return 0; } int n;
      __iomem_export(f); __iomem_export(n); __iomem_initcall(core, f); __iomem_setup("reserve=", f);`);
    assert.deepEqual(result.errors, []);
    assert.deepEqual([...result.exported], ['f', 'n']);
    assert.deepEqual(
      result.initcalls.map(({ level, name }) => [level, name]),
      [['core', 'f']],
    );
    assert.deepEqual(
      result.setups.map(({ option, name }) => [option, name]),
      [['reserve=', 'f']],
    );
  });

  it('goes on after a wrong declaration and a wrong body', () => {
    const result = build(`int a(void) { return 1; }
florp wrong(int x) { if (x) { return 2; } }
struct { int n; } fine, *also;
int b(void) { return undeclared; }
int x = = 3;
int c(void) { return a() + fine.n; }
`);
    assert.deepEqual(
      result.errors.map((e) => e.code),
      ['C202', 'C201'],
    );
    const { program } = result;
    const body = (name: string) => () => program.functions[program.functionNamed(name)!]!.body();
    assert.ok(body('a')());
    assert.ok(body('c')());
    assert.throws(body('b'), /a\.c:4:22: 'undeclared' is not declared here \[C203\]/);
    assert.throws(body('b'), /C203/);
  });

  it('names the macro that an error comes out of', () => {
    const { program } = build(
      '#define BAD(x) ((x)->nope)\nstruct s { int a; };\nint f(struct s *p) { return BAD(p); }\n',
    );
    assert.throws(
      () => program.functions[0]!.body(),
      /a\.c:3:29: 'struct s' has no member named 'nope' \[C204\]\n.*BAD\(p\).*\n +\^\n +In the expansion of BAD/,
    );
  });
});
