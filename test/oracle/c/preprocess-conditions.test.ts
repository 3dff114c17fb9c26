import assert from 'node:assert/strict';
import fc from 'fast-check';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import { needTool } from '../../support/tools.ts';
import { BARE, gccCases } from './gcc.ts';

const leaf = fc.oneof(
  fc.constantFrom('0', '1', '2', '7', '63', '64', '65', '010', '0x7fffffffffffffff', '0x8000000000000000', '1u', '3UL'),
  fc.constantFrom(
    '9223372036854775807',
    '18446744073709551615',
    '0xffffffffULL',
    '0b101',
    '5LLU',
    '-1',
    "'a'",
    "'\\n'",
  ),
  fc.constantFrom(
    "'\\377'",
    "'ab'",
    'UNKNOWN',
    'YES',
    'NO',
    'defined YES',
    'defined(NO)',
    'defined MISSING',
    'HAS(YES)',
  ),
  fc.constantFrom('TWICE(3)', '__has_attribute(__noreturn__)', '__has_builtin(__builtin_expect)', '__INT_MAX__'),
  fc.constantFrom('__LONG_MAX__', '__SIZEOF_POINTER__', '__has_include(<no/such.h>)', '__GNUC__', 'IS(YES)', 'IS(NO)'),
);
const OPERATORS = ['+', '-', '*', '/', '%', '<<', '>>', '<', '>', '<=', '>=', '==', '!=', '&', '|', '^', '&&', '||'];
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    leaf,
    fc.tuple(tie('expression'), fc.constantFrom(...OPERATORS), tie('expression')).map((parts) => parts.join(' ')),
    fc.tuple(tie('expression'), fc.constantFrom(...OPERATORS), tie('expression')).map((parts) => `(${parts.join('')})`),
    fc.tuple(fc.constantFrom('-', '+', '!', '~'), tie('expression')).map(([op, a]) => `${op} ${a}`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('expression'), fc.constantFrom(')', '(', '?', '1.0', '"s"', '=', '')).map((parts) => parts.join(' ')),
  ),
}));

const PRELUDE = `#define YES 1
#define NO 0
#define HAS(x) defined(x)
#define TWICE(x) x + x
#define __ARG_PLACEHOLDER_1 0,
#define __take_second(a, b, ...) b
#define __is3(x) __take_second(x 1, 0)
#define __is2(v) __is3(__ARG_PLACEHOLDER_##v)
#define IS(x) __is2(x)
`;
const MACROS = ['YES', 'NO', 'HAS', 'TWICE', '__ARG_PLACEHOLDER_1', '__take_second', '__is3', '__is2', 'IS'];

/** The condition, its value taken apart bit by bit, as lines of `yes` and `no`. */
function program(condition: string): string {
  const asked = [condition, `(${condition}) < 0`, `(${condition}) == 1`, `((${condition}) >> 31) & 1`];
  return PRELUDE + asked.map((text) => `#if ${text}\nyes\n#else\nno\n#endif\n`).join('');
}

describe('conditions as gcc evaluates them', () => {
  it('takes the same branches and refuses the same expressions', function () {
    needTool(this, 'gcc');
    const property = fc.property(fc.array(expression, { minLength: 150, maxLength: 150 }), (conditions) => {
      const theirs = gccCases(conditions.map(program), MACROS);
      conditions.forEach((condition, i) => {
        const ours = preprocess({ path: 'case.c', from: 'text', text: program(condition) }, BARE);
        assert.equal(ours.errors.length > 0, theirs[i]!.failed, `#if ${condition}\n${ours.errors.join('\n')}`);
        if (theirs[i]!.failed) return;
        const spelled = ours.tokens.slice(0, -1).map((token) => token.text);
        assert.deepEqual(spelled, theirs[i]!.tokens, `#if ${condition}`);
      });
    });
    fc.assert(property, { numRuns: 6, endOnFailure: true });
  });
});
