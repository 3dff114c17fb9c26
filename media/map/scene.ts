import { type Kind, kindOf } from '../../src/model/map/facts.ts';
import { larger } from '../../src/model/map/numbers.ts';
import type { Extent } from '../../src/model/map/scale.ts';
import type {
  Candidate,
  Finding,
  FindingCase,
  Outcome,
  PatchReport,
  ScenarioResult,
  SourcePlace,
  TreeNode,
  World,
} from '../../src/review/report.ts';

/** How a region of one world compares with the other world. */
export type Change = 'same' | 'added' | 'removed' | 'moved' | 'altered';

export interface Region {
  readonly world: World;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  readonly desc: number;
  readonly kind: Kind;
  readonly depth: number;
  readonly parent: Region | undefined;
  readonly children: readonly Region[];
  readonly from: TreeNode['from'];
  readonly madeAt: readonly SourcePlace[];
  change: Change;
  /** The same region in the other world, if there is one. */
  twin: Region | undefined;
}

/** A range that a search looked at; consecutive looks at the same range are one try. */
export interface Try {
  readonly start: bigint;
  readonly end: bigint;
  readonly calls: readonly { readonly function: string; readonly result: string }[];
  /** What the search settled on: a region that the scenario made has exactly this range. */
  readonly chosen: boolean;
  /** The end lies below the start: the computation has wrapped. */
  readonly wrapped: boolean;
}

export interface Lane {
  readonly world: World;
  /** By depth, each sorted by start and disjoint. */
  readonly rows: readonly (readonly Region[])[];
  readonly tops: readonly Region[];
  readonly count: number;
  readonly tries: readonly Try[];
  readonly outcome: Outcome;
}

export interface Band {
  readonly node: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly hotplug: boolean;
}
export interface Limit {
  readonly name: string;
  /** The first address beyond it. */
  readonly at: bigint;
}
export interface Pin {
  /** From 1, as in the list of findings. */
  readonly number: number;
  readonly finding: Finding;
  /** What it says about this scenario. */
  readonly shown: FindingCase;
  readonly at: bigint | undefined;
}
/** A pair of regions, or one without a counterpart, that differs between the worlds. */
export interface Difference {
  readonly before: Region | undefined;
  readonly after: Region | undefined;
}

/** One scenario, ready to be drawn. */
export interface Scene {
  readonly patch: PatchReport;
  readonly scenario: ScenarioResult;
  readonly lanes: Readonly<Record<World, Lane>>;
  readonly bands: readonly Band[];
  readonly limits: readonly Limit[];
  readonly pins: readonly Pin[];
  readonly differences: readonly Difference[];
  /** Both trees are equal, and so are the searches. */
  readonly same: boolean;
  /** The first address beyond what is drawn, a power of two. */
  readonly end: bigint;
  readonly extents: readonly Extent[];
  readonly marks: readonly bigint[];
}

/** Of more regions than this that a scenario made, the rest is not looked at when tries are sorted out. */
const MANY = 200;
/** Tries beyond this number get no room of their own on the compressed axis. */
const ROOMY_TRIES = 64;

export function makeScene(patch: PatchReport, scenario: ScenarioResult): Scene {
  const before = makeLane('before', scenario);
  const after = makeLane('after', scenario);
  const differences = match(before, after);
  const bands = scenario.srat.map((r) => ({
    node: r.node,
    start: BigInt(r.start),
    end: BigInt(r.end),
    hotplug: r.hotplug,
  }));
  const limits = limitsOf(scenario);
  const extents = [...extentsOf(before), ...extentsOf(after), ...bands.map((b) => ({ ...b, leaf: false }))];
  const end = endOf(extents, limits);
  const ranges = [...limits, { name: '4 GiB', at: 1n << 32n }].filter((l) => l.at < end);
  const pins = findingsOf(patch, scenario).map(({ finding, shown }, i) => ({
    number: i + 1,
    finding,
    shown,
    at: placeOf(shown, [after, before], differences),
  }));
  const sameTries = before.tries.length === after.tries.length;
  return {
    patch,
    scenario,
    lanes: { before, after },
    bands,
    limits: [...ranges, ...limits.filter((l) => l.at === end)],
    pins,
    differences,
    same: differences.length === 0 && sameTries,
    end,
    extents,
    marks: ranges.map((l) => l.at),
  };
}

function makeLane(world: World, scenario: ScenarioResult): Lane {
  const outcome = scenario[world];
  const rows: Region[][] = [];
  let count = 0;
  const make = (node: TreeNode, depth: number, parent: Region | undefined): Region => {
    const { name, desc, from } = node;
    const flags = BigInt(node.flags);
    const children: Region[] = [];
    const region: Region = {
      world,
      name,
      start: BigInt(node.start),
      end: BigInt(node.end),
      flags,
      desc,
      kind: kindOf({ name, flags, desc }),
      depth,
      parent,
      children,
      from,
      madeAt: node.madeAt ?? [],
      change: 'same',
      twin: undefined,
    };
    count++;
    (rows[depth] ??= []).push(region);
    for (const child of node.children) children.push(make(child, depth + 1, region));
    return region;
  };
  const tops = outcome.tree.map((node) => make(node, 0, undefined));
  for (const row of rows) row.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const made = rows.flat().filter((r) => r.from === 'scenario');
  return { world, rows, tops, count, tries: triesOf(scenario.candidates[world], made), outcome };
}

/**
 * The tries of a search among all ranges that functions were asked about: the calls of one function, with what others
 * were asked about the same range. It is the one that most often looked at a range that the scenario then made; where
 * nothing was made, the one with the largest ranges, and the innermost of those. A look inside a region that was made is
 * none: the search is over by then.
 */
function triesOf(candidates: readonly Candidate[], made: readonly Region[]): Try[] {
  const calls = candidates.map(({ start, end, function: name, result }) => ({
    start: BigInt(start),
    end: BigInt(end),
    call: { function: name, result },
  }));
  const taken = new Set(made.map((r) => `${r.start}-${r.end}`));
  const isTaken = (c: { start: bigint; end: bigint }) => taken.has(`${c.start}-${c.end}`);
  const probes = new Map<string, { hits: number; size: bigint; calls: number }>();
  for (const c of calls) {
    const probe = probes.get(c.call.function) ?? { hits: 0, size: 0n, calls: 0 };
    if (isTaken(c)) probe.hits++;
    if (c.end >= c.start) probe.size = larger(probe.size, c.end - c.start);
    probe.calls++;
    probes.set(c.call.function, probe);
  }
  const [probe] = [...probes].reduce<[string | undefined, { hits: number; size: bigint; calls: number }]>(
    (best, one) => {
      const [a, b] = [best[1], one[1]];
      const better =
        a.hits > 0 || b.hits > 0
          ? b.hits > 0 && (a.hits === 0 || b.calls > a.calls)
          : b.size > a.size || (b.size === a.size && b.calls > 1);
      return better ? one : best;
    },
    [undefined, { hits: 0, size: -1n, calls: 0 }],
  );
  const inside = (c: { start: bigint; end: bigint }) =>
    made.slice(0, MANY).some((r) => r.start <= c.start && c.end <= r.end && (r.start !== c.start || r.end !== c.end));
  const tries: { start: bigint; end: bigint; calls: { function: string; result: string }[] }[] = [];
  for (const c of calls) {
    const last = tries.at(-1);
    if (last && last.start === c.start && last.end === c.end) last.calls.push(c.call);
    else if (c.call.function === probe && !inside(c)) tries.push({ start: c.start, end: c.end, calls: [c.call] });
  }
  return tries.map((t) => ({ ...t, chosen: isTaken(t), wrapped: t.end < t.start }));
}

/**
 * Pairs the regions of both worlds: first what is equal below equal parents, then what is equal elsewhere at the same
 * depth, then by name in order of the addresses. Marks what is left as added, removed, moved or altered. Linear but for
 * sorting.
 */
function match(before: Lane, after: Lane): Difference[] {
  const alone: Record<World, Region[]> = { before: [], after: [] };
  pairEqual(before.tops, after.tops, alone);
  const identity = (r: Region) => `${r.start} ${r.end} ${r.depth} ${r.flags} ${r.desc} ${r.name}`;
  const open = new Map<string, Region[]>();
  for (const r of alone.before) push(open, identity(r), r);
  const fresh: Region[] = [];
  for (const r of alone.after) {
    const twin = open.get(identity(r))?.shift();
    if (twin) pair(twin, r);
    else fresh.push(r);
  }
  const left = [...open.values()].flat();
  const named = new Map<string, Region[]>();
  for (const r of left) push(named, r.name, r);
  const differences: Difference[] = [];
  for (const r of fresh) {
    const twin = named.get(r.name)?.shift();
    if (!twin) {
      r.change = 'added';
      differences.push({ before: undefined, after: r });
      continue;
    }
    pair(twin, r);
    r.change = twin.change = twin.start === r.start && twin.end === r.end ? 'altered' : 'moved';
    differences.push({ before: twin, after: r });
  }
  for (const r of left) {
    if (r.twin) continue;
    r.change = 'removed';
    differences.push({ before: r, after: undefined });
  }
  const key = (d: Difference) => (d.after ?? d.before)!.start;
  return differences.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Walks two sorted levels side by side; what has no equal there goes to `alone` with all below it. */
function pairEqual(before: readonly Region[], after: readonly Region[], alone: Record<World, Region[]>): void {
  const leave = (r: Region) => {
    alone[r.world].push(r);
    r.children.forEach(leave);
  };
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const a = before[i];
    const b = after[j];
    if (
      a &&
      b &&
      a.start === b.start &&
      a.end === b.end &&
      a.flags === b.flags &&
      a.desc === b.desc &&
      a.name === b.name
    ) {
      pair(a, b);
      pairEqual(a.children, b.children, alone);
      i++;
      j++;
    } else if (a && (!b || a.start < b.start || (a.start === b.start && a.end <= b.end))) {
      leave(a);
      i++;
    } else {
      leave(b!);
      j++;
    }
  }
}

function push(map: Map<string, Region[]>, key: string, region: Region): void {
  const list = map.get(key);
  if (list) list.push(region);
  else map.set(key, [region]);
}
function pair(a: Region, b: Region): void {
  a.twin = b;
  b.twin = a;
}

/** Limits at the same address share one line. A limit given as the last address inside is drawn behind it. */
function limitsOf(scenario: ScenarioResult): Limit[] {
  const byAddress = new Map<bigint, string[]>();
  for (const { name, at } of scenario.limits) {
    const given = BigInt(at);
    const edge = (given & 0xfffn) === 0xfffn ? given + 1n : given;
    byAddress.set(edge, [...(byAddress.get(edge) ?? []), name]);
  }
  return [...byAddress].map(([at, names]) => ({ at, name: names.join(' · ') }));
}

function extentsOf(lane: Lane): Extent[] {
  const regions = lane.rows.flat().map((r) => ({ start: r.start, end: r.end, leaf: r.children.length === 0 }));
  const tries = lane.tries.length <= ROOMY_TRIES ? lane.tries : lane.tries.filter((t) => t.chosen);
  return [...regions, ...tries.filter((t) => !t.wrapped).map((t) => ({ start: t.start, end: t.end, leaf: true }))];
}

/** A power of two that holds the limits and all regions, but for those that reach to the end of the 64-bit space. */
function endOf(extents: readonly Extent[], limits: readonly Limit[]): bigint {
  let most = 1n << 32n;
  for (const { at } of limits) most = larger(most, at);
  for (const { end } of extents) most = larger(most, end + 1n);
  let end = 1n;
  while (end < most && end < 1n << 64n) end <<= 1n;
  return end;
}

/** Findings that this scenario on this machine shows, with what they say about it; the ones to look at first come first. */
function findingsOf(patch: PatchReport, scenario: ScenarioResult): { finding: Finding; shown: FindingCase }[] {
  const order = ['introduced', 'change', 'existing', 'fixed'];
  return patch.findings
    .flatMap((finding) => {
      const shown = finding.cases.find((c) => c.scenario === scenario.name && c.machine === scenario.machine);
      return shown ? [{ finding, shown }] : [];
    })
    .sort((a, b) => order.indexOf(a.finding.class) - order.indexOf(b.finding.class));
}

/** Where a finding happens in the address space: an address that it names, else the only region that differs. */
function placeOf(shown: FindingCase, lanes: readonly Lane[], differences: readonly Difference[]): bigint | undefined {
  const text = [shown.after, shown.before, shown.message].join(' ').slice(0, 4000);
  for (const [digits] of text.matchAll(/0x[0-9a-f]{5,16}\b/g)) {
    const address = BigInt(digits);
    if (lanes.some((lane) => lane.tops.some((r) => r.start <= address && address <= r.end))) return address;
  }
  const [only] = differences;
  return differences.length === 1 ? (only!.after ?? only!.before)!.start : undefined;
}

/** What to show first: the scenario that proves the first finding, else the first that differs. */
export function firstScenario(patch: PatchReport): number {
  for (const { proof } of patch.findings) {
    const index = patch.scenarios.findIndex((s) => s.name === proof.scenario && s.machine === proof.machine);
    if (index >= 0) return index;
  }
  return Math.max(
    0,
    patch.scenarios.findIndex((s) => !s.same),
  );
}
