/* Patches given as mails only, without any tree: what they show completely is executed in the model of the rest. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readPatchesSync } from '../../../src/patch/index.ts';
import { shownItems } from '../../../src/review/no-tree/items.ts';
import { joinHunks } from '../../../src/review/no-tree/lines.ts';
import type { Finding, PatchReport } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { reportText } from '../../../src/review/text.ts';
import { readModelFiles } from '../../support/model-files.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'test/fixtures');
const model = readModelFiles();
const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8');
const lines = (text: string): ReadonlyMap<number, string> => new Map(text.split('\n').map((line, i) => [i + 1, line]));

/** The only patch of a text, or the one with that index, reviewed without a tree. */
async function reviewed(patchText: string, index = 0): Promise<PatchReport> {
  const select = (i: number): boolean => i === index;
  const { report } = await review({ patchText, patchName: 'mail', model, select, budget: { executions: 60 } });
  const [patch] = report.patches;
  assert.ok(patch);
  assert.equal(patch.basis, 'model');
  for (const finding of patch.findings) assert.equal(finding.restsOn, 'model', finding.message);
  return patch;
}
const rules = (patch: PatchReport, cls: Finding['class']): string[] => [
  ...new Set(patch.findings.filter((f) => f.class === cls).map((f) => f.rule)),
];
/** The line of the patch that a finding stands on. */
function shownAt(text: string, patch: PatchReport, cls: Finding['class'], rule: string): string {
  const found = patch.findings.find((f) => f.class === cls && f.rule === rule);
  assert.ok(found?.patchLine !== undefined, `no ${cls} ${rule} on a line of the patch`);
  return text.split('\n')[found.patchLine - 1]!.trim();
}

describe('review without a tree', function () {
  this.timeout(240_000);

  it('v1: the self-deadlock, on the line of the mail that causes it', async () => {
    const text = fixture('seed-series/v1.mbox');
    const patch = await reviewed(text);
    assert.deepEqual(rules(patch, 'introduced'), ['recursive-lock']);
    assert.match(shownAt(text, patch, 'introduced', 'recursive-lock'), /^\+\s*revoke_iomem\(res\);$/);
    const { executed, incomplete, assumed } = patch.model!;
    assert.deepEqual(executed, [
      { function: 'find_free_mem_region', file: 'kernel/resource.c', worlds: ['before', 'after'] },
    ]);
    const partial = incomplete.find((one) => one.function === '__request_region_locked');
    assert.deepEqual(partial?.missing, [
      { from: 587, to: 587 },
      { from: 595, to: 595 },
    ]);
    assert.equal(partial.standIn, true);
    assert.deepEqual(
      assumed.map((a) => [a.name, a.kind, a.model]),
      [
        ['new_node', 'means', 'alloc_resource'],
        ['undo_region', 'means', 'devm_region_release'],
        ['drop_node', 'means', 'free_resource'],
        ['find_free_mem_region', 'stands-for', '__request_free_mem_region'],
        ['__request_region_locked', 'means', '__request_region_locked'],
      ],
    );
  });

  it('v3: the devres entry leaks', async () => {
    const text = fixture('seed-series/v3.mbox');
    const patch = await reviewed(text);
    assert.deepEqual(rules(patch, 'introduced'), ['leak']);
    assert.match(shownAt(text, patch, 'introduced', 'leak'), /devres_alloc\(/);
    assert.ok(rules(patch, 'fixed').length > 0, 'the race is gone');
  });

  it('v4: a field is still set after the unlock', async () => {
    const patch = await reviewed(fixture('seed-series/v4.mbox'));
    assert.deepEqual(rules(patch, 'introduced'), []);
    assert.ok(rules(patch, 'existing').includes('data-race'));
  });

  it('v5 3/3: the inverted check, with what 1/3 and 2/3 show', async () => {
    const patch = await reviewed(fixture('seed-series/v5.mbox'), 2);
    const introduced = rules(patch, 'introduced');
    for (const rule of ['use-after-free', 'tree-invariant']) assert.ok(introduced.includes(rule), introduced.join());
    assert.ok(rules(patch, 'change').includes('return-change'));
    assert.deepEqual(patch.model?.incomplete, []);
  });

  it('v6 3/3: nothing introduced, the race fixed; its report follows the schema', async () => {
    const patch = await reviewed(fixture('seed-series/v6.mbox'), 2);
    assert.deepEqual(rules(patch, 'introduced'), []);
    assert.ok(rules(patch, 'fixed').includes('data-race'));
    const schema = JSON.parse(readFileSync(join(ROOT, 'src/review/report.schema.json'), 'utf8'));
    const { type: _, properties: __, required: ___, additionalProperties: ____, ...rest } = schema;
    const only = new Ajv2020({ allErrors: true }).compile({ ...rest, $id: 'only-patch', $ref: '#/$defs/patch' });
    assert.ok(only(JSON.parse(JSON.stringify(patch))), JSON.stringify(only.errors));
  });

  it('tells what cannot be executed, and what need not be', async () => {
    const verdict = async (name: string): Promise<string> =>
      (await reviewed(fixture(`seed-patches/${name}.patch`))).verdict;
    assert.equal(await verdict('comment-only'), 'no difference: only comments and white space change');
    assert.equal(await verdict('whitespace'), 'no difference: only comments and white space change');
    assert.equal(await verdict('rename-locals'), 'no difference: the changed functions compile to the same code');
    assert.match(
      await verdict('unexercised'),
      /^nothing that the patch changes was executed: .* 2 functions cannot be$/,
    );
  });

  it('names lines that are missing, in the text too', async () => {
    const patchText = fixture('seed-patches/unexercised.patch');
    const { report } = await review({ patchText, patchName: 'mail', model });
    const text = reportText(report);
    assert.match(text, /^basis: model /m);
    assert.match(
      text,
      /^not-executed: iomem_init_inode\(\) of kernel\/resource\.c: .*up to line 871, from line 879 on; nothing was/m,
    );
  });

  it('says by name what neither the patch nor the model has', async () => {
    const patch = await reviewed(`--- a/kernel/resource.c
+++ b/kernel/resource.c
@@ -10,6 +10,7 @@
 struct resource *lookup_resource(struct resource *root, resource_size_t start)
 {
+	frobnicate_everything(start, &the_unheard_of);
 	read_lock(&resource_lock);
 	read_unlock(&resource_lock);
 	return NULL;
 }
`);
    assert.deepEqual(patch.model?.executed, []);
    const [one] = patch.model!.incomplete;
    assert.equal(one?.function, 'lookup_resource');
    assert.match(one.why, /frobnicate_everything, the_unheard_of/);
  });
});

describe('what mails show of files', () => {
  const names = (text: string): string[] =>
    shownItems({ lines: lines(text), headings: new Map() }).functions.map((f) => f.name);

  it('reads heads over several lines, annotations and one-liners', () => {
    assert.deepEqual(
      names(`static struct resource *
get_it(struct resource *base,
       int (*func)(void *, int))
	__acquires(lock)
{
out:
	return NULL;
}

static void nothing(void) {}
int __init late(char *s)
{
	char c = '}', *t = "{ /*";
	return 1;
}
`),
      ['get_it', 'nothing', 'late'],
    );
  });

  it('does not take for whole what stands under a condition that it does not see', () => {
    const items = shownItems({
      lines: lines('static void f(void) {}\n#endif\nstatic void g(void) {}\n'),
      headings: new Map(),
    });
    assert.deepEqual(
      items.functions.map((f) => f.name),
      ['g'],
    );
    assert.deepEqual(
      items.partial.map((f) => [f.name, f.condition]),
      [['f', 'an #if that is not shown']],
    );
  });

  it('joins the patches of a series, on and back, and says where they disagree', () => {
    const hunk = (at: number, old: string, now: string): string =>
      `--- a/f.c\n+++ b/f.c\n@@ -${at},1 +${at},1 @@\n-${old}\n+${now}\n`;
    const files = (text: string) => readPatchesSync(text, { name: 'x' }).patches[0]!;
    const joined = joinHunks([files(hunk(1, 'a', 'b')), files(hunk(3, 'c', 'd'))]);
    const known = joined.files.map(([file]) => [[...file!.before.lines].sort(), [...file!.after.lines].sort()]);
    assert.deepEqual(known, [
      [
        [
          [1, 'a'],
          [3, 'c'],
        ],
        [
          [1, 'b'],
          [3, 'c'],
        ],
      ],
      [
        [
          [1, 'b'],
          [3, 'c'],
        ],
        [
          [1, 'b'],
          [3, 'd'],
        ],
      ],
    ]);
    assert.deepEqual(joinHunks([files(hunk(1, 'a', 'b')), files(hunk(1, 'x', 'y'))]).disagree, ['f.c']);
  });

  it('takes any text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      ';',
      ',',
      '#if',
      '#endif',
      '#else',
      '/*',
      '*/',
      '"',
      "'",
      'int',
      'f',
      '*',
      '=',
      '\\',
      '\t',
      ' ',
    );
    const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), line), { maxLength: 40 }),
        line,
        (all, heading) => {
          const items = shownItems({ lines: new Map(all), headings: new Map(all.map(([at]) => [at, heading])) });
          for (const fn of items.functions) assert.ok(fn.from <= fn.to);
        },
      ),
      { numRuns: 400 },
    );
  });
});
