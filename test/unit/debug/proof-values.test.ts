/* What expressions had for values, before and after, in one execution. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProofValues, proofValues } from '../../../src/debug/proof-values.ts';
import { SourceExpressions } from '../../../src/debug/source-expressions.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

const TREE = join(import.meta.dirname, '../../fixtures/seed-tree');
const source = readFileSync(join(TREE, 'kernel/resource.c'), 'utf8').split('\n');

describe('expressions in C text', () => {
  const at = (text: string, line = 1) =>
    new SourceExpressions(text).statementAt(line, 1).map(({ text: one, assigned }) => (assigned ? `${one} =` : one));

  it('are variables with members, operands, arguments and conditions of a statement', () => {
    assert.deepEqual(at('ret = find(a->b.c, i + 1, list[i].end);'), [
      'ret =',
      'find(a->b.c, i + 1, list[i].end)',
      'a->b.c',
      'i + 1',
      'list[i].end',
      'i',
    ]);
    assert.deepEqual(at('if (start < res->start && !busy)\n\treturn x;'), [
      'start < res->start && !busy',
      'start < res->start',
      'start',
      'res->start',
      '!busy',
      'busy',
    ]);
  });

  it('tell what a statement stores into', () => {
    assert.ok(at('struct resource *p = other;').includes('p ='));
    assert.ok(at('n++;').includes('n ='));
    assert.ok(at('res->end -= size;').includes('res->end ='));
    assert.ok(!at('f(a == b);').includes('a ='));
  });

  it('are none in comments, strings, types and names of functions', () => {
    assert.deepEqual(at('/* a */ f("b c", sizeof(struct d)); // e'), ['f("b c", sizeof(struct d))']);
    const paths = new SourceExpressions('x = y->z; /* q */ call(w);').pathsOn(1).map(({ text }) => text);
    assert.deepEqual(paths, ['x', 'y->z', 'w']);
  });

  it('end with their statement, and are bounded', () => {
    assert.ok(!at('for (i = 0; i < n; i++)\n\tsum += i;').includes('sum ='));
    assert.ok(at(`f(${'a + '.repeat(20_000)}b);`).length <= 16);
    assert.ok(at('('.repeat(20_000)).length <= 16);
  });
});

describe('values in a proof', function () {
  this.timeout(60_000);
  let values: ProofValues;
  const search = source.findIndex((line) => line.startsWith('\taddr = end - size + 1;')) + 1;

  before(async () => {
    // The search begins one size lower than it did.
    const patch = `--- a/kernel/resource.c
+++ b/kernel/resource.c
@@ -${search},1 +${search},2 @@
-${source[search - 1]}
+\tsize_t below = size;
+\taddr = end - size + 1 - below;
`;
    values = await proofValues({
      tree: diskTree(TREE),
      model: readModelFiles(),
      patch: { text: patch, name: 'p' },
      scenarioName: 'own.c',
      scenarioText:
        '// machine: empty\n#include <iomem-review.h>\nstatic struct resource *a;\nTHREAD(one) { a = request_free_mem_region(&iomem_resource, 0x100000000, "a"); }\nCHECK { OBSERVE(a->start); }\n',
      machine: 'empty',
    });
  });

  it('are those before a statement, and of what it stores into those after it', () => {
    const [group, ...more] = values.groups;
    assert.ok(group && more.length === 0);
    const row = (text: string) => group.rows.find((one) => one.text === text)?.values;
    const one = (value: string) => ({ count: 1, first: [value], last: [] });
    assert.deepEqual(row('size'), {
      before: one('0x100000000'),
      after: { ...one('0x100000000'), count: 2, first: ['0x100000000', '0x100000000'] },
    });
    assert.deepEqual(row('end'), { before: one('0x3fffffffffff'), after: one('0x3fffffffffff') });
    assert.deepEqual(row('addr'), { before: one('0x3fff00000000'), after: one('0x3ffe00000000') });
    // Read in the code before the patch, too, where it can be read there.
    assert.deepEqual(row('end - size + 1')?.before, one('0x3fff00000000'));
    assert.deepEqual(row('below')?.after?.first.at(-1), '0x100000000');
    assert.equal(row('below')?.before, undefined, 'the code before the patch has no such variable');
  });

  it('say where they stand, in the worlds and in the patch', () => {
    const [group] = values.groups;
    assert.deepEqual(
      group?.lines.map(({ world, line, patchLine }) => [world, line, patchLine]),
      [
        ['before', search, 4],
        ['after', search, 5],
        ['after', search + 1, 6],
      ],
    );
    const addr = group?.rows.find(({ text }) => text === 'addr');
    assert.deepEqual(
      addr?.at.map(({ world, line, column }) => [world, line, column]),
      [
        ['before', search, 2],
        ['after', search + 1, 2],
      ],
    );
  });

  it('are told statement by statement, by the call that they belong to', () => {
    const { after } = values.worlds;
    assert.ok(after && !after.cut && after.samples.length > 10);
    const sample = after.samples.find(({ patchLine }) => patchLine === 6);
    assert.equal(sample?.values.find(({ text }) => text === 'addr')?.value, '0x3ffe00000000');
    const step = after.steps.find(({ samples }) => samples > after.samples.indexOf(sample!));
    assert.ok(step?.calls.includes(sample!.call), 'the lock is taken in a call of that function');
  });
});
