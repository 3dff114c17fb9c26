import type { CodedError } from '../base/errors.ts';
import type { SourceTree } from '../base/tree.ts';
import { kernelNatives } from '../kernel/natives.ts';
import { noSuchFile } from './errors.ts';
import { Machines } from './machines.ts';
import { CallGraph } from './reach.ts';
import { compileWorld, type ModelFiles } from './world.ts';

export interface FunctionCheck {
  readonly name: string;
  readonly line: number;
  readonly executable: boolean;
  /** Why not, with its place. */
  readonly reason?: string;
  /** Functions it calls that have neither body nor model: they would be stubs. */
  readonly calls: readonly string[];
}
export interface FileCheck {
  readonly path: string;
  readonly functions: readonly FunctionCheck[];
  readonly declarations: readonly { readonly line: number; readonly reason: string }[];
  readonly missingHeaders: readonly string[];
}

/** What of one file of the tree can be executed, function by function. Throws R009 where the tree has no such file. */
export function checkFile(input: {
  readonly path: string;
  readonly tree: SourceTree;
  readonly model: ModelFiles;
  readonly machine: string;
}): FileCheck {
  if (input.tree.read(input.path) === undefined) throw noSuchFile(input.path);
  const { profile } = new Machines().named(input.machine);
  const world = compileWorld({
    which: 'after',
    tree: input.tree,
    model: input.model,
    profile,
    units: [input.path],
    scenarios: [],
  });
  const { program, errors, missingHeaders } = world.compiled;
  const graph = new CallGraph(program);
  const natives = kernelNatives().functions;
  const bodiless = (func: number): boolean => {
    graph.callees(func);
    const fn = program.functions[func]!;
    return !graph.refused.has(func) && fn.body() === undefined && !natives.has(fn.plainName);
  };
  const functions = program.functions.flatMap((fn, func): FunctionCheck[] => {
    if (fn.file !== input.path || fn.endLoc === fn.loc) return [];
    const callees = graph.callees(func);
    const refused = graph.refused.get(func);
    const calls = [...callees].filter(bodiless).map((f) => program.functions[f]!.plainName);
    const { line } = world.place(fn.loc);
    const at = refused?.place ? ` (${refused.place.file}:${refused.place.line}:${refused.place.column ?? 1})` : '';
    return [
      {
        name: fn.plainName,
        line,
        executable: !refused,
        ...(refused ? { reason: `${refused.what}${at}` } : {}),
        calls: calls.sort(),
      },
    ];
  });
  return {
    path: input.path,
    functions: functions.sort((a, b) => a.line - b.line),
    declarations: errors.flatMap((e: CodedError) =>
      e.place?.file === input.path ? [{ line: e.place.line, reason: e.what }] : [],
    ),
    missingHeaders: [...new Set(missingHeaders.map((h) => h.name))].sort(),
  };
}
