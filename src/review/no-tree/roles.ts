import type { ShownFunction } from './items.ts';
import { isInteger, type ModelFunction, type ModelKernel, sameType } from './model.ts';
import { localTypes, type Use, usesIn } from './names.ts';
import type { Signature } from './scan.ts';

/*
 * Helpers under other names. Trees differ in what they call their static helpers. Where what is shown calls one that neither the
 * patch nor the model has, and exactly one helper of the model takes such arguments, answers so, and is not spoken of otherwise,
 * that one is taken for it. The report says so by name: it is an assumption, and findings rest on it.
 */

export interface Assumption {
  /** As the patch has it. */
  readonly name: string;
  /** The model's function that is taken for it, or in whose place it stands. */
  readonly model: string;
  readonly kind: 'means' | 'stands-for';
  readonly why: string;
}

/** The end of what an allocator of the model began. */
const ENDS_OF: ReadonlyMap<string, string> = new Map([['alloc_resource', 'free_resource']]);

/**
 * Assumptions about unknown names in these functions. `mentioned`: every word of what the patch shows of the file, for what is
 * spoken of by its own name is nothing else.
 */
export function helperRoles(
  functions: readonly ShownFunction[],
  unknown: ReadonlySet<string>,
  model: ModelKernel,
  mentioned: ReadonlySet<string>,
): readonly Assumption[] {
  const free = [...model.functions.values()].filter(
    (f) => f.static && !mentioned.has(f.name) && !/^iomem_model_/.test(f.name),
  );
  const uses = new Map<string, { readonly use: Use; readonly fn: ShownFunction }[]>();
  for (const fn of functions)
    for (const use of usesIn(fn, localTypes(fn))) {
      if (!unknown.has(use.name)) continue;
      const known = uses.get(use.name);
      if (known) known.push({ use, fn });
      else uses.set(use.name, [{ use, fn }]);
    }
  const found = new Map<string, Assumption>();
  const assume = (name: string, to: ModelFunction, why: string): void => {
    found.set(name, { name, model: to.name, kind: 'means', why });
  };
  for (const [name, all] of uses) {
    const candidates = free.filter((f) => all.every(({ use }) => fits(use, f)));
    // Integers pass for each other; where more than one will do, the one whose types are the very same is meant.
    const exact =
      candidates.length > 1 ? candidates.filter((f) => all.every(({ use }) => isExact(use, f))) : candidates;
    const [only, ...more] = exact;
    if (only && more.length === 0)
      assume(name, only, 'no other helper of the model takes such arguments and answers so');
  }
  // Who ends the life of what an allocator gave is told from others of the same type by what it is called with.
  for (const [name, all] of uses) {
    if (found.has(name)) continue;
    for (const [begin, end] of ENDS_OF) {
      const to = model.functions.get(end);
      const allocator = [...found.values()].find((a) => a.model === begin)?.name ?? begin;
      if (!to || mentioned.has(end) || !all.every(({ use, fn }) => fits(use, to) && endsLife(use, fn, allocator)))
        continue;
      assume(name, to, `it is called last with what ${allocator}() answered, where the function gives up`);
      break;
    }
  }
  // One helper of the model is not two of the patch.
  const taken = new Map<string, number>();
  for (const { model: to } of found.values()) taken.set(to, (taken.get(to) ?? 0) + 1);
  return [...found.values()].filter((a) => taken.get(a.model) === 1);
}

function fits(use: Use, candidate: ModelFunction): boolean {
  if (use.args === undefined) {
    const { argumentOf } = use;
    if (argumentOf?.callee !== 'devres_alloc' || argumentOf.payload === undefined) return false;
    const payload = argumentOf.payload.split(' ').at(-1)!;
    const [signature] = candidate.signatures;
    return (
      signature?.returns === 'void' &&
      signature.params.map((p) => p.type).join() === 'struct device *,void *' &&
      candidate.words.has(payload)
    );
  }
  // Without any type to go by, nothing is recognised.
  if (!use.args.some((type) => type !== undefined)) return false;
  return candidate.signatures.some(
    (s) =>
      s.params.length === use.args!.length &&
      s.params.every((p, i) => fitsParam(use.args![i], p.type)) &&
      fitsAnswer(use, s),
  );
}

const isExact = (use: Use, candidate: ModelFunction): boolean =>
  use.args !== undefined &&
  candidate.signatures.some((s) => s.params.every((p, i) => use.args![i] === undefined || use.args![i] === p.type));

function fitsParam(given: string | undefined, wanted: string): boolean {
  if (given === 'gfp_t' || wanted === 'gfp_t') return given === wanted;
  return given === undefined ? isInteger(wanted) : sameType(given, wanted);
}

function fitsAnswer({ answer }: Use, signature: Signature): boolean {
  if (answer === undefined) return true;
  if (answer === 'none') return signature.returns === 'void';
  if (answer === 'truth') return signature.returns !== 'void';
  return sameType(answer, signature.returns);
}

/** Called with a variable that the allocator's answer was put into, which is not used again before the function returns. */
function endsLife(use: Use, fn: ShownFunction, allocator: string): boolean {
  const [name] = use.passed;
  const all = fn.words;
  const given = all.some((word, i) => word.text === allocator && all[i - 1]?.text === '=' && all[i - 2]?.text === name);
  if (name === undefined || !given) return false;
  for (let i = use.at + 1; i < all.length; i++) {
    if (all[i]!.text === 'return') return all[i + 1]?.text !== name;
    if (all[i]!.text === name && i > use.at + 2) return false;
  }
  return true;
}

/**
 * A static function of the patch that the model does not know and that nothing shown calls: the helper of the model in whose
 * place it stands, if exactly one has its parameters and its answer.
 */
export function standsFor(
  fn: ShownFunction,
  model: ModelKernel,
  mentioned: ReadonlySet<string>,
): Assumption | undefined {
  const { signature } = fn;
  if (!signature.static || model.functions.has(fn.name)) return undefined;
  const same = [...model.functions.values()].filter(
    (f) =>
      f.static &&
      !mentioned.has(f.name) &&
      !/^iomem_model_/.test(f.name) &&
      f.signatures.some(
        (s) =>
          s.returns === signature.returns &&
          s.params.length === signature.params.length &&
          s.params.length > 1 &&
          s.params.every((p, i) => sameType(p.type, signature.params[i]!.type)),
      ),
  );
  const [only, ...more] = same;
  if (!only || more.length > 0) return undefined;
  return {
    name: fn.name,
    model: only.name,
    kind: 'stands-for',
    why: 'nothing that is shown calls it, and no other helper of the model has its parameters and its answer',
  };
}
