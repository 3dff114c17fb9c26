import type { IrFunction, Program } from './ir.ts';
import type { Token } from './token.ts';

/** A unit as far as texts are compared: its tokens after preprocessing. */
export interface UnitText {
  readonly tokens: readonly Token[];
}

/**
 * Tells functions of two programs that mean the same because they read the same: the tokens of their bodies are the same
 * after preprocessing, and so are all tokens of their units outside of bodies. It says nothing of others. Time is linear in the
 * tokens of the units.
 */
export class TextComparison {
  readonly #bodies: readonly [ReadonlyMap<UnitText, readonly Body[]>, ReadonlyMap<UnitText, readonly Body[]>];
  readonly #known = new Map<UnitText, Map<UnitText, boolean>>();

  constructor(a: Program, b: Program) {
    this.#bodies = [bodiesOf(a), bodiesOf(b)];
  }

  same(a: IrFunction, b: IrFunction): boolean {
    if (!a.source || !b.source) return false;
    const [x, y] = [a.source, b.source];
    if (x.unit === y.unit && x.start === y.start) return true;
    if (x.open || y.open) return false;
    if (!equal(x.unit.tokens, x.start, x.end, y.unit.tokens, y.start, y.end)) return false;
    let known = this.#known.get(x.unit);
    if (!known) this.#known.set(x.unit, (known = new Map()));
    let same = known.get(y.unit);
    if (same === undefined) known.set(y.unit, (same = this.#sameDeclarations(x.unit, y.unit)));
    return same;
  }

  #sameDeclarations(x: UnitText, y: UnitText): boolean {
    const [ours, theirs] = [this.#bodies[0].get(x) ?? [], this.#bodies[1].get(y) ?? []];
    if (ours.length !== theirs.length) return false;
    let [i, j] = [0, 0];
    for (let k = 0; k <= ours.length; k++) {
      const [a, b] = [ours[k], theirs[k]];
      if (!equal(x.tokens, i, a?.start ?? x.tokens.length, y.tokens, j, b?.start ?? y.tokens.length)) return false;
      if (!a || !b) break;
      [i, j] = [a.end, b.end];
    }
    return true;
  }
}

interface Body {
  readonly start: number;
  readonly end: number;
}

function bodiesOf({ functions }: Program): ReadonlyMap<UnitText, readonly Body[]> {
  const found = new Map<UnitText, Body[]>();
  for (const { source } of functions) {
    if (!source) continue;
    const bodies = found.get(source.unit);
    if (bodies) bodies.push(source);
    else found.set(source.unit, [source]);
  }
  for (const bodies of found.values()) bodies.sort((a, b) => a.start - b.start);
  return found;
}

function equal(
  x: readonly Token[],
  from: number,
  to: number,
  y: readonly Token[],
  otherFrom: number,
  otherTo: number,
): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let i = from, j = otherFrom; i < to; i++, j++)
    if (x[i]!.text !== y[j]!.text || x[i]!.kind !== y[j]!.kind) return false;
  return true;
}
