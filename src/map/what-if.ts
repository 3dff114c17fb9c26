import { hex } from '../review/format.ts';
import type { Hex } from '../review/report.ts';
import { capacityOf } from '../review/what-if/plot.ts';
import { priceRows } from '../review/what-if/text.ts';
import type { WhatIf, WhatIfWorld } from '../review/what-if/what-if.ts';
import { asciiOf } from './ascii.ts';
import { type Curve, type CurveWorld, paintCurve } from './curve.ts';
import { Pen } from './draw.ts';
import { t } from './language.ts';
import { type Node, type PackedTree, packTree } from './pack.ts';
import { drawPicture, type PictureOptions, pngOfDrawing, sizeOfPicture } from './picture.ts';
import type { Deflate } from './png.ts';
import { type Limit, makeMachineScene, makeWorldsScene, type Scene } from './scene.ts';
import type { Surface } from './surface.ts';
import { type Measure, SvgSurface } from './svg.ts';
import type { Theme } from './theme.ts';

/** An answer to What If as the map's page draws it: plain data. */
export interface PackedWhatIf {
  readonly title: string;
  readonly machine: string;
  readonly kernel?: string;
  /** What changes: definitions, a patch. */
  readonly changes: readonly string[];
  readonly before: PackedWorld;
  readonly after: PackedWorld;
  readonly srat: readonly {
    readonly node: number;
    readonly start: Hex;
    readonly end: Hex;
    readonly hotplug: boolean;
  }[];
  readonly paging: { readonly pageShift: number; readonly sectionSizeBits: number };
  /** Name, before, after. */
  readonly price: readonly (readonly [string, string, string])[];
  readonly curve: Curve;
}
interface PackedWorld {
  readonly tree: PackedTree;
  readonly limits: readonly { readonly name: string; readonly at: Hex }[];
  readonly findings: WhatIfWorld['findings'];
  /** How many allocations there are, and how many before one lies in a hotpluggable range. */
  readonly placed: number;
  readonly safe: number;
}

export function packWhatIf(result: WhatIf): PackedWhatIf {
  const { machine, kernel, defines, patch, srat, before, after } = result;
  const changes = [...defines, ...(patch === undefined ? [] : [patch])];
  const { pageShift, sectionSizeBits } = after.profile;
  return {
    title: `${machine}: ${changes.join(', ')}`,
    machine,
    ...(kernel === undefined ? {} : { kernel }),
    changes,
    before: packWorld(before),
    after: packWorld(after),
    srat: srat.map(({ node, start, end, hotplug }) => ({ node, start: hex(start), end: hex(end), hotplug })),
    paging: { pageShift, sectionSizeBits },
    price: priceRows(result),
    curve: { before: curveWorld(before), after: curveWorld(after) },
  };
}

function packWorld({ memory, placements, profile, searchEnd, findings, safe }: WhatIfWorld): PackedWorld {
  const placed = new Set(placements.map(({ start, end }) => `${start}-${end}`));
  const mark = (nodes: readonly Node[]): Node[] =>
    nodes.map((node) => ({
      ...node,
      ...(placed.has(`${node.start}-${node.end}`) ? { from: 'scenario' as const } : {}),
      children: mark(node.children),
    }));
  const limits = [
    { name: `MAX_PHYSMEM_BITS ${profile.maxPhysmemBits}`, at: hex(1n << BigInt(profile.maxPhysmemBits)) },
    { name: 'direct map end', at: hex(profile.physmemEnd) },
    { name: 'search end', at: hex(searchEnd) },
  ];
  return { tree: packTree(mark(memory)), limits, findings, placed: placements.length, safe: safe.count };
}

const curveWorld = (world: WhatIfWorld): CurveWorld => {
  const { why, at } = world.stopped;
  return { points: capacityOf(world), ...(why === 'all there' || at === undefined ? {} : { failed: { why, at } }) };
};

/** Memory with what was allocated, before above after. */
export function whatIfScene({ title, machine, kernel, before, after, srat, paging }: PackedWhatIf): Scene {
  const limits: Limit[] = [];
  for (const { name, at } of before.limits) {
    const there = after.limits.find((limit) => limit.at === at && limit.name === name);
    limits.push({ name: there ? name : t('{0} before', name), at: BigInt(at) });
  }
  for (const { name, at } of after.limits)
    if (!before.limits.some((limit) => limit.at === at && limit.name === name))
      limits.push({ name: t('{0} after', name), at: BigInt(at) });
  return makeWorldsScene({
    title,
    key: `what-if ${title}`,
    about: [['machine', machine], ...(kernel === undefined ? [] : [['kernel', kernel] as const])],
    trees: { before: before.tree, after: after.tree },
    bands: srat,
    limits,
    paging,
  });
}

const CURVE = 300;
const MARGIN = 16;

function drawWhatIf(packed: PackedWhatIf, options: PictureOptions, surface: Surface): void {
  const scene = whatIfScene(packed);
  drawPicture(scene, options, surface);
  const { width, height } = sizeOfPicture(scene, options);
  const { canvas } = surface;
  canvas.translate(MARGIN, height);
  paintCurve(new Pen(surface, options.theme), packed.curve, Math.min(width, 900) - 2 * MARGIN, CURVE);
  canvas.translate(-MARGIN, -height);
}

/** Map and curve in one picture. */
export function whatIfSvg(packed: PackedWhatIf, options: PictureOptions, measure?: Measure): string {
  const { width, height } = sizeOfPicture(whatIfScene(packed), options);
  const surface = new SvgSurface(measure);
  drawWhatIf(packed, options, surface);
  const { background } = options.theme;
  return surface.document(width, height + CURVE + MARGIN, background, packed.title, t('What if: map and capacity'));
}

export function whatIfPng(packed: PackedWhatIf, options: PictureOptions, ratio: number, deflate: Deflate): Uint8Array {
  const { width, height } = sizeOfPicture(whatIfScene(packed), options);
  const size = { width, height: height + CURVE + MARGIN };
  return pngOfDrawing(size, options.theme.background, ratio, deflate, (surface) =>
    drawWhatIf(packed, options, surface),
  );
}

/** The curve alone. */
export function curveSvg({ title, curve }: PackedWhatIf, theme: Theme, measure?: Measure): string {
  const surface = new SvgSurface(measure);
  paintCurve(new Pen(surface, theme), curve, 720, CURVE);
  return surface.document(720, CURVE, theme.background, title, t('Capacity for device memory'));
}

/** Memory with what was allocated, before and after, for mail. */
export function whatIfMaps(result: WhatIf): string {
  return (['before', 'after'] as const)
    .map((which) => {
      const { memory, profile } = result[which];
      const scene = makeMachineScene({
        name: `${result.machine}, ${which}`,
        iomem: memory,
        srat: result.srat,
        profile,
      });
      return asciiOf(scene, { width: 72, mode: 'compressed', showing: 'after' });
    })
    .join('\n');
}
