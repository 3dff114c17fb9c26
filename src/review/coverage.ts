import { CodedError } from '../base/errors.ts';
import type { FunctionBody, IrFunction } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { PatchedFile } from './lines.ts';
import type { ChangedLine, World as WorldName } from './report.ts';
import type { World } from './world.ts';

/** For each line of one file: the statements whose code stands on it. A line without an entry holds no code. */
type StatementsByLine = Map<number, Set<Loc>>;

export interface LineCoverage {
  readonly lines: readonly ChangedLine[];
  /** Changed lines inside functions that could not be lowered, with the reason. */
  readonly refused: readonly {
    readonly world: WorldName;
    readonly file: string;
    readonly line: number;
    readonly patchLine: number;
    readonly function: string;
    readonly reason: CodedError;
  }[];
}

/** Which changed lines hold code, and how often scenarios executed it. `executed` sums the counts of all executions. */
export function changedLineCoverage(
  worlds: Readonly<Record<WorldName, World>>,
  files: readonly PatchedFile[],
  executed: Readonly<Record<WorldName, ReadonlyMap<Loc, number>>>,
): LineCoverage {
  const lines: ChangedLine[] = [];
  const refused: LineCoverage['refused'][number][] = [];
  for (const file of files) {
    for (const which of ['before', 'after'] as const) {
      const path = which === 'before' ? file.oldPath : file.path;
      if (file.changed[which].length === 0) continue;
      const world = worlds[which];
      const code = statementsByLine(world, path, ownersOf(world, path, file.changed[which]));
      for (const { line, patchLine } of file.changed[which]) {
        const statements = code.lines.get(line);
        if (statements) {
          lines.push({ world: which, file: path, line, patchLine, executed: countOf(statements, executed[which]) });
        } else {
          const broken = code.refused.find((f) => f.from <= line && line <= f.to);
          if (broken)
            refused.push({ world: which, file: path, line, patchLine, function: broken.name, reason: broken.reason });
        }
      }
    }
  }
  return { lines, refused };
}

/** How often each line of one file that holds code was executed: the most of the statements on it. Ascending. */
export function fileCoverage(
  world: World,
  path: string,
  executed: ReadonlyMap<Loc, number>,
): readonly { readonly line: number; readonly count: number }[] {
  return [...statementsByLine(world, path, undefined).lines]
    .map(([line, statements]) => ({ line, count: countOf(statements, executed) }))
    .sort((a, b) => a.line - b.line);
}

function countOf(statements: ReadonlySet<Loc>, executed: ReadonlyMap<Loc, number>): number {
  let count = 0;
  for (const loc of statements) count = Math.max(count, executed.get(loc) ?? 0);
  return count;
}

/**
 * The functions whose code may stand on these lines: those around them. undefined where that may be any, since some line is
 * outside of functions or in a directive.
 */
function ownersOf(
  world: World,
  path: string,
  lines: readonly { readonly line: number }[],
): ReadonlySet<IrFunction> | undefined {
  const { functions, locations } = world.compiled.program;
  const own = functions.filter((fn) => fn.file === path && fn.endLoc !== fn.loc);
  const extents = own.map((fn) => ({ fn, ...extent(world, fn) }));
  const found = new Set<IrFunction>();
  for (const { line } of lines) {
    const text = locations.lineText(path, line)?.trimStart() ?? '';
    if (text === '') continue;
    const around = extents.filter(({ from, to }) => from <= line && line <= to);
    if (around.length === 0 || text.startsWith('#') || locations.lineText(path, line - 1)?.endsWith('\\'))
      return undefined;
    for (const { fn } of around) found.add(fn);
  }
  return found;
}

/** `only`: of these functions, else of all under review. */
function statementsByLine(
  world: World,
  path: string,
  only: ReadonlySet<IrFunction> | undefined,
): {
  readonly lines: StatementsByLine;
  readonly refused: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly reason: CodedError;
  }[];
} {
  const lines: StatementsByLine = new Map();
  const refused: { name: string; from: number; to: number; reason: CodedError }[] = [];
  const { locations } = world.compiled.program;
  const add = (at: Loc, statement: Loc): void => {
    // Code of a macro stands where the macro is used and where it is written.
    for (const place of [world.place(at), locations.spelling(at)]) {
      if (place.file !== path) continue;
      const set = lines.get(place.line);
      if (set) set.add(statement);
      else lines.set(place.line, new Set([statement]));
    }
  };
  for (const fn of only ?? world.compiled.program.functions) {
    // Code on this file's lines is that of its functions, or of functions under review that use its macros.
    if (fn.file !== path && !world.isUnderReview(fn.file)) continue;
    let body: FunctionBody | undefined;
    try {
      body = fn.body();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (fn.file === path) refused.push({ name: fn.plainName, ...extent(world, fn), reason: error });
      continue;
    }
    if (body) walk(body, add);
  }
  return { lines, refused };
}

const extent = (world: World, fn: IrFunction): { from: number; to: number } => ({
  from: world.place(fn.loc).line,
  to: world.place(fn.endLoc).line,
});

/** Attributes each instruction's line to the statement it belongs to: the last one begun on the way to it. */
function walk(body: FunctionBody, add: (at: Loc, statement: Loc) => void): void {
  const seen = new Set<number>();
  const queue: { block: number; statement: Loc }[] = [{ block: 0, statement: 0 }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (seen.has(next.block)) continue;
    seen.add(next.block);
    const block = body.blocks[next.block]!;
    let statement = next.statement;
    for (const instr of block.instrs) {
      if (instr.op === 'stmt') statement = instr.loc;
      if (statement !== 0 && instr.loc !== 0) add(instr.loc, statement);
    }
    const end = block.end;
    if (statement !== 0 && end.op !== 'jump' && end.loc !== 0) add(end.loc, statement);
    const targets =
      end.op === 'jump'
        ? [end.to]
        : end.op === 'branch'
          ? [end.then, end.else]
          : end.op === 'switch'
            ? [...end.cases.map((c) => c.to), end.default]
            : [];
    for (const block of targets) queue.push({ block, statement });
  }
}
