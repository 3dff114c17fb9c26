import { CodedError } from '../../base/errors.ts';
import type { SourceTree } from '../../base/tree.ts';
import { errorNames } from '../../kernel/errno.ts';
import type { ResourceNode } from '../../kernel/resources.ts';
import type { MachineModel, MachineResource } from '../../model/api.ts';
import { applyDefines, parseDefines, type SearchBounds } from '../../model/defines.ts';
import { hotplugRanges } from '../../model/sections.ts';
import { configuredProfile, withOptions } from '../config.ts';
import { DefinedTree } from '../defined-tree.ts';
import { badAllocation, notAllocatable } from '../errors.ts';
import { type Execution, Executor } from '../execute.ts';
import { bytesText } from '../format.ts';
import { freeIn } from '../free-space.ts';
import { parseScenario } from '../scenario.ts';
import { type PatchText, patchedTrees } from '../trees.ts';
import { compileWorld, kernelVersion, type ModelFiles } from '../world.ts';
import { expandUnits, ZONES } from '../zone/units.ts';
import { LAYOUT_HEADER } from './page-flags.ts';
import { type Price, priceOf } from './price.ts';
import { KCONFIG, type Unmet, unmetOptions } from './unmet.ts';

/*
 * What would change under other constants, or with a patch: what they cost, and where device memory then lands. The placements
 * are not computed: the tree's request_free_mem_region() is executed, once for each allocation, until it fails.
 */

export interface Allocation {
  readonly count: number;
  readonly size: bigint;
}
export interface WhatIfInput {
  readonly tree: SourceTree;
  readonly model: ModelFiles;
  readonly machine: MachineModel;
  /** `NAME=VALUE`, of the world after. */
  readonly defines: readonly string[];
  /** Of the world after. */
  readonly patch?: PatchText;
  readonly allocations: readonly Allocation[];
  /** Statements of one execution. Default: {@link STATEMENTS}. */
  readonly statements?: number;
}

export interface Placement {
  readonly start: bigint;
  readonly end: bigint;
  /** What of SRAT's hotpluggable ranges it lies in. */
  readonly eats?: { readonly node: number; readonly start: bigint; readonly end: bigint };
}
/** What stopped the allocations. */
export interface Stopped {
  /** `all there`: none failed. `-ERANGE` and other errors; else what ended the execution, or that there is no search. */
  readonly why: string;
  /** Which allocation it was, from 1, and its size. */
  readonly at?: number;
  readonly size?: bigint;
  /** Where one failed: free bytes where the search may look, and the largest free piece of whole sections there. */
  readonly free?: bigint;
  readonly largest?: bigint;
}
export interface WhatIfWorld {
  readonly price: Price;
  readonly placements: readonly Placement[];
  readonly stopped: Stopped;
  /** How many allocations, and how many bytes, fit before one lies in a hotpluggable range. */
  readonly safe: { readonly count: number; readonly bytes: bigint };
  /** What executing the units around device memory found with the first allocations there, with the later add_memory(). */
  readonly findings: readonly { readonly rule: string; readonly message: string }[];
  /** The tree of the machine with what was allocated. */
  readonly memory: readonly MachineResource[];
  readonly searchEnd: bigint;
  readonly profile: MachineModel['profile'];
}
export interface WhatIf {
  readonly machine: string;
  readonly kernel?: string;
  readonly defines: readonly string[];
  readonly patch?: string;
  readonly srat: MachineModel['srat'];
  readonly before: WhatIfWorld;
  readonly after: WhatIfWorld;
}

/** The search of 6.1 looks at every region for each place it tries: hundreds of allocations want this many. */
const STATEMENTS = 400_000_000;
const MOST = 4096;
/** Allocations with which hotplug is executed afterwards: the first ones show it. */
const JUDGED = 4;
/** The most that mem_section may have at boot: it lies in the machine's memory. */
const TABLE_BYTES = 128n << 20n;
const NAME = 'device memory of what-if';

const units: Readonly<Record<string, bigint>> = { M: 1n << 20n, G: 1n << 30n, T: 1n << 40n };

/** Reads `8x1G` and `1T`, separated by commas. Throws R052. */
export function parseAllocations(text: string): readonly Allocation[] {
  const found = text.split(',').map((one) => {
    const match = /^(?:(\d{1,6})x)?(\d{1,9})([MGT])$/i.exec(one.trim());
    if (!match) throw badAllocation(one, 'it is not of that form');
    const size = BigInt(match[2]!) * units[match[3]!.toUpperCase()]!;
    const count = Number(match[1] ?? '1');
    if (size === 0n || count === 0) throw badAllocation(one, 'nothing is allocated');
    return { count, size };
  });
  if (found.reduce((sum, { count }) => sum + count, 0) > MOST)
    throw badAllocation(text, `more than ${MOST} allocations`);
  return found;
}

/** Throws R050 for a definition that changes nothing, R051 where the tree has no such search, and what a patch's readers say. */
export async function whatIf(input: WhatIfInput): Promise<WhatIf> {
  const defines = parseDefines(input.defines);
  const patched = input.patch ? await patchedTrees(input.patch, input.tree) : undefined;
  const touched = patched?.files.map((f) => f.path) ?? [];
  const before = patched?.before ?? input.tree;
  const { profile, bounds, macros } = applyDefines(input.machine.profile, defines);
  const options = new Map([...defines].filter(([name]) => name.startsWith('CONFIG_')));
  const tree = new DefinedTree(withOptions(patched?.after ?? input.tree, options), macros);
  // What kconfig would take out with an option that was turned off is out.
  const off = [...options].flatMap(([name, value]) => (value === 'n' ? [name] : []));
  const unmet = unmetOptions(tree, configuredProfile(tree, profile).profile, off);
  const without = applyDefines(profile, new Map(unmet.map(({ option }) => [option, 'n']))).profile;
  const version = kernelVersion(input.tree);
  const old = worldOf(input, 'before', before, input.machine, {}, touched, []);
  const changed = worldOf(
    input,
    'after',
    withOptions(tree, new Map(unmet.map(({ option }) => [option, 'n']))),
    { ...input.machine, profile: without },
    bounds,
    touched,
    unmet,
  );
  tree.assertFound();
  return {
    machine: input.machine.name,
    ...(version ? { kernel: version.text } : {}),
    defines: [...defines].map(([name, value]) => `${name}=${value}`),
    ...(input.patch ? { patch: input.patch.name } : {}),
    srat: input.machine.srat,
    before: old,
    after: changed,
  };
}

function worldOf(
  input: WhatIfInput,
  which: 'before' | 'after',
  tree: SourceTree,
  machine: MachineModel,
  bounds: SearchBounds,
  touched: readonly string[],
  unmet: readonly Unmet[],
): WhatIfWorld {
  const { profile } = configuredProfile(tree, machine.profile);
  const run = (allocations: readonly Allocation[], more: readonly string[], fast: boolean): Execution => {
    const text = scenarioText(allocations, bounds, more.length > 0);
    const { scenario } = parseScenario('what-if', text, { path: 'what-if.c' });
    const world = compileWorld({
      which,
      tree,
      model: input.model,
      profile: machine.profile,
      units: [...new Set(['kernel/resource.c', ...touched.filter((p) => p.endsWith('.c')), ...more])],
      scenarios: [scenario],
      touchedHeaders: touched.filter((p) => p.endsWith('.h')),
    });
    const { program, errors } = world.compiled;
    const search = program.functionNamed('request_free_mem_region');
    if (search === undefined || program.functions[search]!.body() === undefined)
      throw notAllocatable(errors[0]?.message ?? 'kernel/resource.c has no such function');
    const executor = new Executor(world, { fast, budget: { statements: input.statements ?? STATEMENTS } });
    const ended = executor.run(scenario, machine);
    executor.release();
    return ended;
  };
  const price = priceOf(profile, tree);
  const most = bounds.end !== undefined && bounds.end < profile.physmemEnd ? bounds.end : profile.physmemEnd;
  let execution: Execution;
  try {
    // The fast executor leaves what is unusual to the stepper.
    execution = run(input.allocations, [], true);
    if (execution.end !== 'ok') execution = run(input.allocations, [], false);
  } catch (error) {
    if (unmet.length === 0 || !(error instanceof CodedError) || error.code !== 'R051') throw error;
    // Its options are among those that are off: then there is no such memory.
    return {
      price,
      placements: [],
      stopped: { why: 'no request_free_mem_region() in this configuration' },
      safe: { count: 0, bytes: 0n },
      findings: configured(price, unmet),
      memory: machine.iomem,
      searchEnd: most,
      profile,
    };
  }
  const announced = hotplugRanges(machine);
  const sizes = input.allocations.flatMap(({ count, size }) => Array.from({ length: count }, () => size));
  const placed: Placement[] = [];
  let error: string | undefined;
  for (const event of execution.events) {
    if (event.kind !== 'observe') continue;
    if (event.value.kind === 'errno')
      error = `-${errorNames.get(Math.abs(event.value.value)) ?? Math.abs(event.value.value)}`;
    else if (event.value.kind === 'int') {
      const start = BigInt.asUintN(64, event.value.value);
      // The search rounds up to whole units of its alignment; the tree at the end has the size.
      const node = nodeAt(execution.tree, start);
      const end = node?.end ?? start + sizes[placed.length]! - 1n;
      const eats = announced.find((r) => r.start <= end && start <= r.end);
      placed.push({ start, end, ...(eats ? { eats: { node: eats.node, start: eats.start, end: eats.end } } : {}) });
    }
  }
  const first = placed.findIndex((p) => p.eats);
  const safe = first < 0 ? placed : placed.slice(0, first);
  const failed = error ?? (execution.end === 'ok' ? undefined : execution.end);
  const section = 1n << BigInt(profile.sectionSizeBits);
  return {
    price,
    placements: placed,
    stopped:
      failed === undefined
        ? { why: 'all there' }
        : {
            why: failed,
            at: placed.length + 1,
            ...(sizes[placed.length] === undefined ? {} : { size: sizes[placed.length]! }),
            ...freeIn(execution.tree, bounds.start ?? 0n, most, section),
          },
    safe: { count: safe.length, bytes: safe.reduce((sum, p) => sum + p.end - p.start + 1n, 0n) },
    findings: [
      ...configured(price, unmet),
      ...(price.tableBytes <= TABLE_BYTES
        ? judged(input, tree, machine, run)
        : [
            {
              rule: 'bound',
              message: `memory hotplug is not executed: mem_section wants ${bytesText(price.tableBytes)} at boot`,
            },
          ]),
    ],
    memory: execution.tree.map(resourceOf),
    searchEnd: most,
    profile,
  };
}

/** What the tree itself refuses of this configuration. */
function configured({ flags }: Price, unmet: readonly Unmet[]): WhatIfWorld['findings'] {
  const refused = flags?.[flags.model].refused;
  return [
    ...(refused
      ? [
          {
            rule: 'does-not-compile',
            message: `${LAYOUT_HEADER}:${refused.line} refuses this configuration: ${refused.message}`,
          },
        ]
      : []),
    ...unmet.map(({ option, needs, line }) => ({
      rule: 'unmet-dependency',
      message: `${option} depends on ${needs.replace('CONFIG_', '')} (${KCONFIG}:${line}): kconfig would turn it off, and it is off here`,
    })),
  ];
}

/** The first allocations once more, with all that there is around device memory, and what later plugging then comes to. */
function judged(
  input: WhatIfInput,
  tree: SourceTree,
  machine: MachineModel,
  run: (allocations: readonly Allocation[], more: readonly string[], fast: boolean) => Execution,
): WhatIfWorld['findings'] {
  const more = expandUnits([ZONES], tree, machine.profile);
  const first = input.allocations[0];
  if (!more.includes('mm/memory_hotplug.c') || machine.srat.length === 0 || !first) return [];
  const { events } = run([{ count: Math.min(JUDGED, first.count), size: first.size }], more, false);
  const seen = new Map<string, string>();
  for (const e of events)
    if (e.kind === 'problem' && e.rule !== 'leak' && !seen.has(e.message)) seen.set(e.message, e.rule);
  return [...seen].map(([message, rule]) => ({ rule, message }));
}

function scenarioText(allocations: readonly Allocation[], bounds: SearchBounds, zones: boolean): string {
  const rows = allocations.map(({ count, size }) => `\t{ ${count}, 0x${size.toString(16)}ULL },`).join('\n');
  const hexOf = (value: bigint): string => `0x${value.toString(16)}ULL`;
  const set = [
    ...(bounds.start === undefined ? [] : [`\tiomem_resource.start = ${hexOf(bounds.start)};`]),
    ...(bounds.end === undefined ? [] : [`\tiomem_resource.end = ${hexOf(bounds.end)};`]),
  ];
  return `// title: Device memory is allocated until there is no room
#include <iomem-review.h>
${zones ? '#include <iomem-review/zone.h>\n' : ''}
static const struct {
	unsigned int count;
	u64 size;
} wanted[] = {
${rows}
};

THREAD(allocate)
{
	resource_size_t start = iomem_resource.start, end = iomem_resource.end;
	struct resource *got = NULL;
	unsigned int i, j;

${set.join('\n')}
	for (i = 0; i < ARRAY_SIZE(wanted) && !IS_ERR(got); i++)
		for (j = 0; j < wanted[i].count && !IS_ERR(got); j++) {
			got = request_free_mem_region(&iomem_resource, wanted[i].size, "${NAME}");
			if (IS_ERR(got))
				OBSERVE(got);
			else
				OBSERVE(got->start);
		}
	iomem_resource.start = start;
	iomem_resource.end = end;
}
`;
}

function nodeAt(nodes: readonly ResourceNode[], start: bigint): ResourceNode | undefined {
  for (const node of nodes) {
    if (node.start === start && node.name === NAME) return node;
    if (node.start <= start && start <= node.end) return nodeAt(node.children, start);
  }
  return undefined;
}

const resourceOf = ({ name, start, end, flags, desc, children }: ResourceNode): MachineResource => ({
  name,
  start,
  end,
  flags,
  desc,
  children: children.map(resourceOf),
});
