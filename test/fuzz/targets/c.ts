import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import { MemoryTree } from '../../../src/base/tree.ts';
import type { CompileResult, Unit } from '../../../src/c/api.ts';
import { compile } from '../../../src/c/compile.ts';
import { Interner } from '../../../src/c/intern.ts';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import { Tok } from '../../../src/c/token.ts';
import { tokenize } from '../../../src/c/tokenize.ts';
import { kernelNatives } from '../../../src/kernel/natives.ts';
import { createStepper } from '../../../src/machine/stepper.ts';
import { definesOf, profileNamed } from '../../../src/model/profiles.ts';
import { findEntries, parseScenario, withFailingAllocation } from '../../../src/review/scenario.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { headerTexts, libraryTexts, programTexts, scenarioTexts, treeFolder } from '../seeds.ts';
import type { Target } from '../target.ts';

const model = new MemoryTree(readModelFiles());
const nothing = new MemoryTree(new Map());
const target = { wordSize: 8, longLongAlign: 8, charSigned: true } as const;
/** Smaller than the product's, so that inputs of this size reach them. */
const limits = { tokens: 300_000, lineLength: 100_000, sourceBytes: 4_000_000, nesting: 200 };
const options = { target, tree: nothing, model, fromTree: [], defines: new Map([['CONFIG_X', '1']]), limits };

const words = [
  ...['int', 'unsigned', 'long long', 'char', 'void', 'struct', 'union', 'enum', 'typedef', 'static', 'const', '_Bool'],
  ...['if (', 'else', 'for (;;)', 'while (1)', 'do', 'switch (', 'case 1:', 'default:', 'goto', 'return', 'break;'],
  ...['continue;', 'sizeof', '_Alignof(', 'typeof(', '__auto_type', '_Generic(', '_Static_assert(', '__attribute__(('],
  ...['cleanup(', 'packed', 'aligned(', '({', '})', '->', '++', '--', '<<=', '?:', '...', '[0 ... 9] =', '&&label'],
  ...['__builtin_', '__builtin_choose_expr(', '__builtin_va_list', 'asm volatile("" ::: "memory")', '(void *)0', '"s"'],
  ...[
    "'\\0'",
    'L"x"',
    '0x1p3',
    '1.5f',
    '08',
    '0b1',
    '1ULL',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    '*',
    '&',
    '=',
    ':',
  ],
  ...[
    '#define A(x, ...) x ## A #x __VA_OPT__(,) __VA_ARGS__\n',
    '#if ',
    '#ifdef A\n',
    '#else\n',
    '#endif\n',
    '#undef A\n',
  ],
  ...[
    '#include <linux/ioport.h>\n',
    '#include "fuzzed.c"\n',
    'defined(A)',
    '__COUNTER__',
    '__LINE__',
    '_Pragma("once")',
  ],
  ...['##', '#', '\\\n', '/*', '*/', '//', '??=', '<:', '%:', '__has_include(<x>)', '__typeof_unqual__(', '__int128'],
];
const shape = { words, brackets: true };

function coded(error: unknown): void {
  if (!(error instanceof CodedError)) throw error;
  assert.match(error.code, /^[A-Z]\d{3}$/);
}

/** Tokens follow each other, each where it says. */
function readTokens(input: string): void {
  const file = tokenize(input, new Interner());
  let end = 0;
  for (let i = 0; i < file.count; i++) {
    const start = file.start[i]!;
    const spelled = file.texts[i]!;
    assert.ok(start >= end, `token ${i} overlaps`);
    assert.ok(start < file.text.length, `token ${i} is outside`);
    assert.ok(file.text.startsWith(spelled, start) || /[\\<%:]/.test(input), `token ${i} is spelled otherwise`);
    end = start + 1;
  }
}

/** Every token has a place, and the last one is the end. */
function readPreprocessed(input: string): void {
  try {
    const { tokens, locations } = preprocess({ path: 'fuzzed.c', from: 'text', text: input }, options);
    assert.equal(tokens.at(-1)!.kind, Tok.Eof);
    assert.ok(tokens.length <= limits.tokens + 1);
    const step = Math.max(1, Math.floor(tokens.length / 200));
    for (let i = 0; i < tokens.length; i += step) {
      for (const place of [locations.presumed(tokens[i]!.loc), locations.spelling(tokens[i]!.loc)]) {
        const line = locations.lineText(place.file, place.line);
        assert.ok(line !== undefined && place.column >= 1 && place.column <= line.length + 2, JSON.stringify(place));
      }
    }
  } catch (error) {
    coded(error);
  }
}

/** Everything is lowered; what cannot be says so with a code. Answers what could not. */
function lowered({ program, errors }: CompileResult): number {
  let refused = 0;
  for (const error of errors) assert.match(error.code, /^[A-Z]\d{3}$/);
  // Lowering may add functions: those that are asked for on the way.
  for (let i = 0; i < program.functions.length; i++) {
    try {
      program.functions[i]!.body();
    } catch (error) {
      coded(error);
      refused++;
    }
  }
  return refused;
}
const unit = (text: string): Unit => ({ path: 'fuzzed.c', from: 'text', text });

/** Whatever still compiles runs: to its end, to a problem, or to the end of a small budget. */
function execute(input: string): void {
  const compiled = compile({ ...options, units: [unit(input)] });
  if (lowered(compiled) > 0) return;
  const { program } = compiled;
  const budget = { statements: 20_000, heapBytes: 1 << 20, callDepth: 64, traceSteps: 1000 };
  const machine = createStepper(program, kernelNatives(program), { budget });
  const start = machine.snapshot();
  let runs = 0;
  for (const [index, fn] of program.functions.entries()) {
    if (fn.body() === undefined || fn.signature.params.length > 0 || ++runs > 8) continue;
    machine.restore(start);
    machine.run(machine.spawn(fn.plainName, index), 'end');
  }
}

const profile = profileNamed('x86_64')!;
const seedTree = diskTree(treeFolder);
const resourceC = 'kernel/resource.c';
/** Kernel code with its headers on demand, as a review reads it. */
function readUnit(input: string): void {
  const tree = new MemoryTree(new Map([[resourceC, input]]), seedTree);
  const fromTree = ['include/linux/ioport.h'];
  lowered(
    compile({
      target,
      limits,
      units: [{ path: resourceC, from: 'tree' }],
      tree,
      model,
      fromTree,
      defines: definesOf(profile),
    }),
  );
}

const PATH = 'scenarios/fuzzed.c';
/** The head of a scenario: `// key: value`. */
function readScenario(input: string): void {
  const { scenario, problems } = parseScenario('fuzzed', input, { path: PATH });
  for (const problem of problems) coded(problem);
  const failing = withFailingAllocation(scenario, 3);
  assert.equal(parseScenario('fuzzed', failing.text, { path: PATH }).scenario.failAllocation, 3);
}
/** The C of a scenario, with the headers that scenarios have. */
function readScenarioCode(input: string): void {
  const compiled = compile({
    ...options,
    fromTree: ['include/linux/ioport.h'],
    tree: seedTree,
    defines: definesOf(profile),
    units: [{ path: PATH, from: 'text', text: input, private: true }],
  });
  findEntries(compiled.program, PATH);
  lowered(compiled);
}

export const cTargets: readonly Target[] = [
  { name: 'tokenizer', seeds: () => [...programTexts(), ...headerTexts()], shape, read: readTokens },
  { name: 'preprocessor', seeds: () => [...headerTexts(), ...programTexts()], shape, read: readPreprocessed },
  { name: 'parser', seeds: programTexts, shape, read: (text) => lowered(compile({ ...options, units: [unit(text)] })) },
  { name: 'unit', seeds: () => [seedTree.read(resourceC)!, ...libraryTexts()], shape, read: readUnit },
  { name: 'execution', seeds: programTexts, shape, read: execute },
  {
    name: 'scenario',
    seeds: scenarioTexts,
    shape: {
      ...shape,
      words: [...words, '// machine: ', '// title: ', '// needs: ', '// units: a, b\n', '// fail: 3\n'],
    },
    read: readScenario,
  },
  { name: 'scenario-code', seeds: scenarioTexts, shape, read: readScenarioCode },
];
