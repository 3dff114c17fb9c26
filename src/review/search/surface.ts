import { CodedError } from '../../base/errors.ts';
import type { IrFunction } from '../../c/ir.ts';
import type { CType, FunctionType, IntType } from '../../c/types.ts';
import type { World } from '../world.ts';
import { declaration } from './c-text.ts';

/*
 * What can be called: the functions of the code under review that other files can call, with what each parameter wants,
 * read from its type and name. A function whose parameters cannot be made up is left out, with the reason.
 */

/** What a number is for, by the names that C code gives it. */
export type Role =
  | 'address'
  | 'end'
  | 'limit'
  | 'size'
  | 'align'
  | 'flags'
  | 'desc'
  | 'pfn'
  | 'pages'
  | 'gfp'
  | 'bool'
  | 'number';

export type Param =
  /** A resource that other resources lie in: one word, its handle. */
  | { readonly kind: 'container'; readonly text: string }
  /**
   * Any resource but a root: six words, handle and what a fresh one holds. `fresh`: it gets a new one; `placed`: or one that
   * stands in a tree, to be placed anew; `loose`: it gets one in a tree, but need not.
   */
  | {
      readonly kind: 'resource';
      readonly fresh: boolean;
      readonly placed: boolean;
      readonly loose: boolean;
      readonly text: string;
    }
  | { readonly kind: 'int'; readonly role: Role; readonly type: CType; readonly bytes: number }
  | { readonly kind: 'name' }
  | { readonly kind: 'device' }
  /** Handed on to a callback. */
  | { readonly kind: 'data' }
  /** One word: what it answers. */
  | { readonly kind: 'callback'; readonly type: FunctionType; readonly id: number; readonly nullable: boolean }
  /** Words of its members, one after the other. */
  | { readonly kind: 'record'; readonly tag: string; readonly members: readonly (readonly [string, Param])[] };

export interface Operation {
  /** As its function is called. */
  readonly name: string;
  readonly params: readonly Param[];
  readonly result: 'void' | 'int' | 'resource' | 'pointer' | 'string';
  /** Of an integer result. */
  readonly resultType?: IntType;
  readonly prototype: string;
  /** Words of all parameters. */
  readonly words: number;
  /** A call that scenarios make and no function of the code under review: its C text. */
  readonly builtIn?: string;
  /** What happens before threads begin: it is never made at the same time as anything else. */
  readonly early?: true;
  /** The patch adds it: there is nothing to compare it with but what no code may do. */
  readonly added?: true;
}

export interface Surface {
  readonly operations: readonly Operation[];
  /** Functions that others can call and this search cannot. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

const wordsOf = (param: Param): number => {
  switch (param.kind) {
    case 'resource':
      return 6;
    case 'data':
      return 0;
    case 'record':
      return param.members.reduce((sum, [, p]) => sum + wordsOf(p), 0);
    default:
      return 1;
  }
};

/** The words of each parameter of an operation: where they begin, and what they are for. */
export function layoutOf(params: readonly Param[]): readonly { readonly param: Param; readonly at: number }[] {
  const laid: { param: Param; at: number }[] = [];
  let at = 0;
  const add = (param: Param): void => {
    if (param.kind === 'record') for (const [, member] of param.members) add(member);
    else {
      laid.push({ param, at });
      at += wordsOf(param);
    }
  };
  for (const param of params) add(param);
  return laid;
}

/** Calls of the scenario library that bring more of the code under review to run. */
const builtIns: readonly Pick<Operation, 'name' | 'params' | 'result' | 'builtIn' | 'early'>[] = [
  {
    name: 'iomem_device_unbind',
    params: [{ kind: 'device' }],
    result: 'int',
    builtIn: 'iomem_device_unbind(%0)',
  },
  {
    name: 'iomem_limit',
    params: [
      {
        kind: 'int',
        role: 'limit',
        type: { kind: 'int', size: 8, signed: false, rank: 5, name: 'unsigned long long' },
        bytes: 8,
      },
    ],
    result: 'void',
    builtIn: 'iomem_limit(%0)',
    early: true,
  },
  {
    name: 'iomem_proc_read_parts',
    params: [
      { kind: 'int', role: 'bool', type: { kind: 'int', size: 4, signed: true, rank: 3, name: 'int' }, bytes: 4 },
    ],
    result: 'string',
    builtIn: 'iomem_proc_read_parts("iomem", %0, 2)',
  },
];

/** The functions that both worlds have, with the same prototype, and those that the patch adds. */
export function surfaceOf(worlds: Readonly<Record<'before' | 'after', World>>): Surface {
  const operations: Operation[] = [];
  const left: { name: string; why: string }[] = [];
  let callbacks = 0;
  const nextCallback = (): number => callbacks++;
  const old = callable(worlds.before);
  for (const [name, fn] of callable(worlds.after)) {
    const before = old.get(name);
    const prototype = declaration(fn.type, name);
    if (!before) {
      // What two underscores begin may count on its caller, for locks above all.
      const made =
        prototype === undefined || name.startsWith('__')
          ? 'it is there after the patch only'
          : operationOf(fn, prototype, nextCallback);
      if (typeof made === 'string') left.push({ name, why: made });
      else operations.push({ ...made, added: true });
    } else if (prototype === undefined || declaration(before.type, name) !== prototype)
      left.push({ name, why: 'its prototype is another one before the patch' });
    else {
      const made = operationOf(fn, prototype, nextCallback);
      if (typeof made === 'string') left.push({ name, why: made });
      else operations.push(made);
    }
  }
  for (const name of old.keys())
    if (!callable(worlds.after).has(name)) left.push({ name, why: 'it is there before the patch only' });
  operations.sort((a, b) => (a.name < b.name ? -1 : 1));
  const { program } = worlds.after.compiled;
  for (const op of builtIns)
    if (program.functionNamed(op.name) !== undefined)
      operations.push({ ...op, prototype: '', words: op.params.reduce((n, p) => n + wordsOf(p), 0) });
  if (operations.some((op) => op.name === 'insert_resource'))
    for (const name of otherRoots(worlds.after))
      operations.push({
        name: 'insert_resource',
        params: [{ kind: 'resource', fresh: true, placed: false, loose: false, text: 'new' }],
        result: 'int',
        resultType: { kind: 'int', size: 4, signed: true, rank: 3, name: 'int' },
        builtIn: `insert_resource(&${name}, %0)`,
        prototype: '',
        words: 6,
      });
  return { operations, left: left.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Roots of trees besides those of memory and ports, which what the search makes up lies in. */
function otherRoots(world: World): readonly string[] {
  return world.compiled.program.globals
    .filter((g) => isResource(g.type) && world.isUnderReview(g.file) && /^\w+_resource$/.test(g.name))
    .map((g) => g.name)
    .filter((name) => name !== 'iomem_resource' && name !== 'ioport_resource')
    .sort();
}

function callable(world: World): ReadonlyMap<string, IrFunction> {
  const found = new Map<string, IrFunction>();
  for (const fn of world.compiled.program.functions) {
    if (fn.static || fn.loc === fn.endLoc || !world.isUnderReview(fn.file) || fn.file.endsWith('.h')) continue;
    if (!bodyTaken(fn)) continue;
    found.set(fn.plainName, fn);
  }
  return found;
}

function bodyTaken(fn: IrFunction): boolean {
  try {
    return fn.body() !== undefined;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return false;
  }
}

function operationOf(fn: IrFunction, prototype: string, nextCallback: () => number): Operation | string {
  if (fn.type.kind !== 'function') return 'it is no function';
  const { params, returns, variadic } = fn.type;
  if (variadic) return 'it takes any number of arguments';
  const made: Param[] = [];
  const container = params.some((p) => isContainer(p.type, p.name ?? ''));
  const placed = params.some((p) => /size/.test(p.name ?? ''));
  const loose = returns.kind === 'pointer' || (returns.kind === 'int' && returns.size === 8);
  for (const [index, { name, type }] of params.entries()) {
    const param = paramOf(type, name ?? '', { container, placed, loose, nextCallback });
    if (typeof param === 'string') return `its parameter ${name ?? index + 1} is ${param}`;
    made.push(param);
  }
  const result = resultOf(returns);
  if (!result) return 'it answers a struct';
  return {
    name: fn.plainName,
    params: made,
    result,
    ...(result === 'int' ? { resultType: carrier(returns)! } : {}),
    prototype,
    words: made.reduce((n, p) => n + wordsOf(p), 0),
  };
}

function resultOf(type: CType): Operation['result'] | undefined {
  if (type.kind === 'void') return 'void';
  if (carrier(type)) return 'int';
  if (type.kind !== 'pointer') return undefined;
  return isResource(type.to) ? 'resource' : 'pointer';
}

const carrier = (type: CType): IntType | undefined =>
  type.kind === 'int' ? type : type.kind === 'enum' ? type.carrier : undefined;

const isResource = (type: CType): boolean => type.kind === 'struct' && type.tag === 'resource';

const isContainer = (type: CType, name: string): boolean =>
  type.kind === 'pointer' && isResource(type.to) && /^(root|parent|base|window|top|from)$/.test(name);

function paramOf(
  type: CType,
  name: string,
  at: {
    readonly container: boolean;
    readonly placed: boolean;
    readonly loose: boolean;
    readonly nextCallback: () => number;
    readonly depth?: number;
  },
): Param | string {
  const int = carrier(type);
  if (int) return { kind: 'int', role: int.bool ? 'bool' : roleOf(name), type, bytes: int.size };
  if (type.kind !== 'pointer') return `a ${type.kind}`;
  const { to } = type;
  if (isResource(to)) {
    const text = name;
    if (isContainer(type, name)) return { kind: 'container', text };
    const fresh = at.container && !/^(old|r|res\w*)$/.test(name);
    return { kind: 'resource', fresh, placed: at.placed, loose: at.loose && !fresh, text };
  }
  if (to.kind === 'struct' && to.tag === 'device') return { kind: 'device' };
  if (to.kind === 'int' && to.size === 1) return to.const || /name/.test(name) ? { kind: 'name' } : 'a buffer';
  if (to.kind === 'void') return { kind: 'data' };
  if (to.kind === 'function') {
    const nullable = to.returns.kind === 'int' && to.returns.size === 8;
    const known =
      to.params.every(({ type: t }) => carrier(t) || t.kind === 'pointer') &&
      (to.returns.kind === 'void' || carrier(to.returns));
    if (!known || declaration(to, 'f') === undefined) return 'a callback of unknown kind';
    return { kind: 'callback', type: to, id: at.nextCallback(), nullable };
  }
  if (to.kind === 'struct' && to.tag !== undefined && to.members && (at.depth ?? 0) === 0) {
    const members: [string, Param][] = [];
    for (const member of to.members) {
      if (member.name === undefined || member.bits) return `a struct ${to.tag}`;
      const param = paramOf(member.type, member.name, { ...at, depth: 1 });
      if (typeof param === 'string') return `a struct ${to.tag}, whose ${member.name} is ${param}`;
      members.push([member.name, param]);
    }
    return { kind: 'record', tag: to.tag, members };
  }
  return to.kind === 'struct' ? `a struct ${to.tag ?? ''}`.trimEnd() : `a pointer to ${to.kind}`;
}

function roleOf(name: string): Role {
  if (/pages/.test(name)) return 'pages';
  if (/pfn/.test(name)) return 'pfn';
  if (/flags/.test(name)) return 'flags';
  if (/desc/.test(name)) return 'desc';
  if (/gfp/.test(name)) return 'gfp';
  if (/align/.test(name)) return 'align';
  if (/size|^n$|len/.test(name)) return 'size';
  if (/end|last|max|limit/.test(name)) return 'end';
  if (/start|addr|base|min|phys|offset/.test(name)) return 'address';
  return 'number';
}
