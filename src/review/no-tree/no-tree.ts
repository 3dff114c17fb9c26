import { MemoryTree } from '../../base/tree.ts';
import { kernelNatives } from '../../kernel/natives.ts';
import type { MachineModel } from '../../model/api.ts';
import { type AppliedFile, type ApplyResult, lineMap, type PatchMail, Positions } from '../../patch/index.ts';
import { plural } from '../format.ts';
import { CallGraph } from '../reach.ts';
import type { ModelBasis, World } from '../report.ts';
import { compileWorld, type ModelFiles } from '../world.ts';
import { type PartialFunction, type ShownFunction, type ShownItems, shownItems } from './items.ts';
import { first, joinHunks, type ShownFile, type ShownLines } from './lines.ts';
import { type ModelKernel, modelKernel } from './model.ts';
import { localTypes, usesIn } from './names.ts';
import { type Assumption, helperRoles, standsFor } from './roles.ts';
import { readSignature, runsOf, words } from './scan.ts';
import { headOf, MODELLED_UNIT, shownUnit } from './source.ts';

/** What a patch is reviewed on where there is no tree: both worlds made of what it shows and of the model. */
export interface ModelledPatch {
  /** As if it had been applied. Texts of files hold what is shown, on its own lines. */
  readonly applied: ApplyResult;
  readonly defines: Readonly<Record<World, ReadonlyMap<string, string>>>;
  readonly basis: ModelBasis;
  /** What is shown differs in comments and white space only. */
  readonly layoutOnly: boolean;
}

/** Rounds in which helpers are recognised and functions left out: what one round leaves out, another may call. */
const MOST_ROUNDS = 6;
/** Functions named as shown in part: of a hostile patch not all. */
const MOST_NAMED = 200;
const WORLDS = ['before', 'after'] as const;

/** Both worlds of each patch of a series, from what the patches show. Applies nothing: there is nothing to apply to. */
export function withoutTree(
  mails: readonly PatchMail[],
  model: ModelFiles,
  machine: MachineModel,
): readonly ModelledPatch[] {
  const kernel = modelKernel(model);
  const { files, disagree } = joinHunks(mails);
  return mails.map((mail, i) => new Modelled(mail, files[i]!, { model, kernel, machine, disagree }).result());
}

interface Context {
  readonly model: ModelFiles;
  readonly kernel: ModelKernel;
  readonly machine: MachineModel;
  readonly disagree: readonly string[];
}
/** One unit of which something is shown. */
interface Unit {
  readonly path: Readonly<Record<World, string>>;
  readonly shown: ShownFile;
  readonly items: Readonly<Record<World, ShownItems>>;
  /** Whole functions, by name, of which the signature is known. */
  readonly whole: Readonly<Record<World, ReadonlyMap<string, ShownFunction>>>;
  /** Why whole functions are not executed after all. */
  readonly refused: Readonly<Record<World, Map<string, string>>>;
  readonly assumptions: Record<World, readonly Assumption[]>;
  readonly mentioned: ReadonlySet<string>;
  readonly changed: Readonly<Record<World, readonly number[]>>;
  /** Functions under a condition that is not shown, which are taken to be compiled. */
  readonly supposed: ReadonlySet<string>;
}

class Modelled {
  readonly #mail: PatchMail;
  readonly #files: readonly ShownFile[];
  readonly #context: Context;
  readonly #units: readonly Unit[];

  constructor(mail: PatchMail, files: readonly ShownFile[], context: Context) {
    this.#mail = mail;
    this.#files = files;
    this.#context = context;
    this.#units = mail.files.flatMap((file, i) => {
      const path = { before: file.oldPath ?? file.newPath ?? '', after: file.newPath ?? file.oldPath ?? '' };
      return path.after.endsWith('.c') && file.hunks.length > 0 ? [this.#unit(i, path)] : [];
    });
  }

  #unit(index: number, path: Unit['path']): Unit {
    const shown = this.#files[index]!;
    const before = shownItems(shown.before);
    const goesOn = new Set(before.continued);
    const continued = this.#mail.files[index]!.hunks.filter((hunk) => goesOn.has(first(hunk, 'before')));
    const items = { before, after: shownItems(shown.after, new Set(continued.map((hunk) => first(hunk, 'after')))) };
    const refused = { before: new Map<string, string>(), after: new Map<string, string>() };
    const mentioned = new Set<string>();
    const changed = { before: [] as number[], after: [] as number[] };
    for (const which of WORLDS)
      for (const fn of [...items[which].functions, ...items[which].declarations])
        for (const word of fn.words) mentioned.add(word.text);
    for (const hunk of this.#mail.files[index]!.hunks) {
      const at = { before: first(hunk, 'before'), after: first(hunk, 'after') };
      for (const { kind, text } of hunk.lines) {
        for (const word of words({ from: 1, lines: [text] }).words) mentioned.add(word.text);
        if (kind === '-') changed.before.push(at.before);
        if (kind === '+') changed.after.push(at.after);
        if (kind !== '+') at.before++;
        if (kind !== '-') at.after++;
      }
    }
    // What the patch changes is meant to be compiled, whatever condition it stands under; of the rest nobody knows.
    const supposed = new Set<string>();
    for (const which of WORLDS)
      for (const { name, from, to } of items[which].conditional)
        if (changed[which].some((line) => from <= line && line <= to)) supposed.add(name);
    const whole = (which: World): ReadonlyMap<string, ShownFunction> => {
      const found = new Map<string, ShownFunction>();
      for (const fn of items[which].conditional) if (supposed.has(fn.name)) found.set(fn.name, fn);
      for (const fn of items[which].functions) {
        const known = this.#withHead(fn);
        if (known) found.set(known.name, known);
        else
          refused[which].set(
            fn.name,
            'its first line is not shown, and neither the model nor its body tells what stands there',
          );
      }
      return found;
    };
    return {
      path,
      shown,
      items,
      whole: { before: whole('before'), after: whole('after') },
      refused,
      assumptions: { before: [], after: [] },
      mentioned,
      changed,
      supposed,
    };
  }

  #withHead(fn: ShownFunction): ShownFunction | undefined {
    if (fn.heading === undefined) return fn;
    const head = headOf(fn, this.#context.kernel);
    if (head === undefined) return undefined;
    // Read again, now that the first line is whole.
    const above = words({ from: fn.from - 1, lines: [head] }).words;
    const below = fn.words.filter((word) => word.line >= fn.from);
    const all = [...above, ...below];
    const signature = readSignature(
      all.slice(
        0,
        all.findIndex((word) => word.text === '{'),
      ),
    );
    return signature ? { ...fn, name: signature.name, signature, words: all, head } : undefined;
  }

  result(): ModelledPatch {
    for (const which of WORLDS) this.#settle(which);
    // What is known after the patch only is not compared with anything that nobody has seen.
    for (const unit of this.#units) this.#pair(unit);
    for (const which of WORLDS) this.#settle(which);
    const worlds = { before: this.#compose('before'), after: this.#compose('after') };
    const trees = { before: new MemoryTree(worlds.before.texts), after: new MemoryTree(worlds.after.texts) };
    const applied: ApplyResult = {
      ok: true,
      direction: 'forward',
      foundBy: 'asked',
      files: this.#mail.files.map((_, i) => this.#appliedFile(i)),
      before: trees.before,
      after: trees.after,
      failures: [],
      notes: [],
    };
    return {
      applied,
      defines: { before: worlds.before.defines, after: worlds.after.defines },
      basis: this.#basis(),
      layoutOnly: this.#files.every(({ before, after }) => code(before) === code(after)),
    };
  }

  /** Leaves out functions until all that stay can be executed; recognises helpers on the way. */
  #settle(which: World): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const failing = this.#trial(which);
      if (failing.size === 0) return;
      let recognised = false;
      for (const unit of this.#units) {
        const unknown = new Set<string>();
        const mine = this.#chosen(unit, which);
        const troubled = mine.filter((fn) => failing.has(`${unit.path[which]} ${fn.name}`));
        for (const fn of troubled) for (const name of this.#unknown(unit, which, fn)) unknown.add(name);
        const known = new Set(unit.assumptions[which].map((a) => a.name));
        const more = helperRoles(mine, unknown, this.#context.kernel, unit.mentioned).filter((a) => !known.has(a.name));
        if (unit.path[which] === MODELLED_UNIT && more.length > 0) {
          unit.assumptions[which] = [...unit.assumptions[which], ...more];
          recognised = true;
        }
      }
      if (recognised) continue;
      for (const unit of this.#units)
        for (const fn of this.#chosen(unit, which)) {
          const why = failing.get(`${unit.path[which]} ${fn.name}`);
          if (why !== undefined) unit.refused[which].set(fn.name, why);
        }
    }
  }

  #chosen(unit: Unit, which: World): readonly ShownFunction[] {
    return [...unit.whole[which].values()].filter((fn) => !unit.refused[which].has(fn.name));
  }

  /** Names that neither the model nor the patch has. */
  #unknown(unit: Unit, which: World, fn: ShownFunction): readonly string[] {
    const { kernel } = this.#context;
    const items = unit.items[which];
    const declared = new Set(items.declarations.flatMap((d) => d.words.map((w) => w.text)));
    for (const { word, rest } of items.directives) if (word === 'define') declared.add(/\w+/.exec(rest)?.[0] ?? '');
    const chosen = new Set(this.#chosen(unit, which).map((f) => f.name));
    const assumed = new Set(unit.assumptions[which].map((a) => a.name));
    const names = usesIn(fn, localTypes(fn)).map((use) => use.name);
    return [...new Set(names)].filter(
      (name) => !kernel.words.has(name) && !declared.has(name) && !chosen.has(name) && !assumed.has(name),
    );
  }

  /** Compiles one world; answers which of the chosen functions cannot be executed and why, by path and name. */
  #trial(which: World): ReadonlyMap<string, string> {
    const { model, kernel, machine } = this.#context;
    const failing = new Map<string, string>();
    const { texts, defines } = this.#compose(which);
    const { program } = compileWorld({
      which,
      tree: new MemoryTree(texts),
      model,
      profile: machine.profile,
      units: [...texts.keys()],
      scenarios: [],
      defines,
    }).compiled;
    const graph = new CallGraph(program);
    const natives = kernelNatives().functions;
    const byPlace = new Map(program.functions.map((fn, func) => [`${fn.file} ${fn.plainName}`, func]));
    for (const unit of this.#units) {
      for (const fn of this.#chosen(unit, which)) {
        const key = `${unit.path[which]} ${fn.name}`;
        const func = byPlace.get(key);
        if (func === undefined) {
          failing.set(key, 'the front end does not find it in what is shown');
          continue;
        }
        const callees = [...graph.callees(func)];
        const refused = graph.refused.get(func);
        const lacking = callees
          .map((callee) => program.functions[callee]!)
          .filter((f) => f.loc === f.endLoc && !natives.has(f.plainName) && !kernel.words.has(f.plainName))
          .map((f) => f.plainName);
        const unknown = [...new Set([...lacking, ...(refused ? this.#unknown(unit, which, fn) : [])])].sort();
        const misfit = this.#misfit(fn);
        if (unknown.length > 0)
          failing.set(key, `neither the patch shows nor the model has ${unknown.slice(0, 10).join(', ')}`);
        else if (refused) failing.set(key, refused.what);
        else if (misfit !== undefined) failing.set(key, misfit);
      }
    }
    return failing;
  }

  /** Why a function does not fit in among the model's own, which call it. */
  #misfit(fn: ShownFunction): string | undefined {
    const known = this.#context.kernel.functions.get(fn.name);
    const { params, returns } = fn.signature;
    if (!known) return undefined;
    if (!known.signatures.some((s) => s.params.length === params.length))
      return `the model’s functions call it with other arguments than its ${plural(params.length, 'parameter')}`;
    const pointer = (type: string): boolean => type.includes('*');
    if (
      !known.signatures.some(
        (s) => pointer(s.returns) === pointer(returns) && (s.returns === 'void') === (returns === 'void'),
      )
    )
      return `the model’s functions expect another type of answer than ${returns}`;
    return undefined;
  }

  #pair(unit: Unit): void {
    const chosen = (which: World): ReadonlySet<string> => new Set(this.#chosen(unit, which).map((fn) => fn.name));
    const now = { before: chosen('before'), after: chosen('after') };
    for (const which of WORLDS) {
      const other = which === 'before' ? 'after' : 'before';
      const there = new Set([
        ...unit.whole[other].keys(),
        ...unit.items[other].partial.map((p) => p.name),
        ...unit.refused[other].keys(),
      ]);
      for (const name of now[which])
        if (!now[other].has(name) && there.has(name))
          unit.refused[which].set(
            name,
            `it cannot be executed ${other} the patch: ${unit.refused[other].get(name) ?? 'it is shown there in part only'}`,
          );
    }
  }

  #compose(which: World): {
    readonly texts: ReadonlyMap<string, string>;
    readonly defines: ReadonlyMap<string, string>;
  } {
    const texts = new Map<string, string>();
    const defines = new Map<string, string>();
    const { kernel } = this.#context;
    for (const unit of this.#units) {
      const chosen = this.#chosen(unit, which);
      // Something to compare is needed: a helper nobody calls is put in the place of the model's.
      const stands = unit.path[which] === MODELLED_UNIT ? this.#stands(unit, which, chosen) : [];
      const assumptions = [...unit.assumptions[which].filter((a) => a.kind === 'means'), ...stands];
      unit.assumptions[which] = assumptions;
      const made = shownUnit(unit.path[which], unit.shown[which], unit.items[which], chosen, kernel, assumptions);
      texts.set(unit.path[which], made.text);
      for (const [name, value] of made.defines) defines.set(name, value);
    }
    if (!texts.has(MODELLED_UNIT))
      texts.set(MODELLED_UNIT, '#include "../lib/model/declare.h"\n#include "../lib/model/resource.c"\n');
    return { texts, defines };
  }

  #stands(unit: Unit, which: World, chosen: readonly ShownFunction[]): readonly Assumption[] {
    const called = new Set(chosen.flatMap((fn) => usesIn(fn).map((use) => use.name)));
    const other = which === 'before' ? 'after' : 'before';
    const found = chosen.flatMap((fn) => {
      const there = unit.whole[other].has(fn.name);
      const stands = there && !called.has(fn.name) ? standsFor(fn, this.#context.kernel, unit.mentioned) : undefined;
      return stands ? [stands] : [];
    });
    return found.filter((a) => found.filter((b) => b.model === a.model).length === 1);
  }

  #appliedFile(index: number): AppliedFile {
    const patch = this.#mail.files[index]!;
    const hunks = [...patch.hunks]
      .sort((a, b) => a.oldStart - b.oldStart)
      .map((hunk) => ({
        hunk,
        beforeStart: first(hunk, 'before'),
        afterStart: first(hunk, 'after'),
        offset: 0,
        fuzz: 0,
      }));
    const positions = new Positions(hunks);
    const changes: { oldFrom: number; oldTo: number; newFrom: number; newTo: number }[] = [];
    for (const { hunk, beforeStart, afterStart } of hunks) {
      let [old, now] = [beforeStart - 1, afterStart - 1];
      let open = false;
      for (const { kind } of hunk.lines) {
        if (kind !== ' ' && !open) changes.push({ oldFrom: old, oldTo: old, newFrom: now, newTo: now });
        open = kind !== ' ';
        if (kind !== '+') old++;
        if (kind !== '-') now++;
        if (open) Object.assign(changes.at(-1)!, { oldTo: old, newTo: now });
      }
    }
    const text = (which: World): string => viewOf(this.#files[index]![which].lines);
    const count = Number.MAX_SAFE_INTEGER;
    return {
      patch,
      beforePath: patch.oldPath,
      afterPath: patch.newPath,
      before: patch.oldPath === undefined ? undefined : text('before'),
      after: patch.newPath === undefined ? undefined : text('after'),
      hunks,
      map: lineMap(changes, count, count),
      lineEndings: 'same',
      skipped: undefined,
      sourceLines: (line) => positions.sourceLines(line),
      patchLineOf: (which, line) => positions.patchLineOf(which, line),
    };
  }

  #basis(): ModelBasis {
    const executed: ModelBasis['executed'][number][] = [];
    const incomplete: ModelBasis['incomplete'][number][] = [];
    const assumed: ModelBasis['assumed'][number][] = [];
    for (const unit of this.#units) {
      const file = unit.path.after;
      const names = new Map<string, World[]>();
      for (const which of WORLDS)
        for (const { name } of this.#chosen(unit, which)) names.set(name, [...(names.get(name) ?? []), which]);
      for (const [name, worlds] of names) executed.push({ function: name, file, worlds });
      const told = new Set<string>();
      for (const which of ['after', 'before'] as const) {
        const tell = (name: string, why: string, missing: PartialFunction['missing']): void => {
          if (told.has(name) || names.has(name) || incomplete.length >= MOST_NAMED) return;
          told.add(name);
          const standIn = this.#context.kernel.functions.has(name) && file === MODELLED_UNIT;
          incomplete.push({ function: name, file, world: which, why, missing, standIn });
        };
        for (const fn of unit.items[which].partial) {
          if (!touched(fn, unit.changed[which])) continue;
          tell(fn.name, fn.condition ? `it stands under ${fn.condition}` : 'it is shown in part only', fn.missing);
        }
        for (const [name, why] of unit.refused[which]) tell(name, why, []);
        for (const { name, model, kind, why } of unit.assumptions[which])
          if (!assumed.some((a) => a.name === name && a.model === model)) assumed.push({ name, model, kind, why });
      }
    }
    for (const unit of this.#units) {
      for (const name of unit.supposed) {
        if (!executed.some((e) => e.function === name)) continue;
        const why = 'it stands under an #if that is not shown, and is taken to be compiled';
        assumed.push({ name, model: name, kind: 'means', why });
      }
      if (unit.path.after !== MODELLED_UNIT) continue;
      for (const { name, signature } of unit.items.after.partial) {
        const known = this.#context.kernel.functions.get(name);
        if (signature?.returns !== 'bool' || !known?.signatures.some((s) => s.returns === 'bool')) continue;
        if (!known.signatures.some((s) => s.returns !== 'bool')) continue;
        const why = 'it is shown in part only, as one that answers a bool: true is taken for success';
        assumed.push({ name, model: name, kind: 'means', why });
      }
    }
    const others = this.#mail.files.flatMap((file, i) => {
      const path = file.newPath ?? file.oldPath ?? '';
      return path.endsWith('.h') && this.#files[i]!.after.lines.size > 0 ? [path] : [];
    });
    return { executed, incomplete, assumed, headers: others, disagree: this.#context.disagree };
  }
}

/** Everything that is shown of a file but comments and white space. */
function code({ lines }: ShownLines): string {
  const found: string[] = [];
  for (const run of runsOf(lines)) {
    const { words: all, directives } = words(run);
    for (const { text } of all) found.push(text);
    for (const { word, rest } of directives) found.push(`#${word}${rest.replace(/\s+/g, ' ').trimEnd()}`);
  }
  return found.join('\n');
}

/** The verdict on a patch of which nothing that it changes could be executed. */
export function nothingExecuted({ basis: { incomplete, executed }, layoutOnly }: ModelledPatch): string {
  if (layoutOnly) return 'no difference: only comments and white space change';
  if (incomplete.length > 0)
    return `nothing that the patch changes was executed: without a kernel tree, ${plural(incomplete.length, 'function')} cannot be`;
  return executed.length > 0
    ? 'no difference: no function that is executed changed'
    : 'nothing of the patch can be executed without a kernel tree';
}

function touched(fn: PartialFunction, changed: readonly number[]): boolean {
  return fn.shown.some(([from, to]) => changed.some((line) => from <= line && line <= to));
}

/** What is known of a file, for people: gaps say so. */
function viewOf(lines: ReadonlyMap<number, string>): string {
  const out: string[] = [];
  for (const line of [...lines.keys()].sort((a, b) => a - b)) {
    if (line > out.length + 1) {
      out.push('/* not shown by the patch */');
      while (out.length < line - 1) out.push('');
    }
    out.push(lines.get(line)!);
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}
