import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionBody, Instr } from '../../../src/c/ir.ts';
import { printFunction } from '../../../src/c/print-ir.ts';
import { build, ILP32, run } from './build.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/c');

function bodyOf(text: string, name = 'f'): FunctionBody {
  const { program, errors } = build(text);
  assert.deepEqual(errors, []);
  return program.functions[program.functionNamed(name)!]!.body()!;
}
function instrs(body: FunctionBody): Instr[] {
  return body.blocks.flatMap((block) => block.instrs);
}
function count(body: FunctionBody, op: Instr['op']): number {
  return instrs(body).filter((instr) => instr.op === op).length;
}

describe('lowering', () => {
  it('keeps scalars in registers and gives slots to what has an address', () => {
    const body = bodyOf(
      'int g(int *); int f(int a) { int b = a, c = b; struct { int x; } s = { c }; return g(&c) + s.x; }',
    );
    assert.deepEqual(
      body.slots.map((slot) => slot.variable?.name),
      ['c', 's'],
    );
    assert.deepEqual(
      body.registers.filter((reg) => reg.variable).map((reg) => reg.variable!.name),
      ['a', 'b'],
    );
  });

  it('does not take an address for sizeof and typeof', () => {
    assert.equal(bodyOf('int f(int a) { typeof(&a) p = 0; return sizeof(&a) + (p == 0); }').slots.length, 0);
    assert.deepEqual(count(bodyOf('int *g; int f(void) { return sizeof(*g) + sizeof(g[1]); }'), 'load'), 0);
  });

  it('reads a volatile object each time, also where the value is not used', () => {
    const body = bodyOf('volatile int v; int f(void) { v; (void)v; return v + v; }');
    const loads = instrs(body).filter((instr) => instr.op === 'load');
    assert.equal(loads.length, 4);
    assert.ok(loads.every((load) => load.op === 'load' && load.volatile));
    assert.equal(count(bodyOf('int v; int f(void) { v; (void)v; return 0; }'), 'load'), 0);
  });

  it('marks each statement and condition at its first token', () => {
    const text =
      'int f(int a)\n{\n  int b = 1;\n  while (a > 0)\n    a -= b;\n  for (b = 0;\n       b < 2;\n       b++)\n    ;\n  return a;\n}\n';
    const { program } = build(text);
    const body = program.functions[program.functionNamed('f')!]!.body()!;
    const marks = instrs(body).filter((instr) => instr.op === 'stmt');
    const places = marks.map((mark) => program.locations.presumed(mark.loc)).map((at) => `${at.line}:${at.column}`);
    assert.deepEqual(places.sort(), ['10:3', '3:3', '4:10', '5:5', '6:8', '7:8', '8:8']);
  });

  it('counts each time around a loop, and around a backward goto', () => {
    const machine = run(`
      int f(int n) {
        int i, sum = 0;
        for (i = 0; i < n; i++) sum += i;
        do sum++; while (sum < 10);
        while (sum > 100) sum--;
        do { if (n) break; } while (0);
      again:
        if (sum++ < 20) goto again;
        return sum;
      }`);
    assert.equal(machine.int('f', 3), 21n);
    assert.deepEqual([...machine.loops].sort(), [
      ['f:0', 3],
      ['f:1', 7],
      ['f:4', 10],
    ]);
  });

  it('begins and ends slots with their scope, on every way out', () => {
    const machine = run(`
      void g(int *p) { *p += 1; }
      int f(int how) {
        int total = 0;
        for (int i = 0; i < 4; i++) {
          int x = i;
          g(&x);
          if (how == 1 && i == 2) break;
          if (how == 2 && i == 1) continue;
          if (how == 3 && i == 1) goto out;
          { int y = x; g(&y); total += y; if (how == 4) return total; }
        }
      out:
        return total;
      }
      int passed(int n) { if (n) goto skip; int a = 5; g(&a); n = a; skip: a = n; g(&a); return a; }`);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((how) => machine.int('f', how)),
      [14n, 5n, 11n, 2n, 2n],
    );
    assert.equal(machine.int('passed', 0), 7n);
    assert.equal(machine.int('passed', 3), 4n);
  });

  it('evaluates from left to right, operands before what changes them', () => {
    const machine = run(`
      int log; int note(int x) { log = log * 10 + x; return x; }
      int f(void) { int a = 1; int b = a + ({ a = 5; a; }); return b * 100 + a; }
      int g(int a, int b, int c) { return a * 100 + b * 10 + c; }
      int h(void) { log = 0; g(note(1), note(2), note(3)); note(4) + note(5); return log; }
      int k(void) { int i = 1; return g(i, ({ i = 7; i; }), i); }`);
    assert.equal(machine.int('f'), 605n);
    assert.equal(machine.int('h'), 12345n);
    assert.equal(machine.int('k'), 177n);
  });

  it('passes and returns structs by value', () => {
    const machine = run(`
      struct s { int a[3]; long b; };
      struct s make(int x) { return (struct s){ { x, x + 1 }, x }; }
      int take(struct s v, int k) { v.a[0] += k; return v.a[0] + v.a[1] + v.b; }
      struct s twice(struct s v) { v.b *= 2; return v; }
      int f(int x) { struct s v = make(x); int r = take(v, 10); return r * 1000 + take(twice(twice(v)), 0) + v.a[0]; }`);
    assert.equal(machine.int('f', 3), 20022n);
  });

  it('passes variable arguments as cells, no cells for none', () => {
    const seen: bigint[][] = [];
    const machine = run('int p(const char *f, ...); int f(void) { p("a"); return p("b", (char)-1, 2ull, "x"); }', {
      p: (args, m) => {
        const cells = args[1]!;
        seen.push(cells === 0n ? [] : [0n, 8n, 16n].map((at) => m.read(cells + at, 8)));
        return 3n;
      },
    });
    assert.equal(machine.int('f'), 3n);
    assert.deepEqual(seen[0], []);
    assert.deepEqual(seen[1]!.slice(0, 2), [0xffffffffffffffffn, 2n]);
    assert.equal(machine.text(seen[1]![2]!), 'x');
  });

  it('does not lower what a constant condition cuts off', () => {
    const text =
      'void missing(void); int f(void) { if (0) missing(); if (1) return 2; else missing(); while (0) missing(); return 3; }';
    assert.equal(count(bodyOf(text), 'call'), 0);
    assert.equal(run('int f(int a) { if (a) goto in; if (0) { in: return 7; } return 1; }').int('f', 1), 7n);
  });

  it('says that the end of a function was reached where a value is due', () => {
    const body = bodyOf('int f(int a) { if (a) return 1; }');
    assert.ok(body.blocks.some((block) => block.end.op === 'unreachable'));
  });

  it('lowers for 32 bits', () => {
    const machine = run(
      `struct s { char c; long long q; void *p; };
       int sizes(void) { return sizeof(struct s) * 100 + sizeof(long) * 10 + sizeof(0x80000000 + 1L); }
       long long mul(long a, unsigned long b) { return (long long)a * b; }
       unsigned long long widen(char *p) { return (unsigned long long)p; }
       unsigned long long high = (unsigned long long)(char *)0x80000000;
       unsigned long long folded(void) { return high; }
       int f(int *p) { int v[3] = { 1, 2, 3 }; p = v; return p[2] + (p + 1 - v); }`,
      {},
      { target: ILP32 },
    );
    assert.equal(machine.int('sizes'), 1644n);
    assert.equal(machine.int('f', 0), 4n);
    assert.equal(machine.call('widen', 0x80000000n), 0xffffffff80000000n);
    assert.equal(machine.call('folded'), 0xffffffff80000000n);
    assert.equal(machine.int('mul', -2, 3), -6n);
  });

  it('gives long chains of operators registers of their own', () => {
    const sum = Array.from({ length: 500 }, (_, i) => `a * ${i}`).join(' + ');
    assert.equal(run(`long f(long a) { return ${sum}; }`).int('f', 2), 249500n);
  });

  for (const name of ['loops', 'structs', 'calls']) {
    it(`prints ${name} as before`, () => {
      const text = readFileSync(join(GOLDEN, `${name}.c`), 'utf8');
      const { program, errors } = build(text);
      assert.deepEqual(errors, []);
      const printed = [...program.functions].flatMap((fn) => {
        const body = fn.body();
        return body ? [printFunction(program, fn, body)] : [];
      });
      const out = `${printed.join('\n\n')}\n`;
      const file = join(GOLDEN, `${name}.ir`);
      if (process.env.RESET_RESULTS || !existsSync(file)) writeFileSync(file, out);
      assert.equal(out, readFileSync(file, 'utf8'));
    });
  }
});
