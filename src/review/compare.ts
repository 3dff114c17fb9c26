import type { MachineEvent } from '../machine/api.ts';
import { findDivergence } from './diverge.ts';
import type { Execution } from './execute.ts';
import { formatValue, hex } from './format.ts';
import type { LineBook } from './lines.ts';
import { loopCounts } from './loops.ts';
import type { FindingClass, Severity, SourcePlace, World as WorldName } from './report.ts';
import { isModelFile, type World } from './world.ts';

/** One scenario, on one machine, in both worlds. */
export interface Pair {
  readonly scenario: string;
  readonly machine: string;
  readonly before: Execution;
  readonly after: Execution;
}
export interface Worlds {
  readonly before: World;
  readonly after: World;
  readonly lines: LineBook;
}

/** A difference (or a problem that both worlds have) of one pair, before those of all pairs are grouped into findings. */
export interface Claim {
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly rule: string;
  readonly message: string;
  readonly at: SourcePlace;
  /** The changed line that led here, where the place itself is none. */
  readonly cause?: SourcePlace;
  readonly before?: string;
  readonly after?: string;
  readonly related: readonly { readonly message: string; readonly at: SourcePlace }[];
  /** The world whose execution proves it. */
  readonly world: WorldName;
  /** Claims of one key are one finding. */
  readonly key: string;
  /** The statement of the proving trace up to which the proof is shown. */
  readonly until: number;
  /** How the threads took turns in the execution that proves it. */
  readonly schedule?: string;
}

type Problem = Extract<MachineEvent, { kind: 'problem' }>;

export interface PlacedProblem {
  readonly event: Problem;
  readonly at: SourcePlace;
  readonly key: string;
  /** Coarser than `key`: for a problem on a line that the patch rewrote. */
  readonly looseKey: string;
}

export function compare(worlds: Worlds, pair: Pair): readonly Claim[] {
  const { before, after } = pair;
  const overrun = compareBudgets(worlds, pair);
  const problems = matchProblems(
    placeProblems(worlds.before, worlds.lines, before),
    placeProblems(worlds.after, worlds.lines, after),
  );
  const observed = compareObservations(before, after);
  const bothEnded = before.end === 'ok' && after.end === 'ok';
  const placed = bothEnded ? compareTrees(before, after) : [];
  const logs = bothEnded ? compareLogs(worlds, before, after) : [];
  const loops = bothEnded ? compareLoops(worlds, pair) : [];
  const parts =
    problems.introduced.length + problems.fixed.length + observed.length + placed.length + logs.length + loops.length >
    0;
  const divergence = parts
    ? findDivergence(
        worlds.lines,
        { world: worlds.before, steps: before.trace().steps },
        { world: worlds.after, steps: after.trace().steps },
      )
    : undefined;
  // Where no changed line was executed, data of a macro differs: what headers define is what scenarios share with the patch.
  const cause = divergence?.cause ?? (parts ? worlds.lines.changedInHeader() : undefined);
  const withCause = cause ? { cause } : {};
  const claims: Claim[] = [];

  const shownUntil = divergence ? divergence.index + SHOWN_AFTER_PARTING : Number.POSITIVE_INFINITY;
  const problemClaim = (
    p: PlacedProblem,
    cls: FindingClass,
    severity: Severity,
    world: WorldName,
    note = '',
  ): Claim => ({
    class: cls,
    severity,
    rule: p.event.rule,
    message: p.event.message + note,
    // What is found when all has ended (a broken tree) has no line of its own: the changed line stands for it.
    at: p.event.loc === 0 ? (cause ?? scenarioPlace(pair)) : p.at,
    ...(cls === 'existing' ? {} : withCause),
    related: p.event.related.map((r) => ({ message: r.message, at: worlds.lines.place(worlds[world], r.loc) })),
    world,
    key: `${p.event.rule} ${p.key}`,
    until: p.event.fatal
      ? Number.POSITIVE_INFINITY
      : firstStatementAt(worlds[world], pair[world], p, divergence?.index ?? 0),
  });
  for (const p of problems.introduced) {
    // A world that ended early hides what would have come later: what is seen for the first time need not be new.
    if (before.end !== 'ok' && !problems.introduced.some((q) => q.event.fatal)) {
      claims.push(
        problemClaim(
          p,
          'change',
          'warning',
          'after',
          ` (seen now; before the patch the execution ended earlier, by ${before.end})`,
        ),
      );
    } else claims.push(problemClaim(p, 'introduced', severityOf(p.event), 'after'));
  }
  for (const p of problems.fixed) {
    // What would come after something that ends the execution is not mended by that.
    if (after.end !== 'ok' && (before.end === 'ok' || problems.introduced.some((q) => q.event.fatal))) {
      claims.push(
        problemClaim(
          p,
          'change',
          'info',
          'before',
          ` (not seen now: after the patch the execution ends earlier, by ${after.end})`,
        ),
      );
    } else if (p.event.rule === 'warning-raised' && (observed.length > 0 || problems.introduced.length > 0)) {
      // The call does something else now: the warning was not mended.
      claims.push(problemClaim(p, 'change', 'info', 'before', ' (not raised now)'));
    } else claims.push(problemClaim(p, 'fixed', 'info', 'before'));
  }
  for (const p of problems.existing)
    claims.push(problemClaim(p, 'existing', severityOf(p.event) === 'error' ? 'warning' : 'info', 'after'));

  const at = cause ?? scenarioPlace(pair);
  if (overrun) {
    claims.push({
      class: 'change',
      severity: 'warning',
      rule: 'cost-change',
      ...overrun,
      ...withCause,
      related: [],
      key: `budget ${overrun.at.file}`,
      until: shownUntil,
    });
  }
  for (const d of observed) {
    claims.push({
      class: 'change',
      severity: 'warning',
      rule: d.placement ? 'placement-change' : 'return-change',
      message: d.message,
      at,
      ...withCause,
      before: d.before,
      after: d.after,
      related: [],
      world: 'after',
      key: `${d.placement ? 'placement-change' : 'return-change'} ${at.file}:${at.world}:${at.line}`,
      until: shownUntil,
    });
  }
  // What the observed values tell already is not told a second time as a difference of the tree.
  const told = new Set(observed.flatMap((d) => [d.before, d.after]));
  for (const d of placed) {
    if (observed.length > 0 && (d.rule === 'tree-change' || told.has(d.value))) continue;
    claims.push({
      class: 'change',
      severity: 'warning',
      rule: d.rule,
      message: d.message,
      at,
      ...withCause,
      before: d.before,
      after: d.after,
      related: [],
      world: 'after',
      key: `${d.rule} ${at.file}:${at.world}:${at.line}`,
      until: shownUntil,
    });
  }
  // A warning that is gone because the call does something else now was not mended.
  const mended = observed.length === 0 && problems.introduced.length === 0;
  for (const told of logs) {
    const d = told.class === 'fixed' && !mended ? { ...told, class: 'change' as const } : told;
    claims.push({
      class: d.class,
      severity: d.class === 'introduced' ? 'warning' : 'info',
      rule: d.class === 'change' ? 'log-change' : 'warning-raised',
      message: d.message,
      at: d.at,
      ...withCause,
      ...(d.before === undefined ? {} : { before: d.before }),
      ...(d.after === undefined ? {} : { after: d.after }),
      related: [],
      world: d.class === 'fixed' ? 'before' : 'after',
      key: `log ${d.key}`,
      until: shownUntil,
    });
  }
  for (const d of loops) {
    claims.push({
      class: 'change',
      severity: 'info',
      rule: 'cost-change',
      message: d.message,
      at: d.at,
      ...withCause,
      before: d.before,
      after: d.after,
      related: [],
      world: 'after',
      key: `cost ${d.at.file}:${d.at.line}`,
      until: shownUntil,
    });
  }
  return claims;
}

/** Statements shown after the point where the worlds part: enough to see what came of it. */
const SHOWN_AFTER_PARTING = 12;

/** The first statement on the problem's line at or after `from`: where a problem that did not end the execution happened. */
function firstStatementAt(world: World, execution: Execution, problem: PlacedProblem, from: number): number {
  let index = -1;
  for (const step of execution.trace().steps) {
    if (step.kind !== 'stmt') continue;
    index++;
    const place = world.place(step.loc);
    if (index >= from && place.line === problem.at.line && place.file === problem.at.file) return index;
  }
  return Number.POSITIVE_INFINITY;
}

export const severityOf = (event: Problem): Severity => (event.rule === 'warning-raised' ? 'warning' : 'error');

const scenarioPlace = (pair: Pair): SourcePlace => ({ file: pair.scenario, line: 1, world: 'after' });

/** The innermost place on the stack in the code under review; else in the scenario; else where it happened in the model. */
export function problemPlace(
  world: World,
  lines: LineBook,
  event: MachineEvent & { readonly stack?: Problem['stack'] },
): SourcePlace {
  const locs = [event.loc, ...(event.stack ?? []).map((entry) => entry.loc)];
  const places = locs.map((loc) => world.place(loc));
  const place =
    places.find((p) => world.isUnderReview(p.file)) ?? places.find((p) => !isModelFile(p.file)) ?? places[0]!;
  return lines.withPatchLine(place);
}

export function placeProblems(world: World, lines: LineBook, execution: Execution): readonly PlacedProblem[] {
  const placed: PlacedProblem[] = [];
  // One for each rule, place and text: an endless loop may warn a thousand times.
  const seen = new Set<string>();
  for (const event of execution.events) {
    if (event.kind !== 'problem' || isBudget(event.rule)) continue;
    const again = `${event.rule} ${event.loc} ${event.message}`;
    if (seen.has(again)) continue;
    seen.add(again);
    const at = problemPlace(world, lines, event);
    const other = lines.file(at.file)?.counterpart(at.world, at.line);
    const line = at.world === 'after' ? at.line : (other ?? (lines.file(at.file) ? `before:${at.line}` : at.line));
    const func = event.stack[0] ? world.compiled.program.functions[event.stack[0].func]?.plainName : '';
    const text = event.message.replace(/heap#\d+/g, 'heap#').replace(/0x[0-9a-f]+/g, '0x');
    // Who reads the log knows a warning by its text: it is the same one in a function of its own.
    const where = event.rule === 'warning-raised' ? '' : func;
    // What the front end does not take is one thing, wherever it is called.
    const key = event.rule === 'not-executable' ? event.message : `${at.file}:${line}`;
    placed.push({ event, at, key, looseKey: `${event.rule} ${where} ${text}` });
  }
  return placed;
}

export function matchProblems(before: readonly PlacedProblem[], after: readonly PlacedProblem[]) {
  const exact = (p: PlacedProblem): string => `${p.event.rule} ${p.key}`;
  const oldKeys = new Set(before.map(exact));
  const newKeys = new Set(after.map(exact));
  let gone = before.filter((p) => !newKeys.has(exact(p)));
  let come = after.filter((p) => !oldKeys.has(exact(p)));
  const existing = after.filter((p) => oldKeys.has(exact(p)));
  const loose = new Set(gone.map((p) => p.looseKey));
  const same = new Set(come.filter((p) => loose.has(p.looseKey)).map((p) => p.looseKey));
  existing.push(...come.filter((p) => same.has(p.looseKey)));
  come = come.filter((p) => !same.has(p.looseKey));
  gone = gone.filter((p) => !same.has(p.looseKey));
  return { introduced: come, fixed: gone, existing };
}

/** Ends that come from a bound of the search and prove nothing about the code. */
const isBudget = (rule: string): boolean => rule === 'statement-budget' || rule === 'memory-budget';

/** One world ends within the budget and the other does not: a matter of cost, since nothing shows that it would never end. */
function compareBudgets(
  worlds: Worlds,
  pair: Pair,
): Pick<Claim, 'message' | 'at' | 'before' | 'after' | 'world'> | undefined {
  const [a, b] = [isBudget(pair.before.end), isBudget(pair.after.end)];
  if (a === b) return undefined;
  const which = b ? 'after' : 'before';
  const event = pair[which].events.findLast((e) => e.kind === 'problem' && isBudget(e.rule));
  if (!event) return undefined;
  const told = (e: Execution): string =>
    isBudget(e.end) ? `cut off after ${e.statements} statements` : `ends after ${e.statements} statements`;
  const [before, after] = [told(pair.before), told(pair.after)];
  return {
    message: `the execution ${before} before and ${after} after the patch; whether it would end with a larger budget is not known`,
    at: problemPlace(worlds[which], worlds.lines, event),
    before,
    after,
    world: which,
  };
}

interface ObservedDifference {
  readonly message: string;
  readonly before: string;
  readonly after: string;
  /** Only where a resource lies differs. */
  readonly placement: boolean;
}

interface Observation {
  readonly expr: string;
  readonly value: string;
}

export function observations(execution: Execution): readonly Observation[] {
  return execution.events.flatMap((e) => (e.kind === 'observe' ? [{ expr: e.expr, value: formatValue(e.value) }] : []));
}

/** Expressions that tell where something lies, by the names that C code gives to such values. */
const isPlace = (o: Observation): boolean =>
  /(^|->|\.|_)(start|end|addr|base)( \(time \d+\))?$/.test(o.expr) && /^0x/.test(o.value);

function compareObservations(before: Execution, after: Execution): readonly ObservedDifference[] {
  const byName = (list: readonly Observation[]): Map<string, Observation> => {
    const counts = new Map<string, number>();
    const named = new Map<string, Observation>();
    for (const { expr, value } of list) {
      const count = counts.get(expr) ?? 0;
      counts.set(expr, count + 1);
      const name = count === 0 ? expr : `${expr} (time ${count + 1})`;
      named.set(name, { expr: name, value });
    }
    return named;
  };
  const old = byName(observations(before));
  const now = byName(observations(after));
  const differences: ObservedDifference[] = [];
  const onlyOld: Observation[] = [];
  const onlyNow: Observation[] = [];
  let moved: string | undefined;
  for (const expr of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(expr), now.get(expr)];
    if (a && b) {
      if (a.value === b.value) continue;
      const placement = isPlace(a) && isPlace(b);
      // The end moves with the start: told once.
      const object = placement ? /^(.*?)(start|end)$/.exec(expr) : null;
      if (object && object[2] === 'end' && object[1] === moved) continue;
      moved = object?.[2] === 'start' ? object[1] : undefined;
      differences.push({
        message: `${expr} is ${a.value} before and ${b.value} after the patch`,
        before: a.value,
        after: b.value,
        placement,
      });
    } else if (a) onlyOld.push(a);
    else if (b) onlyNow.push(b);
  }
  // A scenario that observes an error in one branch and a region in the other is told as one difference. An execution that a
  // problem ended observes less; the problem is the finding then.
  const text = (list: readonly Observation[]): string => list.map((o) => `${o.expr} = ${o.value}`).join(', ');
  if ((onlyOld.length > 0 && after.end === 'ok') || (onlyNow.length > 0 && before.end === 'ok')) {
    const a = text(onlyOld) || 'nothing';
    const b = text(onlyNow) || 'nothing';
    differences.push({
      message: `observed before the patch: ${a}; after: ${b}`,
      before: a,
      after: b,
      placement: false,
    });
  }
  return differences;
}

interface TreeDifference {
  readonly rule: 'placement-change' | 'tree-change';
  readonly message: string;
  readonly value: string;
  readonly before: string;
  readonly after: string;
}

interface FlatNode {
  readonly name: string;
  readonly range: string;
  readonly start: string;
  readonly facts: string;
}

function flatten(execution: Execution): Map<string, FlatNode> {
  const nodes = new Map<string, FlatNode>();
  const counts = new Map<string, number>();
  const visit = (list: Execution['tree'], parent: string): void => {
    for (const node of list) {
      const count = counts.get(node.name) ?? 0;
      counts.set(node.name, count + 1);
      nodes.set(`${node.name}#${count}`, {
        name: node.name,
        start: hex(node.start),
        range: `[${hex(node.start)}-${hex(node.end)}]`,
        facts: `flags ${hex(node.flags)}, desc ${node.desc}, in ${parent}`,
      });
      visit(node.children, node.name);
    }
  };
  visit(execution.tree, 'the root');
  return nodes;
}

function compareTrees(before: Execution, after: Execution): readonly TreeDifference[] {
  const old = flatten(before);
  const now = flatten(after);
  const differences: TreeDifference[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(key), now.get(key)];
    if (a && b) {
      if (a.range !== b.range) {
        differences.push({
          rule: 'placement-change',
          message: `“${a.name}” lies at ${a.range} before and at ${b.range} after the patch`,
          value: b.start,
          before: a.range,
          after: b.range,
        });
      } else if (a.facts !== b.facts) {
        differences.push({
          rule: 'tree-change',
          message: `“${a.name}” ${a.range} has ${a.facts} before and ${b.facts} after the patch`,
          value: '',
          before: a.facts,
          after: b.facts,
        });
      }
    } else {
      const node = (a ?? b)!;
      differences.push({
        rule: 'tree-change',
        message: `“${node.name}” ${node.range} is in the tree only ${a ? 'before' : 'after'} the patch`,
        value: '',
        before: a ? a.range : 'absent',
        after: b ? b.range : 'absent',
      });
    }
  }
  return differences;
}

interface LogDifference {
  readonly class: FindingClass;
  readonly message: string;
  readonly at: SourcePlace;
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** KERN_WARNING; lower is worse. */
const WARNING_LEVEL = 4;

function compareLogs(worlds: Worlds, before: Execution, after: Execution): readonly LogDifference[] {
  const bySite = (world: World, execution: Execution) => {
    const sites = new Map<string, { texts: string[]; at: SourcePlace; level: number }>();
    for (const event of execution.events) {
      if (event.kind !== 'log') continue;
      const at = problemPlace(world, worlds.lines, event);
      // A line that only one world has is known by its message, in which numbers may differ.
      const key = worlds.lines.isChanged(at)
        ? `${at.file}:${event.text.replace(/(0x)?[0-9a-f]{6,}/g, '#').replace(/\d+/g, '#')}`
        : worlds.lines.lineKey(at);
      const site = sites.get(key) ?? { texts: [], at, level: event.level };
      site.texts.push(event.text.trimEnd());
      sites.set(key, site);
    }
    return sites;
  };
  const old = bySite(worlds.before, before);
  const now = bySite(worlds.after, after);
  const differences: LogDifference[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(key), now.get(key)];
    const [countA, countB] = [a?.texts.length ?? 0, b?.texts.length ?? 0];
    const site = (b ?? a)!;
    const warning = site.level <= WARNING_LEVEL;
    if (countA === countB) {
      const textA = a!.texts.join('\n');
      const textB = b!.texts.join('\n');
      if (textA === textB && a!.level !== b!.level)
        differences.push({
          class: 'change',
          message: `the message “${textA}” is of level ${a!.level} before and of level ${b!.level} after the patch`,
          at: site.at,
          key,
          before: `level ${a!.level}`,
          after: `level ${b!.level}`,
        });
      else if (textA !== textB && warning)
        differences.push({
          class: 'change',
          message: `the message “${textA}” becomes “${textB}”`,
          at: site.at,
          key,
          before: textA,
          after: textB,
        });
    } else if (countA < countB) {
      const text = b!.texts[countA]!;
      differences.push({
        class: warning ? 'introduced' : 'change',
        message: `the kernel now prints “${text}”`,
        at: b!.at,
        key,
        after: text,
      });
    } else {
      const text = a!.texts[countB]!;
      differences.push({
        class: warning ? 'fixed' : 'change',
        message: `the kernel no longer prints “${text}”`,
        at: a!.at,
        key,
        before: text,
      });
    }
  }
  return differences;
}

interface LoopDifference {
  readonly message: string;
  readonly at: SourcePlace;
  readonly before: string;
  readonly after: string;
}

/** Loops whose count changed by at least half and by at least three turns: less is the noise of any change. */
function compareLoops(worlds: Worlds, pair: Pair): readonly LoopDifference[] {
  const old = loopCounts(worlds.before, worlds.lines, pair.before);
  const now = loopCounts(worlds.after, worlds.lines, pair.after);
  const differences: LoopDifference[] = [];
  for (const [key, b] of now) {
    const a = old.get(key);
    if (!a || !worlds.after.isUnderReview(b.at.file)) continue;
    const [low, high] = a.count < b.count ? [a.count, b.count] : [b.count, a.count];
    if (high - low < 3 || high < low * 1.5) continue;
    differences.push({
      message: `the loop in ${b.function}() goes around ${a.count} times before and ${b.count} times after the patch`,
      at: b.at,
      before: String(a.count),
      after: String(b.count),
    });
  }
  return differences;
}
