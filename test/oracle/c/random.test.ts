/*
 * Random expressions over all integer types, bit-fields and constants, against gcc: conversions, promotions, wrapping,
 * folding. Many at a time, since starting gcc is what takes long. Undefined behaviour is avoided by construction.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryTree } from '../../../src/base/tree.ts';
import { compile } from '../../../src/c/compile.ts';
import type { CreateMachine, Native } from '../../../src/machine/api.ts';
import { createFast } from '../../../src/machine/fast.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import { needTool } from '../../support/tools.ts';
import { assertSame, gccValues, ourValues } from './judge.ts';

const TYPES = [
  '_Bool',
  'char',
  'signed char',
  'unsigned char',
  'short',
  'unsigned short',
  'int',
  'unsigned int',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
] as const;
const FIELDS = [
  'int b1 : 1',
  'unsigned b3 : 3',
  'int b7 : 7',
  'unsigned b31 : 31',
  'int b32 : 32',
  'unsigned long b33 : 33',
  'long b40 : 40',
  'unsigned long b63 : 63',
];

// gcc gives a bit-field wider than int a type of just its width, clang and we the declared one: cast where it is used.
const named = fc.oneof(
  fc.nat(TYPES.length - 1).map((i) => `v${i}`),
  fc.nat(TYPES.length - 1).map((i) => `l${i}`),
  fc.constantFrom(...FIELDS).map((field) => `bits.${field.split(' ').at(-3)}`),
);
const cast = (text: string) => (/b(33|40|63)/.test(text) ? `((long)(${text}))` : text);
const variable = named.map(cast);
const constant = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '2',
    '7',
    '255',
    '256',
    '0x7fffffff',
    '0x80000000',
    '0xffffffff',
    '2147483648',
    '65535',
  ),
  fc.constantFrom(
    '0u',
    '1u',
    '4294967295u',
    '1L',
    '-1L',
    '0x7fffffffffffffffL',
    '0x8000000000000000',
    '1ull',
    '-1ULL',
    "'a'",
    "'\\xff'",
  ),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(64))
    .map(([value, shift]) => `0x${(value >> BigInt(shift % 64)).toString(16)}`),
  fc.constantFrom(...TYPES).map((type) => `sizeof(${type})`),
);

const { expression: pure } = fc.letrec<{ expression: string }>((tie) => {
  const sub = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      variable,
      constant,
      fc
        .tuple(sub, fc.constantFrom('+', '-', '*', '&', '|', '^', '<', '>', '<=', '>=', '==', '!=', '&&', '||'), sub)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(sub, fc.constantFrom('/', '%'), sub).map(([a, op, b]) => `safe(${a}, ${op}, ${b})`),
      fc.tuple(sub, fc.constantFrom('<<', '>>'), sub).map(([a, op, b]) => `((${a}) ${op} ((${b}) & 7))`),
      fc.tuple(fc.constantFrom('-', '~', '!', '+'), sub).map(([op, a]) => `(${op} ${a})`),
      fc.tuple(fc.constantFrom(...TYPES), sub).map(([type, a]) => `((${type})${a})`),
      fc.tuple(sub, sub, sub).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(sub, sub).map(([a, b]) => `(${a} ?: ${b})`),
      fc.tuple(sub, sub).map(([a, b]) => `({ typeof((${a}) + 0) t_ = (${b}); t_; })`),
      sub.map((a) => `take(${a})`),
    ),
  };
});

// The order of side effects within an expression is not defined: one to an expression.
const expression = fc
  .oneof(
    { arbitrary: pure, weight: 3 },
    fc
      .tuple(named, fc.constantFrom('=', '+=', '-=', '*=', '&=', '|=', '^='), pure)
      .map(([a, op, b]) => `({ ${cast(`${a} ${op} ${b}`)}; })`),
    fc
      .tuple(named, fc.constantFrom('<<=', '>>='), pure)
      .map(([a, op, b]) => `({ ${cast(`${a} ${op} ((${b}) & 7)`)}; })`),
    fc
      .tuple(named, fc.constantFrom('++', '--'), fc.boolean())
      .map(([a, op, post]) => `({ ${cast(post ? a + op : op + a)}; })`),
  )
  .chain((text) => fc.constantFrom('', ' + 1', ' >> 3', ' < 2u', ' * -1L').map((more) => `(${text})${more}`));

/** One expression in a function of its own; its operands are the globals, and copies of them in locals. */
function program(expressions: readonly string[], seed: readonly bigint[]): string {
  const globals = TYPES.map((type, i) => `static ${type} v${i};`).join('\n');
  const reset = TYPES.map((_, i) => `v${i} = ${seed[i]}ULL;`).join(' ');
  const locals = TYPES.map((type, i) => `${type} l${i} = v${(i * 5 + 3) % TYPES.length};`).join(' ');
  const fields = FIELDS.map((field, i) => `bits.${field.split(' ').at(-3)} = ${seed[i]}ULL * 3;`).join(' ');
  const tests = expressions.map(
    (text, i) => `static void case${i}(void)
{
  reset(); ${locals}
  check((long long)(${text}));
  ${TYPES.map((_, n) => `check(v${n} + l${n});`).join(' ')}
  ${FIELDS.map((field) => `check(bits.${field.split(' ').at(-3)});`).join(' ')}
}`,
  );
  return `void check(long long);
#define safe(a, op, b) ({ typeof((a) + (b)) a_ = (a), b_ = (b); b_ == 0 || b_ == (typeof(b_))-1 ? a_ : a_ op b_; })
static struct { ${FIELDS.join('; ')}; } bits;
${globals}
static void reset(void) { ${reset} ${fields} }
static short take(unsigned char x) { return (short)(x * 257); }
${tests.join('\n')}
void test_random(void)
{
${expressions.map((_, i) => `  case${i}();`).join('\n')}
}
`;
}

/** The values that a machine checks in one test. */
function machineValues(text: string, test: string, create: CreateMachine): string[] {
  const { program, errors } = compile({
    target: { wordSize: 8, longLongAlign: 8, charSigned: true },
    units: [{ path: 'random.c', from: 'text', text }],
    tree: new MemoryTree(new Map()),
    model: new MemoryTree(new Map()),
    fromTree: [],
    defines: new Map(),
  });
  assert.deepEqual(errors, []);
  const values: string[] = [];
  const check: Native = (call) => void values.push(`${BigInt.asIntN(64, call.arg(0))}`);
  const natives = { functions: new Map([['check', check]]), visible: new Set<string>(), state: [] };
  const machine = create(program, natives);
  assert.equal(machine.call(program.functionNamed(test)!), 0n, `${JSON.stringify(machine.events)}`);
  machine.dispose?.();
  return values;
}

describe('random expressions against gcc', function () {
  this.timeout(120_000);
  before(function () {
    needTool(this, 'gcc');
  });
  for (const seed of [1, 2, 3]) {
    it(`batch ${seed}`, () => {
      const texts = fc.sample(expression, { seed, numRuns: 120 });
      const values = fc.sample(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { seed, numRuns: TYPES.length });
      const text = program(texts, values);
      const judged = gccValues(new Map([['random.c', text]])).get('test_random');
      assertSame(ourValues(text, 'test_random'), judged);
      for (const create of [createStepper, createFast]) assertSame(machineValues(text, 'test_random', create), judged);
    });
  }
});
