import { descText, flagsText } from './facts.ts';
import type { Region } from './regions.ts';
import type { Lane, Scene } from './scene.ts';

/*
 * The map as data, for other programs: what the picture shows, exactly. 64-bit values are "0x…" strings.
 */

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const rangeOf = (r: { readonly start: bigint; readonly end: bigint }) => ({ start: hex(r.start), end: hex(r.end) });

export function jsonOf(scene: Scene): string {
  const { before, after } = scene.lanes;
  const map = {
    format: 'iomem-review-map',
    version: 1,
    title: scene.title,
    about: Object.fromEntries(scene.about),
    end: hex(scene.end),
    paging: scene.paging,
    limits: scene.limits.map(({ name, at }) => ({ name, at: hex(at) })),
    srat: scene.bands.map((b) => ({ node: b.node, ...rangeOf(b), hotplug: b.hotplug })),
    memory: scene.memory.map(rangeOf),
    ...(scene.single ? { lane: laneOf(after) } : { same: scene.same, before: laneOf(before), after: laneOf(after) }),
    findings: scene.pins.map(({ number, finding, shown, at }) => ({
      number,
      id: finding.id,
      class: finding.class,
      severity: finding.severity,
      rule: finding.rule,
      message: shown.message,
      ...(at === undefined ? {} : { at: hex(at) }),
    })),
  };
  return `${JSON.stringify(map, null, 2)}\n`;
}

const laneOf = (lane: Lane) => ({
  ended: lane.ended,
  regions: Array.from(lane.rows[0] ?? [], regionOf),
  tries: lane.tries.map((t) => ({ ...rangeOf(t), chosen: t.chosen, calls: t.calls })),
});

const regionOf = (region: Region): object => ({
  name: region.name,
  ...rangeOf(region),
  size: hex(region.end - region.start + 1n),
  kind: region.kind,
  flags: hex(region.flags),
  flagNames: flagsText(region.flags),
  desc: descText(region.desc),
  ...(region.change === 'same' ? {} : { change: region.change }),
  ...(region.from === 'scenario' ? { madeAt: region.madeAt } : {}),
  ...(region.line === undefined ? {} : { line: region.line }),
  children: Array.from(region.children, regionOf),
});
