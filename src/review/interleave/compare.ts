import type { MachineEvent } from '../../machine/api.ts';
import type { Claim, PlacedProblem, Worlds } from '../compare.ts';
import { matchProblems, placeProblems, problemPlace, severityOf } from '../compare.ts';
import { bytesText, formatValue, hex } from '../format.ts';
import { freeIn } from '../free-space.ts';
import type { FindingClass, SourcePlace, World as WorldName } from '../report.ts';
import type { World } from '../world.ts';
import type { ExploredOutcome, FoundRace, RaceSide, ScenarioExploration } from './scenario.ts';

/** A claim about what schedules can do, with one that shows it. */
export interface ScheduledClaim extends Claim {
  readonly schedule: string;
  /** It holds unless something does that is not modelled. */
  readonly unsure?: boolean;
  /** Of a problem: what the comparison of single executions calls it. */
  readonly plainKey?: string;
}
export interface ExploredPair {
  readonly scenario: string;
  readonly before: ScenarioExploration;
  readonly after: ScenarioExploration;
  /** The changed line that an execution came across last (else the first one of the patch), where there is one. */
  changedLine(world: WorldName, schedule: string): SourcePlace | undefined;
}

/** What differs between the outcomes that schedules can bring about before and after. */
export function compareExplored(worlds: Worlds, pair: ExploredPair): readonly ScheduledClaim[] {
  const problems = problemClaims(worlds, pair);
  const claims = [...problems.claims, ...raceClaims(worlds, pair), ...outcomeClaims(worlds, pair, problems)];
  return claims.some((c) => c.class !== 'existing') ? claims : [...claims, ...jointClaims(pair)];
}

// --- problems --------------------------------------------------------------------------------------------------------

interface Shown {
  readonly placed: PlacedProblem;
  count: number;
  outcome: ExploredOutcome;
}

function problemsOf(worlds: Worlds, which: WorldName, exploration: ScenarioExploration): Map<string, Shown> {
  const found = new Map<string, Shown>();
  for (const outcome of exploration.outcomes) {
    const here = new Set<string>();
    for (const placed of placeProblems(worlds[which], worlds.lines, outcome.execution)) {
      const key = `${placed.event.rule} ${placed.key}`;
      if (here.has(key)) continue;
      here.add(key);
      const known = found.get(key);
      if (!known) {
        found.set(key, { placed, count: outcome.count, outcome });
        continue;
      }
      known.count += outcome.count;
      if (outcome.switches < known.outcome.switches) known.outcome = outcome;
    }
  }
  return found;
}

interface ProblemClaims {
  readonly claims: readonly ScheduledClaim[];
  /** Rule and location of the problems that only one world has. */
  readonly fixed: ReadonlySet<string>;
  readonly introduced: ReadonlySet<string>;
}
const nameOf = (event: { readonly rule: string; readonly loc: number }): string => `${event.rule} ${event.loc}`;

function problemClaims(worlds: Worlds, pair: ExploredPair): ProblemClaims {
  const shown = { before: problemsOf(worlds, 'before', pair.before), after: problemsOf(worlds, 'after', pair.after) };
  const matched = matchProblems(
    [...shown.before.values()].map((s) => s.placed),
    [...shown.after.values()].map((s) => s.placed),
  );
  const claim = (p: PlacedProblem, cls: FindingClass, which: WorldName): ScheduledClaim => {
    const key = `${p.event.rule} ${p.key}`;
    const { count, outcome } = shown[which].get(key)!;
    const { schedule } = outcome;
    const other = which === 'after' ? 'before' : 'after';
    const unsure =
      cls !== 'existing' && !pair[other].complete ? `; ${other}: not seen, but ${searched(pair[other])}` : '';
    const cause = cls === 'existing' ? undefined : pair.changedLine(which, schedule);
    const severity = severityOf(p.event);
    // What scenarios expect fails in many of them for one reason: the changed line that led there.
    const grouped = cause && !worlds[which].isUnderReview(p.at.file) && p.event.loc !== 0;
    return {
      class: cls,
      severity: cls === 'introduced' ? severity : cls === 'fixed' || severity !== 'error' ? 'info' : 'warning',
      rule: p.event.rule,
      message: `${p.event.message} (${share(count, pair[which])}${unsure})`,
      at: p.event.loc === 0 ? (cause ?? { file: pair.scenario, line: 1, world: which }) : p.at,
      ...(cause ? { cause } : {}),
      related: p.event.related.map((r) => ({ message: r.message, at: worlds.lines.place(worlds[which], r.loc) })),
      world: which,
      key: grouped ? `${p.event.rule} for ${cause.file}:${cause.world}:${cause.line}` : key,
      plainKey: key,
      until: Number.POSITIVE_INFINITY,
      schedule,
    };
  };
  return {
    claims: [
      ...matched.introduced.map((p) => claim(p, 'introduced', 'after')),
      ...matched.fixed.map((p) => claim(p, 'fixed', 'before')),
      ...matched.existing.map((p) => claim(p, 'existing', 'after')),
    ],
    fixed: new Set(matched.fixed.map((p) => nameOf(p.event))),
    introduced: new Set(matched.introduced.map((p) => nameOf(p.event))),
  };
}

const share = (count: number, { executions }: ScenarioExploration): string =>
  count === 0
    ? 'where a writer begins to wait at that moment, as the schedule says'
    : executions === 1
      ? 'in the only execution'
      : `in ${count === executions ? 'all' : `${count} of`} ${executions} executions`;

const searched = (e: ScenarioExploration): string => `only ${e.executions} executions were searched`;

// --- data races ------------------------------------------------------------------------------------------------------

/** The call of the code under review that an access belongs to, whichever helper makes it. */
function callOf(world: World, { stack }: RaceSide): string {
  const { functions } = world.compiled.program;
  const entry = stack.findLast(({ func }) => world.isUnderReview(functions[func]?.file ?? '')) ?? stack[0];
  return functions[entry?.func ?? -1]?.plainName ?? '';
}

interface PlacedRace {
  readonly race: FoundRace;
  readonly places: readonly [SourcePlace, SourcePlace];
}

function racesOf(worlds: Worlds, which: WorldName, exploration: ScenarioExploration): Map<string, PlacedRace> {
  const found = new Map<string, PlacedRace>();
  const place = (side: RaceSide): SourcePlace =>
    problemPlace(worlds[which], worlds.lines, {
      kind: 'note',
      text: '',
      thread: 0,
      loc: side.loc,
      stack: side.stack,
    });
  for (const race of exploration.races) {
    const places = [place(race.first), place(race.second)] as const;
    const key = places
      .map((p) => worlds.lines.lineKey(p))
      .sort()
      .join(' ');
    const known = found.get(key);
    if (!known || race.schedule.length < known.race.schedule.length) found.set(key, { race, places });
  }
  return found;
}

function raceClaims(worlds: Worlds, pair: ExploredPair): readonly ScheduledClaim[] {
  const old = racesOf(worlds, 'before', pair.before);
  const now = racesOf(worlds, 'after', pair.after);
  const claims: ScheduledClaim[] = [];
  const words = (which: WorldName, { race }: PlacedRace): string =>
    [race.first, race.second]
      .map((s) => `${s.write} ${s.size} ${s.object} ${callOf(worlds[which], s)}`)
      .sort()
      .join('; ');
  // What the patch rewrote, or moved to a function of its own, races as it did: the same calls, the same object.
  const [gone, come] = [
    [...old].filter(([key]) => !now.has(key)).map(([, race]) => words('before', race)),
    [...now].filter(([key]) => !old.has(key)).map(([, race]) => words('after', race)),
  ].map((list) => new Set(list)) as [Set<string>, Set<string>];
  for (const key of new Set([...now.keys(), ...old.keys()])) {
    const which = now.has(key) ? 'after' : 'before';
    const placed = (now.get(key) ?? old.get(key))!;
    const moved = (which === 'after' ? gone : come).has(words(which, placed));
    if (which === 'before' && moved) continue;
    const cls: FindingClass = which === 'after' ? (old.has(key) || moved ? 'existing' : 'introduced') : 'fixed';
    const { race, places } = placed;
    const told = (side: RaceSide): string => {
      const func = side.stack[0] ? worlds[which].compiled.program.functions[side.stack[0].func]?.plainName : undefined;
      return `${side.write ? 'write' : 'read'} of ${side.size} bytes by ${side.thread}${func ? ` in ${func}()` : ''}`;
    };
    const cause = cls === 'existing' ? undefined : pair.changedLine(which, race.schedule);
    const stack = (side: RaceSide, name: string) =>
      side.stack
        .slice(1, 6)
        .map((entry) => ({ message: `${name} came here`, at: worlds.lines.place(worlds[which], entry.loc) }));
    claims.push({
      class: cls,
      severity: cls === 'introduced' && race.stubs.length === 0 ? 'error' : cls === 'fixed' ? 'info' : 'warning',
      rule: 'data-race',
      message: `nothing orders the ${told(race.second)} and the ${told(race.first)}: ${race.first.object === 'memory' ? race.second.object : race.first.object}${unlessOrdered(race.stubs)}`,
      at: places[1],
      ...(cause ? { cause } : {}),
      related: [
        { message: `the ${told(race.first)}`, at: places[0] },
        ...stack(race.first, race.first.thread),
        ...stack(race.second, race.second.thread),
      ],
      world: which,
      key: `data-race ${key}`,
      until: Number.POSITIVE_INFINITY,
      schedule: race.schedule,
      unsure: race.stubs.length > 0,
    });
  }
  return claims;
}

/** A lock that is not modelled may order what seems to race. */
const unlessOrdered = (stubs: readonly string[]): string =>
  stubs.length === 0
    ? ''
    : `; unless ${stubs
        .slice(0, 4)
        .map((name) => `${name}()`)
        .join(', ')} does, which is not modelled`;

// --- outcomes --------------------------------------------------------------------------------------------------------

interface Value {
  count: number;
  outcome: ExploredOutcome;
  readonly outcomes: Set<ExploredOutcome>;
}
/** What can be observed, by name: the values it takes. Where it is not observed at all there is no value. */
type Values = Map<string, Map<string, Value>>;

function valuesOf(exploration: ScenarioExploration): { readonly values: Values; readonly ended: number } {
  const values: Values = new Map();
  let ended = 0;
  const ok = exploration.outcomes.filter((o) => o.execution.end === 'ok');
  for (const outcome of ok) {
    ended += outcome.count;
    const counts = new Map<string, number>();
    for (const [plain, text] of facts(outcome)) {
      const time = (counts.get(plain) ?? 0) + 1;
      counts.set(plain, time);
      const name = time === 1 ? plain : `${plain} (time ${time})`;
      let known = values.get(name);
      if (!known) values.set(name, (known = new Map()));
      const value = known.get(text);
      if (value) {
        value.count += outcome.count;
        value.outcomes.add(outcome);
        if (outcome.switches < value.outcome.switches) value.outcome = outcome;
      } else known.set(text, { count: outcome.count, outcome, outcomes: new Set([outcome]) });
    }
  }
  return { values, ended };
}

/** KERN_WARNING; lower is worse. */
const WARNING_LEVEL = 4;

function* facts({ execution }: ExploredOutcome): Iterable<readonly [string, string]> {
  for (const event of execution.events) {
    if (event.kind === 'observe') yield [event.expr, formatValue(event.value)];
    else if (event.kind === 'log' && event.level <= WARNING_LEVEL)
      yield [`the message “${event.text.trimEnd()}”`, 'printed'];
  }
  const nodes = [...execution.tree];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    nodes.push(...node.children);
    if (node.from === 'scenario')
      yield [
        `“${node.name}” in the tree`,
        `at [${hex(node.start)}-${hex(node.end)}] with flags ${hex(node.flags)}, desc ${node.desc}`,
      ];
  }
}

function outcomeClaims(
  worlds: Worlds,
  pair: ExploredPair,
  { fixed, introduced }: ProblemClaims,
): readonly ScheduledClaim[] {
  const before = valuesOf(pair.before);
  const after = valuesOf(pair.after);
  if (before.ended === 0 || after.ended === 0) return [];
  const claims: ScheduledClaim[] = [];
  const shows = (value: Value, names: ReadonlySet<string>): boolean =>
    names.size > 0 &&
    [...value.outcomes].every((o) => o.execution.events.some((e) => e.kind === 'problem' && names.has(nameOf(e))));
  const told = (which: WorldName, value: Value | undefined, name: string, text: string): string =>
    value ? `${can(worlds[which], name, text, value)} (${share(value.count, pair[which])})` : never(pair[which]);
  const names = [...new Set([...before.values.keys(), ...after.values.keys()])];
  // What the scenario observes tells most of what the tree and the log would tell again.
  let observed = false;
  for (const kind of ['observation', 'other'] as const) {
    if (kind === 'other' && observed) break;
    for (const name of names) {
      if ((name.startsWith('“') || name.startsWith('the message')) !== (kind === 'other')) continue;
      const old = withAbsence(before.values.get(name), before.ended, kind, pair.before);
      const now = withAbsence(after.values.get(name), after.ended, kind, pair.after);
      // What no schedule changes is compared without schedules.
      if (isFixed(old, before.ended) && isFixed(now, after.ended)) continue;
      for (const text of new Set([...old.keys(), ...now.keys()])) {
        const [a, b] = [old.get(text), now.get(text)];
        if ((a === undefined) === (b === undefined)) continue;
        const which: WorldName = a ? 'before' : 'after';
        const value = (a ?? b)!;
        if (b && shows(b, introduced)) continue;
        const isFix = a !== undefined && shows(a, fixed);
        // The failed expectation tells it.
        if (isFix && kind === 'other') continue;
        const { schedule } = value.outcome;
        const at = pair.changedLine(which, schedule) ?? { file: pair.scenario, line: 1, world: which };
        const rule = a ? 'outcome-vanished' : 'outcome-appeared';
        observed ||= kind === 'observation';
        claims.push({
          class: isFix ? 'fixed' : 'change',
          severity: isFix ? 'info' : 'warning',
          rule,
          message: `before: ${told('before', a, name, text)}; after: ${told('after', b, name, text)}`,
          at,
          before: a ? text : 'never',
          after: b ? text : 'never',
          related: [],
          world: which,
          key: `${rule} ${at.file}:${at.world}:${at.line}`,
          until: Number.POSITIVE_INFINITY,
          schedule,
        });
      }
    }
  }
  return claims;
}

/** Where each value is possible in both worlds: combinations of them that only one has. */
function jointClaims(pair: ExploredPair): readonly ScheduledClaim[] {
  const joint = (e: ScenarioExploration): ReadonlyMap<string, Value> => {
    const found = new Map<string, Value>();
    for (const outcome of e.outcomes) {
      if (outcome.execution.end !== 'ok') continue;
      const text = [...facts(outcome)].map(([name, value]) => `${name}: ${value}`).join('; ');
      const known = found.get(text);
      if (known) known.count += outcome.count;
      else found.set(text, { count: outcome.count, outcome, outcomes: new Set([outcome]) });
    }
    return found;
  };
  const [old, now] = [joint(pair.before), joint(pair.after)];
  // One outcome each: no schedule makes a difference, and single executions were compared already.
  if (old.size < 2 && now.size < 2) return [];
  const claims: ScheduledClaim[] = [];
  for (const which of ['after', 'before'] as const) {
    const [here, there] = which === 'after' ? [now, old] : [old, now];
    const only = [...here].filter(([text]) => !there.has(text));
    const other = which === 'after' ? pair.before : pair.after;
    for (const [text, value] of only.slice(0, MAX_JOINT)) {
      const { schedule } = value.outcome;
      const at = pair.changedLine(which, schedule) ?? { file: pair.scenario, line: 1, world: which };
      const rule = which === 'after' ? 'outcome-appeared' : 'outcome-vanished';
      const told = `${text || 'nothing is observed'} (${share(value.count, pair[which])})`;
      claims.push({
        class: 'change',
        severity: 'warning',
        rule,
        message:
          which === 'after' ? `before: ${never(other)}; after: ${told}` : `before: ${told}; after: ${never(other)}`,
        at,
        before: which === 'before' ? text : 'never',
        after: which === 'after' ? text : 'never',
        related: [],
        world: which,
        key: `${rule} ${at.file}:${at.world}:${at.line}`,
        until: Number.POSITIVE_INFINITY,
        schedule,
      });
    }
  }
  return claims;
}
const MAX_JOINT = 4;

/** An error where a scenario expects none, told with the room that there was for what was asked for. */
function can(world: World, name: string, text: string, { outcomes }: Value): string {
  const unexpected = [...outcomes].every((o) => o.execution.events.some(isFailedExpectation));
  if (!unexpected || !/^-E[A-Z]/.test(text)) return `${name} can be ${text}`;
  const rooms = [...outcomes].map((o) => freeIn(o.execution.tree, 0n, world.profile.physmemEnd).free);
  const least = rooms.reduce((a, b) => (a < b ? a : b));
  return `${name} can fail with ${text} although ${bytesText(least)} are free`;
}
const isFailedExpectation = (event: MachineEvent): boolean =>
  event.kind === 'problem' && event.rule === 'expectation-failed';

const never = (e: ScenarioExploration): string =>
  e.complete
    ? `never, ${e.executions === 1 ? 'in the only execution' : `in all ${e.executions} executions`}`
    : `never, but ${searched(e)}`;

const isFixed = (values: ReadonlyMap<string, Value>, ended: number): boolean => {
  const [only, ...more] = values.values();
  return more.length === 0 && (only === undefined || only.count === ended);
};

/** Messages and nodes that some executions lack have the value “absent” there; an observation may just be in another branch. */
function withAbsence(
  values: ReadonlyMap<string, Value> | undefined,
  ended: number,
  kind: 'observation' | 'other',
  exploration: ScenarioExploration,
): ReadonlyMap<string, Value> {
  if (kind === 'observation') return values ?? new Map();
  const full = new Map(values);
  const present = new Set([...full.values()].flatMap((v) => [...v.outcomes]));
  const lacking = exploration.outcomes.filter((o) => o.execution.end === 'ok' && !present.has(o));
  const count = lacking.reduce((sum, o) => sum + o.count, 0);
  if (count > 0 && ended > 0)
    full.set('absent', {
      count,
      outcome: lacking.reduce((best, o) => (o.switches < best.switches ? o : best)),
      outcomes: new Set(lacking),
    });
  return full;
}
