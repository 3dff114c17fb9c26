import type { ArchProfile, SratRange } from '../model/api.ts';
import { IORESOURCE_BUSY, IORESOURCE_SYSRAM } from '../model/flags.ts';
import type { Candidate, Finding, FindingCase, PatchReport, ScenarioResult, World } from '../review/report.ts';
import { match } from './match.ts';
import { larger, sizeText } from './numbers.ts';
import {
  END,
  FLAGS,
  isMade,
  type Node,
  type PackedScenario,
  type PackedTree,
  packScenario,
  packTree,
  START,
  WORDS,
  wide,
} from './pack.ts';
import type { Level, Region } from './regions.ts';
import { Regions } from './regions.ts';
import type { Extent } from './scale.ts';
import { deepestAt } from './search.ts';
import { triesOf } from './tries.ts';

/** A range that a search looked at; consecutive looks at the same range are one try. */
export interface Try {
  readonly start: bigint;
  readonly end: bigint;
  readonly calls: readonly { readonly function: string; readonly result: string }[];
  /** What the search settled on: a region that the scenario made has exactly this range. */
  readonly chosen: boolean;
  /** The end lies below the start: the computation has wrapped. */
  readonly wrapped: boolean;
  /** Which of the candidates it began with, from 0. */
  readonly first: number;
}

export interface Lane {
  readonly world: World;
  readonly regions: Regions;
  /** By depth; the first is below the root. */
  readonly rows: readonly Level[];
  readonly packed: PackedTree;
  readonly count: number;
  readonly tries: readonly Try[];
  /** Of a step of a timeline: how many of the tries have been made by then. */
  readonly tried?: number;
  /** `ok`, or the rule of the problem that ended the run. */
  readonly ended: string;
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

/** What is known of how the kernel divides memory. */
export interface Paging {
  readonly pageShift: number;
  readonly sectionSizeBits: number | undefined;
}

/** One scenario, or one machine, ready to be drawn. */
export interface Scene {
  readonly title: string;
  /** Tells it from others, also after a reload. */
  readonly key: string;
  /** Name and value of what is known of all of it. */
  readonly about: readonly (readonly [string, string])[];
  readonly lanes: Readonly<Record<World, Lane>>;
  readonly bands: readonly Band[];
  /** System RAM, whoever holds it: sorted, disjoint, neighbours joined. */
  readonly memory: readonly { readonly start: bigint; readonly end: bigint }[];
  readonly limits: readonly Limit[];
  readonly pins: readonly Pin[];
  readonly differences: readonly Difference[];
  /** Both trees are equal, and so are the searches. */
  readonly same: boolean;
  /** There is one world only: nothing was reviewed. */
  readonly single: boolean;
  readonly paging: Paging;
  /** The first address beyond what is drawn, a power of two. */
  readonly end: bigint;
  readonly trees: readonly PackedTree[];
  readonly extents: readonly Extent[];
  readonly marks: readonly bigint[];
}

/** Tries beyond this number get no room of their own on the compressed axis. */
const ROOMY_TRIES = 64;

/** A scenario of a review. */
export function makeScene(patch: PatchReport, scenario: ScenarioResult): Scene {
  return makePackedScene(patch, packScenario(scenario));
}

export function makePackedScene(patch: Pick<PatchReport, 'findings' | 'verdict'>, scenario: PackedScenario): Scene {
  const { tree: first } = scenario.before;
  const after = makeLane('after', scenario.after.tree ?? first, scenario.after.end, scenario.candidates.after);
  const equal = scenario.after.tree === undefined;
  // The same tree is made once: its regions stand for both worlds.
  const before: Lane = equal
    ? { ...after, world: 'before', ended: scenario.before.end, tries: triesOf(scenario.candidates.before, []) }
    : makeLane('before', first, scenario.before.end, scenario.candidates.before);
  const differences = equal ? [] : match(before, after);
  const findings = findingsOf(patch, scenario).map(({ finding, shown }, i) => ({
    number: i + 1,
    finding,
    shown,
    at: placeOf(shown, [after, before], differences),
  }));
  return assemble({
    title: scenario.title || scenario.name,
    key: `${scenario.name} on ${scenario.machine}`,
    about: [
      ['scenario', scenario.name],
      ['machine', scenario.machine],
      ['patch', patch.verdict],
    ],
    lanes: { before, after },
    bands: scenario.srat,
    limits: scenario.limits.map(({ name, at }) => ({ name, at: BigInt(at) })),
    paging: scenario.memory,
    pins: findings,
    differences,
    same: differences.length === 0 && before.tries.length === after.tries.length,
    single: false,
  });
}

/** Two trees of one machine, without a scenario and findings. */
export function makeWorldsScene(
  worlds: Pick<Parts, 'title' | 'key' | 'about' | 'bands' | 'limits' | 'paging'> & {
    readonly trees: Readonly<Record<World, PackedTree>>;
  },
): Scene {
  const { trees, ...parts } = worlds;
  const [before, after] = [makeLane('before', trees.before, 'ok', []), makeLane('after', trees.after, 'ok', [])];
  const differences = match(before, after);
  const same = differences.length === 0;
  return assemble({ ...parts, lanes: { before, after }, pins: [], differences, same, single: false });
}

/** A machine as a text of /proc/iomem or a kernel log tells of it; without a profile, only what they say. */
export function makeMachineScene(machine: {
  readonly name: string;
  readonly iomem: readonly Node[];
  readonly srat: readonly SratRange[];
  readonly profile?: ArchProfile;
}): Scene {
  const { name, profile } = machine;
  const after = makeLane('after', machine.iomem, 'ok', []);
  return assemble({
    title: name.slice(name.lastIndexOf('/') + 1),
    key: name,
    about: profile ? [['architecture', profile.name]] : [],
    lanes: { before: after, after },
    bands: machine.srat,
    limits: profile
      ? [
          { name: `MAX_PHYSMEM_BITS ${profile.maxPhysmemBits}`, at: 1n << BigInt(profile.maxPhysmemBits) },
          { name: 'direct map end', at: profile.physmemEnd },
        ]
      : [],
    paging: { pageShift: profile?.pageShift ?? 12, sectionSizeBits: profile?.sectionSizeBits },
    pins: [],
    differences: [],
    same: true,
    single: true,
  });
}

interface Parts extends Pick<Scene, 'title' | 'key' | 'lanes' | 'pins' | 'differences' | 'same' | 'single' | 'paging'> {
  readonly about: readonly (readonly [string, string])[];
  readonly bands: readonly {
    readonly node: number;
    readonly start: string | bigint;
    readonly end: string | bigint;
    readonly hotplug: boolean;
  }[];
  readonly limits: readonly Limit[];
}

function assemble(parts: Parts): Scene {
  const { lanes, single, paging } = parts;
  const bands = parts.bands.map(({ node, start, end, hotplug }) => ({
    node,
    start: BigInt(start),
    end: BigInt(end),
    hotplug,
  }));
  const memory = memoryOf(lanes.after);
  const maxPfn = memory.at(-1)?.end;
  const limits = limitsOf([
    { name: FOUR_GIB, at: 1n << 32n },
    ...(maxPfn === undefined ? [] : [{ name: MAX_PFN, at: maxPfn + 1n }]),
    ...parts.limits,
  ]);
  const trees = single || lanes.before.packed === lanes.after.packed ? [lanes.after] : [lanes.before, lanes.after];
  const tries = single ? [] : [lanes.before, lanes.after].flatMap(triesWithRoom);
  const extents = [...tries, ...bands.map((b) => ({ ...b, leaf: false }))];
  const end = endOf([...extents, ...trees.flatMap(sticksOut)], limits);
  const ranges = limits.filter((l) => l.at < end);
  const about: (readonly [string, string])[] = [
    ...parts.about,
    ...(maxPfn === undefined
      ? []
      : [['max_pfn', `0x${((maxPfn + 1n) >> BigInt(paging.pageShift)).toString(16)}`] as const]),
    ...(paging.sectionSizeBits === undefined
      ? []
      : [['section size', sizeText(1n << BigInt(paging.sectionSizeBits))] as const]),
  ];
  return {
    ...parts,
    about,
    bands,
    memory,
    limits: limits.filter((l) => l.at < end || (l.at === end && l.name !== FOUR_GIB)),
    end,
    trees: trees.map((lane) => lane.packed),
    extents,
    marks: ranges.map((l) => l.at),
  };
}

export const FOUR_GIB = '4 GiB';
export const MAX_PFN = 'max_pfn';
/** Limits at one address share a line. */
export const LIMITS_BETWEEN = ' · ';

/** Memory that the kernel uses as such (IORESOURCE_SYSTEM_RAM, busy), at whatever depth. */
function memoryOf({ packed: { words } }: Lane): { start: bigint; end: bigint }[] {
  const joined: { start: bigint; end: bigint }[] = [];
  for (let at = 0; at < words.length; at += WORDS) {
    const flags = words[at + FLAGS]!;
    if ((flags & SYSRAM) === 0 || flags < BUSY) continue;
    const start = wide(words, at + START);
    const end = wide(words, at + END);
    const last = joined.at(-1);
    if (last && start <= last.end) continue;
    if (last && last.end + 1n === start) last.end = end;
    else joined.push({ start, end });
  }
  return joined;
}
const SYSRAM = Number(IORESOURCE_SYSRAM);
const BUSY = Number(IORESOURCE_BUSY);

export function makeLane(
  world: World,
  tree: readonly Node[] | PackedTree,
  ended: string,
  candidates: readonly Candidate[],
): Lane {
  const packed = 'words' in tree ? tree : packTree(tree);
  const regions = new Regions(packed, world);
  const made: Region[] = [];
  for (let i = 0; i < regions.count; i++) if (isMade(packed.words, i * WORDS)) made.push(regions.at(i));
  return {
    world,
    regions,
    rows: regions.levels,
    packed,
    count: regions.count,
    tries: triesOf(candidates, made),
    ended,
  };
}

/** Limits at the same address share one line. A limit given as the last address inside is drawn behind it. */
function limitsOf(limits: readonly Limit[]): Limit[] {
  const byAddress = new Map<bigint, string[]>();
  for (const { name, at } of limits) {
    const edge = (at & 0xfffn) === 0xfffn ? at + 1n : at;
    byAddress.set(edge, [...(byAddress.get(edge) ?? []), name]);
  }
  return [...byAddress].map(([at, names]) => ({ at, name: names.join(LIMITS_BETWEEN) }));
}

/** Of many tries the chosen ones only. */
function triesWithRoom({ tries }: Lane): Extent[] {
  const roomy = tries.length <= ROOMY_TRIES ? tries : tries.filter((t) => t.chosen);
  return roomy.filter((t) => !t.wrapped).map((t) => ({ start: t.start, end: t.end, leaf: true }));
}

/** The region that ends last: in a broken tree it need not be the last one. */
function sticksOut({ packed: { words }, regions, count }: Lane): Region[] {
  let best = 0;
  for (let i = 1; i < count; i++) {
    const at = i * WORDS + END;
    const most = best * WORDS + END;
    const order = words[at + 1]! - words[most + 1]! || words[at]! - words[most]!;
    if (order > 0) best = i;
  }
  return count === 0 ? [] : [regions.at(best)];
}

/** A power of two that holds the limits and all regions, but for those that reach to the end of the 64-bit space. */
function endOf(extents: readonly { readonly end: bigint }[], limits: readonly Limit[]): bigint {
  let most = 1n << 32n;
  for (const { at } of limits) most = larger(most, at);
  for (const { end } of extents) most = larger(most, end + 1n);
  let end = 1n;
  while (end < most && end < 1n << 64n) end <<= 1n;
  return end;
}

/** Findings that this scenario on this machine shows, with what they say about it; the ones to look at first come first. */
function findingsOf(
  patch: Pick<PatchReport, 'findings'>,
  scenario: Pick<ScenarioResult, 'name' | 'machine'>,
): { finding: Finding; shown: FindingCase }[] {
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
    if (lanes.some((lane) => deepestAt(lane, address) !== undefined)) return address;
  }
  const [only] = differences;
  return differences.length === 1 ? (only!.after ?? only!.before)!.start : undefined;
}

/** What to show first: the scenario that proves the first finding, else the first that differs. */
export function firstScenario(patch: {
  readonly findings: PatchReport['findings'];
  readonly scenarios: readonly Pick<ScenarioResult, 'name' | 'machine' | 'same'>[];
}): number {
  for (const { proof } of patch.findings) {
    const index = patch.scenarios.findIndex((s) => s.name === proof.scenario && s.machine === proof.machine);
    if (index >= 0) return index;
  }
  return Math.max(
    0,
    patch.scenarios.findIndex((s) => !s.same),
  );
}
