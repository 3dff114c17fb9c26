import type { FunctionAst } from '../ast.ts';
import type { FunctionBody } from '../ir.ts';
import type { Loc } from '../token.ts';
import type { FunctionType } from '../types.ts';
import type { Types } from '../types-ops.ts';
import { isRecord, isVoid } from '../types-ops.ts';
import { type LinkHost, Lowering, needsSlot } from './lower.ts';

/** Lowers a parsed body. Throws CodedError for what is found only now (a call against another signature). */
export function lowerFunction(
  ast: FunctionAst,
  type: FunctionType,
  types: Types,
  host: LinkHost,
  loc: Loc,
): FunctionBody {
  const l = new Lowering(types, host, ast.returns, ast.body.region.parent!);
  const { b } = l;
  if (isRecord(ast.returns)) l.resultPointer = b.register(types.word);
  // First the registers that the parameters arrive in, then where they live.
  const arrived = ast.params.map((sym) => {
    const named = { name: sym.name, type: sym.type, loc: sym.loc };
    if (needsSlot(sym)) return b.register(isRecord(sym.type) ? types.word : types.reg(sym.type));
    const reg = b.register(types.reg(sym.type), named);
    l.bind(sym, reg);
    return reg;
  });
  if (type.variadic) l.cells = b.register(types.word);
  ast.params.forEach((sym, i) => {
    if (!needsSlot(sym)) return;
    const place = l.storage(sym);
    if (place.in !== 'slot') return;
    const dst = { op: 'slot', slot: place.slot, offset: 0 } as const;
    const from = { op: 'reg', reg: arrived[i]! } as const;
    b.emit({ op: 'enter', slot: place.slot, loc: sym.loc });
    if (isRecord(sym.type)) {
      const size = types.sizeOf(sym.type);
      if (size > 0) b.emit({ op: 'copy', dst, src: from, size, loc: sym.loc });
    } else b.store(types.mem(sym.type), dst, from, sym.loc);
  });
  l.statement(ast.body);
  if (b.reachable) {
    const endLoc = ast.body.endLoc || loc;
    if (isVoid(ast.returns)) b.end({ op: 'return', loc: endLoc });
    else
      b.end({
        op: 'unreachable',
        why: 'the end of a function that returns a value was reached without a return',
        loc: endLoc,
      });
  }
  return b.finish(ast.loops);
}
