import type { CallNode } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Callee, Expr } from '../ir.ts';
import type { FunctionType } from '../types.ts';
import { isScalar, isSigned, isVoid, typeName } from '../types-ops.ts';
import { constant, convert } from './ir-build.ts';
import type { Lowering } from './lower.ts';
import { sameSignature, signatureOf } from './lower.ts';
import { at } from './place.ts';

/**
 * A call: arguments from left to right, the extra ones of a variadic function as 8-byte cells in a slot, a struct result
 * through a hidden pointer. Answers the value (a struct's address), undefined for void.
 */
export function lowerCall(l: Lowering, node: CallNode, wanted: boolean): Expr | undefined {
  const { b, types } = l;
  const { loc, fn } = node;
  const type = functionType(node);
  const signature = signatureOf(types, type);
  const args: Expr[] = [];
  let result: Expr | undefined;
  if (!isVoid(node.type) && !isScalar(node.type)) {
    const slot = b.slot(types.sizeOf(node.type), types.alignOf(node.type));
    b.emit({ op: 'enter', slot, loc });
    result = { op: 'slot', slot, offset: 0 };
    args.push(result);
  }
  const laterEffects = effectsAfter(node);
  const callee: Callee =
    fn.k === 'func'
      ? { kind: 'direct', func: direct(l, node, type) }
      : { kind: 'indirect', address: l.kept(l.value(fn), fn.type, laterEffects[0]!, loc), signature };
  const named = type.params.length;
  node.args.slice(0, named).forEach((arg, i) => {
    const value = isScalar(arg.type) ? l.value(arg) : l.address(arg);
    args.push(l.kept(value, isScalar(arg.type) ? arg.type : types.voidPtr, laterEffects[i + 1]!, loc));
  });
  if (type.variadic) args.push(cells(l, node, named));
  if (isVoid(node.type) || result) {
    b.emit({ op: 'call', callee, args, loc });
    return result;
  }
  const dst = wanted ? b.register(types.reg(node.type)) : undefined;
  b.emit({ op: 'call', ...(dst !== undefined && { dst }), callee, args, loc });
  return dst === undefined ? undefined : { op: 'reg', reg: dst };
}

function functionType(node: CallNode): FunctionType {
  const { type } = node.fn;
  return (type.kind === 'pointer' ? type.to : type) as FunctionType;
}

/** For the callee and each argument: whether anything evaluated after it has effects. */
function effectsAfter(node: CallNode): boolean[] {
  const after: boolean[] = [];
  let any = false;
  for (let i = node.args.length; i >= 0; i--) {
    after[i] = any;
    any ||= node.args[i - 1]?.effects ?? false;
  }
  return after;
}

/** The function's index, if it is defined as it is called. */
function direct(l: Lowering, node: CallNode, type: FunctionType): number {
  const fn = node.fn as CallNode['fn'] & { k: 'func' };
  const index = l.host.functionIndex(fn.sym);
  const defined = l.host.definedAs(index);
  if (!sameSignature(signatureOf(l.types, type), defined.signature)) {
    const where = l.host.place(defined.loc);
    throw E.linkMismatch(
      l.host.place(node.loc),
      fn.sym.name,
      typeName(type),
      typeName(defined.type),
      `${where.file}:${where.line}`,
    );
  }
  return index;
}

/** The extra arguments of a variadic call, each in 8 bytes. */
function cells(l: Lowering, node: CallNode, named: number): Expr {
  const { b, types } = l;
  const { loc } = node;
  const extra = node.args.slice(named);
  if (extra.length === 0) return constant(types.word, 0n);
  const values = extra.map((arg, i) => {
    const later = extra.slice(i + 1).some((each) => each.effects);
    return l.kept(l.value(arg), arg.type, later, loc);
  });
  const slot = b.slot(extra.length * 8, 8);
  b.emit({ op: 'enter', slot, loc });
  const base: Expr = { op: 'slot', slot, offset: 0 };
  values.forEach((value, i) => {
    const { type } = extra[i]!;
    const wide = convert(types, value, type, isSigned(type) ? types.llong : types.ullong, loc);
    b.store('64', at(l, base, i * 8, loc), wide, loc);
  });
  return base;
}
