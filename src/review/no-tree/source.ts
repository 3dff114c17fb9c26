import type { PartialFunction, ShownFunction, ShownItems } from './items.ts';
import { mayBeCut } from './items.ts';
import type { ShownLines } from './lines.ts';
import { declaredNames, type ModelKernel } from './model.ts';
import { localTypes, usesIn } from './names.ts';
import type { Assumption } from './roles.ts';
import type { Word } from './scan.ts';

/** The unit whose other functions the model has. */
export const MODELLED_UNIT = 'kernel/resource.c';

/** A unit made of what is shown: each line stands where the patch has it, the model around it. */
export interface ShownUnit {
  readonly text: string;
  /** Macros by which the model gives way, and by which other names mean its helpers. */
  readonly defines: ReadonlyMap<string, string>;
}

/**
 * The text of a unit: the functions in `chosen` and what else is shown at the top level and known to nobody, on their own
 * lines. Of `kernel/resource.c` the model's declarations go before them and its functions behind.
 */
export function shownUnit(
  path: string,
  known: ShownLines,
  items: ShownItems,
  chosen: readonly ShownFunction[],
  model: ModelKernel,
  assumptions: readonly Assumption[],
): ShownUnit {
  const out: string[] = [];
  // The first line is the model's.
  const put = (line: number, text: string): void => {
    if (line < 2) return;
    while (out.length < line) out.push('');
    out[line - 1] = text;
  };
  const copy = (from: number, to: number): void => {
    for (let line = from; line <= to; line++) put(line, known.lines.get(line) ?? '');
  };
  for (const { from, to, word } of items.directives) if (word !== 'include') copy(from, to);
  for (const line of items.closeAfter) put(line + 1, '#endif');
  const modelled = path === MODELLED_UNIT;
  const names = new Set(chosen.map((fn) => fn.name));
  for (const declaration of items.declarations)
    if (isWanted(declaration.words, names, modelled ? model : undefined)) copy(declaration.from, declaration.to);
  for (const fn of chosen) {
    if (fn.head !== undefined) put(fn.from - 1, fn.head);
    copy(fn.from, fn.to);
  }
  const up = '../'.repeat(path.split('/').length - 1);
  out[0] = `#include "${up}lib/model/${modelled ? 'declare' : 'headers'}.h"`;
  for (let i = 0; i < out.length; i++) out[i] ??= '';
  if (modelled) out.push(`#include "${up}lib/model/resource.c"`);
  return { text: `${out.join('\n')}\n`, defines: modelled ? definesFor(items, chosen, model, assumptions) : new Map() };
}

/** Not what the model declares itself, and nothing about functions that are left out. */
function isWanted(all: readonly Word[], chosen: ReadonlySet<string>, model: ModelKernel | undefined): boolean {
  const names = declaredNames(all);
  const first = all[0]?.text ?? '';
  if (all[1]?.text === '(' && all.at(-1)?.text === ';') {
    // EXPORT_SYMBOL(f); and the like are about a function.
    const about = all.filter((word) => word.kind === 'name' && word.text !== first).map((word) => word.text);
    return (
      about.length > 0 &&
      about.every((name) => chosen.has(name)) &&
      /^(EXPORT_SYMBOL|__setup|\w*_?initcall)/.test(first)
    );
  }
  return !names.some(
    (name) => model !== undefined && (model.declared.has(name) || model.functions.has(name)) && !isTypeUse(all, name),
  );
}

/** A name of the model's behind `struct`, in a declaration of something else. */
function isTypeUse(all: readonly Word[], name: string): boolean {
  const i = all.findIndex((word) => word.text === name);
  return /^(struct|union|enum)$/.test(all[i - 1]?.text ?? '') && all[i + 1]?.text !== '{' && all[i + 1]?.text !== ';';
}

function definesFor(
  items: ShownItems,
  chosen: readonly ShownFunction[],
  model: ModelKernel,
  assumptions: readonly Assumption[],
): ReadonlyMap<string, string> {
  const defines = new Map<string, string>();
  for (const { name } of chosen) if (model.functions.has(name)) defines.set(`IOMEM_SHOWN_${name}`, '1');
  for (const { name, model: to, kind } of assumptions) {
    if (kind === 'means') defines.set(name, to);
    else {
      defines.set(to, name);
      defines.set(`IOMEM_SHOWN_${to}`, '1');
    }
  }
  const counts = calledWith(chosen);
  const shown: readonly (ShownFunction | PartialFunction)[] = [...items.partial, ...chosen];
  for (const { name, signatures } of model.functions.values()) {
    const signature = shown.find((fn) => fn.name === name)?.signature;
    const count = signature?.params.length ?? counts.get(name);
    if (count !== undefined && signatures.length > 1) defines.set(`IOMEM_PARAMS_${name}`, String(count));
    if (signature?.returns === 'bool') defines.set(`IOMEM_BOOL_${name}`, '1');
  }
  return defines;
}

/** How many arguments functions are called with, by name. */
function calledWith(chosen: readonly ShownFunction[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const fn of chosen)
    for (const { name, args } of usesIn(fn)) if (args && !counts.has(name)) counts.set(name, args.length);
  return counts;
}

/**
 * The first line of a function that is known from a hunk's heading only. Where git may have cut it off, the rest must follow:
 * one parameter is missing, its type stands there, and the body uses exactly one name that nothing declares. Where the line of
 * the type of the answer is missing, the model's function of that name tells it. undefined: it cannot be told.
 */
export function headOf(fn: ShownFunction, model: ModelKernel): string | undefined {
  const { heading, signature, name } = fn;
  if (heading === undefined) return undefined;
  const known = model.functions.get(name)?.signatures ?? [];
  let head = heading.trimEnd();
  if (signature.returns === '') {
    const [first] = known;
    if (!first) return undefined;
    head = `${first.static ? 'static ' : ''}${first.returns} ${head}`;
  }
  const locals = localTypes(fn);
  const undeclared = new Map<string, boolean>();
  for (const use of usesIn(fn, locals)) {
    if (
      use.args !== undefined ||
      model.words.has(use.name) ||
      /^[A-Z][A-Z0-9_]*$/.test(use.name) ||
      use.argumentOf?.callee === 'devres_alloc'
    )
      continue;
    undeclared.set(use.name, (undeclared.get(use.name) ?? false) || fn.words[use.at + 1]?.text === '->');
  }
  const complete = /[,(){]$/.test(head);
  if (complete && undeclared.size === 0) return head;
  // Of a common name the model speaks, too: it is looked for where it is used through a pointer.
  const names = [...undeclared.keys()];
  if (names.length === 0) for (const name of pointersUsed(fn, locals)) names.push(name);
  if (complete || !mayBeCut(heading) || names.length !== 1) return undefined;
  const [missing] = names;
  const last = /[(,]([^(,]*)$/.exec(head)?.[1]?.trim() ?? '';
  if (
    /^(const )?((struct|union|enum) \w+|\w+_t|u(8|16|32|64)|void|bool|(unsigned )?(int|long|char))( ?\**)?$/.test(last)
  ) {
    const pointer = undeclared.get(missing!) ?? true;
    return `${head}${pointer && !last.endsWith('*') ? ' *' : last.endsWith('*') ? '' : ' '}${missing},`;
  }
  const part = /(\w+)$/.exec(last)?.[1];
  if (part !== undefined && missing!.startsWith(part)) return `${head}${missing!.slice(part.length)},`;
  return undefined;
}

/** Names that are used through `->` and that the function does not declare. */
function pointersUsed(fn: ShownFunction, locals: ReadonlyMap<string, string>): readonly string[] {
  const all = fn.words;
  const found = new Set<string>();
  const body = all.findIndex((word) => word.text === '{');
  for (let i = Math.max(body, 1); i < all.length - 1; i++) {
    const before = all[i - 1]!.text;
    if (
      all[i]!.kind === 'name' &&
      all[i + 1]!.text === '->' &&
      before !== '.' &&
      before !== '->' &&
      !locals.has(all[i]!.text)
    )
      found.add(all[i]!.text);
  }
  return [...found];
}
