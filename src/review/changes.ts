import { CodedError } from '../base/errors.ts';
import type { Expr, FunctionBody, IrFunction, IrGlobal, Program } from '../c/ir.ts';
import { TextComparison } from '../c/same-text.ts';
import type { LineBook, PatchedFile } from './lines.ts';
import type { ChangedFunction, World as WorldName } from './report.ts';
import type { World } from './world.ts';

/** A function that the patch touches, in text or in meaning. */
export interface FunctionChange extends Omit<ChangedFunction, 'reachedFrom'> {
  /** Index in each world's program. */
  readonly index: Partial<Record<WorldName, number>>;
}

/**
 * Functions of the code under review that differ between the worlds. `layout`: the text differs, the lowered code is the
 * same (comments, white space, names of locals). `modified` also covers functions whose text is the same but whose code is
 * not, because a macro, a type or a header changed.
 */
export function changedFunctions(
  before: World,
  after: World,
  lines: LineBook,
  files: readonly PatchedFile[],
): readonly FunctionChange[] {
  const touchedLines = changedLineSets(files);
  const old = functionsUnderReview(before);
  const now = functionsUnderReview(after);
  const changes: FunctionChange[] = [];
  const texts = new TextComparison(before.compiled.program, after.compiled.program);
  const inHeaders = (map: typeof old): ReadonlySet<string> =>
    new Set([...map.values()].flatMap(({ fn }) => (fn.file.endsWith('.h') ? [`${fn.file} ${fn.plainName}`] : [])));
  const copies = { before: inHeaders(old), after: inHeaders(now) };
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const a = old.get(name);
    const b = now.get(name);
    if (a && b) {
      const textChanged = touches(before, touchedLines.before, a.fn) || touches(after, touchedLines.after, b.fn);
      if (!textChanged && texts.same(a.fn, b.fn)) continue;
      const code = [fingerprint(before.compiled.program, a.fn), fingerprint(after.compiled.program, b.fn)];
      // What cannot be lowered cannot be compared: all that is known is whether its text differs.
      const sameCode = code[0] !== undefined && code[0] === code[1];
      if (!textChanged && code[0] === code[1]) continue;
      const place = lines.place(after, b.fn.loc);
      changes.push({
        name: b.fn.plainName,
        file: place.file,
        line: place.line,
        change: sameCode ? 'layout' : 'modified',
        equivalent: sameCode,
        index: { before: a.index, after: b.index },
      });
    } else {
      const world = b ? after : before;
      const { fn, index } = (b ?? a)!;
      // A unit that comes or goes has its own copies of a header's functions; those of other units tell what changed.
      if (fn.file.endsWith('.h') && (b ? copies.before : copies.after).has(`${fn.file} ${fn.plainName}`)) continue;
      const place = lines.place(world, fn.loc);
      changes.push({
        name: fn.plainName,
        file: place.file,
        line: place.line,
        change: b ? 'added' : 'removed',
        equivalent: false,
        index: b ? { after: index } : { before: index },
      });
    }
  }
  return changes.sort((x, y) => (x.file === y.file ? x.line - y.line : x.file < y.file ? -1 : 1));
}

function functionsUnderReview(world: World): Map<string, { readonly fn: IrFunction; readonly index: number }> {
  const found = new Map<string, { fn: IrFunction; index: number }>();
  world.compiled.program.functions.forEach((fn, index) => {
    if (world.isUnderReview(fn.file) && fn.endLoc !== fn.loc) found.set(fn.name, { fn, index });
  });
  return found;
}

function changedLineSets(files: readonly PatchedFile[]): Record<WorldName, Map<string, readonly number[]>> {
  const sets: Record<WorldName, Map<string, readonly number[]>> = { before: new Map(), after: new Map() };
  for (const file of files) {
    sets.before.set(
      file.oldPath,
      file.changed.before.map((l) => l.line),
    );
    sets.after.set(
      file.path,
      file.changed.after.map((l) => l.line),
    );
  }
  return sets;
}

function touches(world: World, lines: ReadonlyMap<string, readonly number[]>, fn: IrFunction): boolean {
  const from = world.place(fn.loc);
  const to = world.place(fn.endLoc);
  return (lines.get(from.file) ?? []).some((line) => line >= from.line && line <= to.line);
}

/** Whether the data of the code under review begins the same in both worlds: same objects, same bytes, same addresses in them. */
export function sameData(before: World, after: World): boolean {
  return dataText(before) === dataText(after);
}

function dataText(world: World): string {
  const { program } = world.compiled;
  return program.globals
    .filter((g) => !isOfAFunction(g) && world.isUnderReview(g.file))
    .map((g) => `${g.name} ${contents(program, g)}`)
    .sort()
    .join('\n');
}

/**
 * Strings, static locals, literals inside of functions: they join a program when such a function is lowered, and belong to its
 * code. Which functions were lowered depends on what the program was used for before.
 */
const isOfAFunction = (global: IrGlobal): boolean => global.string === true || !/^\w+(@|$)/.test(global.name);

function contents(program: Program, g: IrGlobal): string {
  const to = g.relocations.map(({ at, target, addend }) => {
    const named = (target.kind === 'func' ? program.functions : program.globals)[target.index];
    const text = named && 'string' in named && named.string ? [...named.bytes].join(',') : named?.name;
    return `${at}:${text}+${addend}`;
  });
  return `${g.size} ${g.align} ${g.constant} ${[...g.bytes].join(',')} ${to.join(' ')}`;
}

/** The lowered code as text, without locations and without names of locals; the same text means the same behaviour. Undefined for what cannot be lowered. */
export function fingerprint(program: Program, fn: IrFunction): string | undefined {
  if (!fingerprints.has(fn)) fingerprints.set(fn, computeFingerprint(program, fn));
  return fingerprints.get(fn);
}

/** A function belongs to one program; programs outlive reviews. */
const fingerprints = new WeakMap<IrFunction, string | undefined>();

function computeFingerprint(program: Program, fn: IrFunction): string | undefined {
  let body: FunctionBody | undefined;
  try {
    body = fn.body();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return undefined;
  }
  if (!body) return 'no body';
  return JSON.stringify(body, (key, value: unknown) => {
    if (key === 'loc' || key === 'variable' || key === 'why') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    if (value !== null && typeof value === 'object' && 'op' in value) return named(program, value as Expr);
    if (value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'direct' && 'func' in value)
      return { kind: 'direct', func: program.functions[value.func as number]?.name };
    return value;
  });
}

/** Indices into the program mean nothing in another program: names and contents do. */
function named(program: Program, expr: Expr): unknown {
  if (expr.op === 'func') return { op: 'func', name: program.functions[expr.func]?.name };
  if (expr.op === 'global') {
    const global = program.globals[expr.global];
    const what =
      global === undefined
        ? undefined
        : global.string
          ? `"${[...global.bytes].join(',')}"`
          : isOfAFunction(global)
            ? `${global.name} ${contents(program, global)}`
            : global.name;
    return { op: 'address', name: what, offset: expr.offset };
  }
  return expr;
}
