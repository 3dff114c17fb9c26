import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import type { CompileInput, Unit } from '../../../src/c/api.ts';
import { compile } from '../../../src/c/compile.ts';
import { withDefaults } from '../../../src/c/limits.ts';
import { TextComparison } from '../../../src/c/same-text.ts';
import type { Done } from '../../../src/c/session.ts';
import { Session } from '../../../src/c/session.ts';
import { SourceManager } from '../../../src/c/source.ts';
import { LP64 } from './build.ts';

const none = new MemoryTree(new Map());
const input: CompileInput = { target: LP64, units: [], tree: none, model: none, fromTree: [], defines: new Map() };

describe('units kept for later compilations', () => {
  it('are let go, the one used longest ago first, by what they hold and not by their own length', () => {
    const session = new Session(input);
    const sources = new SourceManager(none, none, withDefaults(undefined), session.sources);
    sources.startReads();
    const unit = (i: number): Unit => ({ path: 'a.c', from: 'text', text: `int x${i};` });
    // Twelve characters each, and a quarter of all tokens that may be kept.
    const done = { symbols: { tokens: { length: 250_000 } } } as unknown as Done;
    const room = new Map();
    const keep = (i: number) =>
      session.keep(unit(i), room, {
        done,
        reads: sources.reads,
        prelude: undefined,
        missing: [],
        mark: undefined,
        later: undefined,
      });
    const kept = (i: number) => session.find(unit(i), room, undefined, sources) !== undefined;
    for (let i = 0; i < 4; i++) keep(i);
    assert.ok(kept(0), 'four fit');
    keep(4);
    assert.deepEqual([0, 1, 2, 3, 4].map(kept), [true, false, true, true, true]);
  });
});

describe('programs whose units import declarations', () => {
  const toy = `#include <linux/toy.h>
long first(void) { return TOY + sizeof(struct toy); }
long second(void) { return other_count(); }
`;
  const headers = {
    'include/linux/toy.h': '#include <linux/other.h>\n#define TOY 1\nstruct toy { int a; };\n',
    'include/linux/other.h': 'static inline int other_count(void) { return 2; }\n',
  };
  const program = (files: Readonly<Record<string, string>>) => {
    const { program: made, errors } = compile({
      ...input,
      units: [{ path: 'toy.c', from: 'tree' }],
      tree: new MemoryTree(new Map(Object.entries(files))),
    });
    assert.deepEqual(errors, []);
    for (const name of ['first', 'second']) assert(made.functions[made.functionNamed(name)!]!.body());
    return made;
  };
  const files = { 'toy.c': toy, ...headers };

  it('are taken again where every file is the same, in whatever tree', () => {
    const before = program(files);
    assert.equal(program({ ...files, 'kernel/unrelated.c': 'int x;' }), before);
  });
  it('are made anew where the unit, or a header that it reaches, is another, and both are kept', () => {
    const before = program(files);
    const after = program({ ...files, 'toy.c': toy.replace('TOY +', 'TOY -') });
    assert.notEqual(after, before);
    assert.equal(program(files), before);
    for (const path of Object.keys(headers) as (keyof typeof headers)[])
      assert.notEqual(program({ ...files, [path]: `${headers[path]}#define MORE 1\n` }), before);
    assert.notEqual(
      program({
        'toy.c': toy,
        'include/linux/toy.h': headers['include/linux/toy.h'].replace(/^.*\n/, '#define other_count() 3\n'),
      }),
      before,
    );
  });
  it('share the units that are the same, with what their bodies bring in later', () => {
    const made = (more: string) =>
      compile({
        ...input,
        units: [
          { path: 'toy.c', from: 'tree' },
          { path: 'more.c', from: 'tree' },
        ],
        tree: new MemoryTree(new Map(Object.entries({ ...files, 'more.c': more }))),
      }).program;
    const before = made('int more;');
    const after = made('long more;');
    assert.notEqual(before, after);
    const [a, b] = [before, after].map((p) => p.functions[p.functionNamed('second')!]!);
    assert.equal(a!.source!.unit, b!.source!.unit);
    assert(new TextComparison(before, after).same(a!, b!));
    // The first program reads the header of other_count(); the second one has it, and knows its lines.
    for (const p of [before, after]) {
      assert(p.functions[p.functionNamed('second')!]!.body());
      const other = p.functions.find((f) => f.plainName === 'other_count')!;
      assert.equal(other.file, 'include/linux/other.h');
      assert.equal(p.locations.lineText(other.file, 1), headers['include/linux/other.h'].trim());
    }
  });
});
