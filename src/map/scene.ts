import type { ArchProfile, MachineResource, SratRange } from '../model/api.ts';
import { IORESOURCE_SYSRAM } from '../model/flags.ts';
import type {
  Candidate,
  Finding,
  FindingCase,
  PatchReport,
  ScenarioResult,
  SourcePlace,
  TreeNode,
  World,
} from '../review/report.ts';
import { isBusy, type Kind, kindOf } from './facts.ts';
import { match } from './match.ts';
import { larger, sizeText } from './numbers.ts';
import type { Extent } from './scale.ts';
import { triesOf } from './tries.ts';

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
  /** 1-based, of the text it was read from. */
  readonly line: number | undefined;
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
  readonly extents: readonly Extent[];
  readonly marks: readonly bigint[];
}

/** Tries beyond this number get no room of their own on the compressed axis. */
const ROOMY_TRIES = 64;

/** A scenario of a review. */
export function makeScene(patch: PatchReport, scenario: ScenarioResult): Scene {
  const lane = (world: World) => makeLane(world, scenario[world].tree, scenario[world].end, scenario.candidates[world]);
  const before = lane('before');
  const after = lane('after');
  const differences = match(before, after);
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

/** A machine as a text of /proc/iomem or a kernel log tells of it; without a profile, only what they say. */
export function makeMachineScene(machine: {
  readonly name: string;
  readonly iomem: readonly MachineResource[];
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
  const extents = [
    ...(single ? [] : extentsOf(lanes.before)),
    ...extentsOf(lanes.after),
    ...bands.map((b) => ({ ...b, leaf: false })),
  ];
  const end = endOf(extents, limits);
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
    extents,
    marks: ranges.map((l) => l.at),
  };
}

export const FOUR_GIB = '4 GiB';
export const MAX_PFN = 'max_pfn';
/** Limits at one address share a line. */
export const LIMITS_BETWEEN = ' · ';

/** Memory that the kernel uses as such (IORESOURCE_SYSTEM_RAM), at whatever depth. */
function memoryOf(lane: Lane): { start: bigint; end: bigint }[] {
  const joined: { start: bigint; end: bigint }[] = [];
  const visit = (regions: readonly Region[]): void => {
    for (const region of regions) {
      const last = joined.at(-1);
      if (!isMemory(region)) visit(region.children);
      else if (last && last.end + 1n === region.start) last.end = region.end;
      else joined.push({ start: region.start, end: region.end });
    }
  };
  visit(lane.tops);
  return joined;
}

const isMemory = (r: Region): boolean => (r.flags & IORESOURCE_SYSRAM) !== 0n && isBusy(r.flags);

/** A region of the report, or of a text that was read. */
interface Node {
  readonly name: string;
  readonly start: string | bigint;
  readonly end: string | bigint;
  readonly flags: string | bigint;
  readonly desc: number;
  readonly from?: TreeNode['from'];
  readonly madeAt?: readonly SourcePlace[];
  readonly line?: number;
  readonly children: readonly Node[];
}

export function makeLane(world: World, tree: readonly Node[], ended: string, candidates: readonly Candidate[]): Lane {
  const rows: Region[][] = [];
  let count = 0;
  const make = (node: Node, depth: number, parent: Region | undefined): Region => {
    const { name, desc, from, line } = node;
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
      from: from ?? 'machine',
      madeAt: node.madeAt ?? NOWHERE,
      line,
      change: 'same',
      twin: undefined,
    };
    count++;
    (rows[depth] ??= []).push(region);
    for (const child of node.children) children.push(make(child, depth + 1, region));
    return region;
  };
  const tops = tree.map((node) => make(node, 0, undefined));
  for (const row of rows) row.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const made = rows.flatMap((row) => row.filter((r) => r.from === 'scenario'));
  return { world, rows, tops, count, tries: triesOf(candidates, made), ended };
}

const NOWHERE: readonly SourcePlace[] = [];

/** Limits at the same address share one line. A limit given as the last address inside is drawn behind it. */
function limitsOf(limits: readonly Limit[]): Limit[] {
  const byAddress = new Map<bigint, string[]>();
  for (const { name, at } of limits) {
    const edge = (at & 0xfffn) === 0xfffn ? at + 1n : at;
    byAddress.set(edge, [...(byAddress.get(edge) ?? []), name]);
  }
  return [...byAddress].map(([at, names]) => ({ at, name: names.join(LIMITS_BETWEEN) }));
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
