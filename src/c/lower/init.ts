import type { Initializer } from '../ast.ts';
import type { Expr } from '../ir.ts';
import { isRecord } from '../types-ops.ts';
import type { Lowering } from './lower.ts';
import { at, write } from './place.ts';

/** Initialises an automatic aggregate at `address`: zeros first, then what the initialiser names, in its order. */
export function initialise(l: Lowering, address: Expr, init: Initializer): void {
  const [only] = init.items;
  const whole =
    init.items.length === 1 && only?.value !== undefined && !only.bits && l.types.sizeOf(only.type) === init.size;
  const base = l.once(address, l.types.voidPtr, init.loc);
  if (!whole && init.size > 0) l.b.emit({ op: 'zero', dst: base, size: init.size, loc: init.loc });
  /** Everything from here on is zero still. */
  let written = whole ? init.size : 0;
  for (const item of init.items) {
    const { type, value, loc } = item;
    const size = l.types.sizeOf(type);
    const fresh = item.offset >= written;
    written = Math.max(written, item.offset + size);
    const dst = at(l, base, item.offset, loc);
    if (!value) {
      if (!fresh) l.b.emit({ op: 'zero', dst, size, loc });
    } else if (value.k === 'str') {
      const src: Expr = { op: 'global', global: l.host.stringGlobal(value.type, value.bytes, loc), offset: 0 };
      l.b.emit({ op: 'copy', dst, src, size, loc });
    } else if (isRecord(type) || type.kind === 'array') {
      if (size > 0) l.b.emit({ op: 'copy', dst, src: l.address(value), size, loc });
      else l.discard(value);
    } else if (!(fresh && !item.bits && value.k === 'num' && value.value === 0n)) {
      write(l, { in: 'memory', address: dst, type, bits: item.bits, volatile: false }, l.value(value), loc);
    }
  }
}
