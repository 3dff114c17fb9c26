import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatValue } from '../../../src/review/format.ts';

const HERE = import.meta.dirname;
const MODEL = join(HERE, '../../../src/kernel');
/** Headers that the review, too, takes from the tree. */
const FROM_TREE = ['ioport.h', 'resource_ext.h', 'range.h'];
const FLAGS = [
  ...['-std=gnu11', '-g', '-O1', '-w', '-fno-builtin', '-fno-strict-aliasing', '-fwrapv', '-funsigned-char'],
  ...['-ffreestanding', '-nostdinc', '-DKBUILD_MODNAME="resource"'],
];

/** One line of what the native program prints, without its tabs. */
export interface NativeFact {
  readonly kind: 'observe' | 'problem' | 'log' | 'node' | 'end';
  readonly fields: readonly string[];
}

/**
 * The unmodified `kernel/resource.c` of a tree and the model library, compiled by gcc. Scenarios are linked to it and run as
 * native processes: what C says, independent of our front end and machine.
 */
export class NativeKernel {
  readonly #work: string;
  readonly #flags: readonly string[];
  readonly #objects: readonly string[];
  #made = 0;

  /** `defines` are those of the architecture's profile; `sanitize` adds AddressSanitizer, `optimize` compiles with -O2. */
  constructor(
    tree: string,
    defines: ReadonlyMap<string, string>,
    options: { readonly sanitize?: boolean; readonly optimize?: boolean } = {},
  ) {
    this.#work = mkdtempSync(join(tmpdir(), 'iomem-native-'));
    const overlay = join(this.#work, 'include/linux');
    mkdirSync(overlay, { recursive: true });
    for (const name of FROM_TREE) {
      try {
        cpSync(join(tree, 'include/linux', name), join(overlay, name));
      } catch {
        // Not every tree has each of them.
      }
    }
    const sanitize = options.sanitize ? ['-fsanitize=address'] : [];
    this.#flags = [
      ...FLAGS,
      ...sanitize,
      ...(options.optimize ? ['-O2'] : []),
      ...[...defines].map(([name, value]) => `-D${name}=${value}`),
      ...['-I', join(this.#work, 'include'), '-I', join(MODEL, 'include')],
    ];
    const source = readFileSync(join(tree, 'kernel/resource.c'), 'utf8');
    const initcalls = [...source.matchAll(/^(fs_initcall|__initcall)\((\w+)\);/gm)]
      .map((m) => ({ level: m[1] === 'fs_initcall' ? 5 : 6, name: m[2]! }))
      .sort((a, b) => a.level - b.level);
    const boot = `void native_boot(void) { ${initcalls.map((call) => `${call.name}();`).join(' ')} }\n`;
    const functions = `#include ${JSON.stringify(join(tree, 'kernel/resource.c'))}\n${boot}`;
    const native = join(this.#work, 'native.o');
    execFileSync('gcc', ['-g', '-O1', '-w', ...sanitize, '-c', join(HERE, 'native.c'), '-o', native]);
    const library = join(this.#work, 'library.o');
    execFileSync('gcc', [...this.#flags, '-c', join(MODEL, 'lib/kernel.c'), '-o', library]);
    // The tree's functions take the place of the library's, and libc's of both (the sanitizer wants its own).
    execFileSync('objcopy', ['--weaken', library]);
    this.#objects = [this.#compile('resource', functions), library, native];
    if (options.sanitize) this.#objects = [...this.#objects, '-fsanitize=address'];
  }

  #compile(name: string, text: string): string {
    const source = join(this.#work, `${name}.c`);
    const object = join(this.#work, `${name}.o`);
    writeFileSync(source, text);
    const result = spawnSync('gcc', [...this.#flags, '-c', source, '-o', object], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`gcc does not compile ${name}:\n${result.stderr}`);
    return object;
  }

  /** Links scenarios into one program; their texts by name. */
  link(scenarios: ReadonlyMap<string, string>): NativeProgram {
    const id = `program${this.#made++}`;
    const folder = join(this.#work, id);
    mkdirSync(folder);
    const declared: string[] = [];
    const chosen: string[] = [];
    [...scenarios].forEach(([name, text], i) => {
      writeFileSync(join(folder, `s${i}.c`), `${text}\nvoid native_scenario_${i}(void) { ${callsOf(text)} }\n`);
      declared.push(`void native_scenario_${i}(void);`);
      chosen.push(`if (!__builtin_strcmp(name, ${JSON.stringify(name)})) native_scenario_${i}();`);
    });
    const main = `${declared.join('\n')}\nvoid native_scenario(const char *name) {\n${chosen.join('\n')}\n}\n`;
    writeFileSync(join(folder, 'choose.c'), main);
    const sources = readdirSync(folder);
    const compiled = spawnSync('gcc', [...this.#flags, '-O0', '-c', ...sources], { cwd: folder, encoding: 'utf8' });
    if (compiled.status !== 0) throw new Error(`gcc does not compile a scenario:\n${compiled.stderr}`);
    const objects = sources.map((source) => join(folder, source.replace(/c$/, 'o')));
    const program = join(this.#work, `${id}.out`);
    execFileSync('gcc', [...objects, ...this.#objects, '-o', program]);
    return { run: (name, iomem) => run(program, name, iomem ?? '') };
  }

  /** Links a text in the kernel's dialect and a harness on libc that calls it. Answers the program's path. */
  linkHarness(text: string, harness: string): string {
    const program = join(this.#work, `harness${this.#made++}`);
    const object = this.#compile(`text${this.#made}`, text);
    execFileSync('gcc', ['-O1', '-w', harness, object, ...this.#objects, '-o', program]);
    return program;
  }

  dispose(): void {
    rmSync(this.#work, { recursive: true, force: true });
  }
}

/** Scenarios linked to a kernel. */
export interface NativeProgram {
  /** Runs the threads of a scenario one after another. `iomem` is the machine's tree, as native.c reads it. */
  run(name: string, iomem?: string): readonly NativeFact[];
}

/** Calls of what SETUP, THREAD and CHECK of a scenario become. */
function callsOf(scenario: string): string {
  const threads = [...scenario.matchAll(/^THREAD\((\w+)\)/gm)].map((m) => `__iomem_thread_${m[1]}();`);
  const setup = /^SETUP\b/m.test(scenario) ? ['__iomem_scenario_setup();'] : [];
  const check = /^CHECK\b/m.test(scenario) ? ['__iomem_scenario_check();'] : [];
  return [...setup, ...threads, ...check].join(' ');
}

function run(program: string, name: string, iomem: string): readonly NativeFact[] {
  const result = spawnSync(program, [name], { input: iomem, encoding: 'utf8', timeout: 20_000 });
  const facts = result.stdout.split('\n').filter((line) => line !== '');
  if (result.status !== 0) {
    const said =
      /ERROR: AddressSanitizer: (\S+)/.exec(result.stderr)?.[1] ?? `status ${result.status ?? result.signal}`;
    facts.push(`end\t${said}`);
  }
  return facts.map((line) => {
    const [kind, ...fields] = line.split('\t');
    return { kind: kind as NativeFact['kind'], fields };
  });
}

/** What a scenario observed, as the review writes it, except that pointers to objects are not told apart: `p = pointer`. */
export function observations(facts: readonly NativeFact[]): readonly string[] {
  const shown = (kind: string, value: string): string => {
    if (kind === 'errno') return formatValue({ kind, value: Number(value) });
    if (kind === 'string') return formatValue({ kind, value: unquoted(value) });
    return kind === 'int' ? value : value === '0' ? 'NULL' : 'pointer';
  };
  return facts
    .filter((f) => f.kind === 'observe')
    .map(({ fields: [expr, kind, value] }) => `${unquoted(expr!)} = ${shown(kind!, value!)}`);
}

/** The text that native.c wrote with `\\n`, `\\t` and `\\\\`. */
const unquoted = (text: string): string =>
  text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
