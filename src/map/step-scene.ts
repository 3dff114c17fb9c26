import type { TreeNode, World } from '../review/report.ts';
import type { ScheduleTimeline, TimelineNode } from '../review/timeline/timeline.ts';
import type { Region } from './regions.ts';
import { type Lane, makeLane, type Scene, type Try } from './scene.ts';
import { triesOf } from './tries.ts';

/** The trees of a timeline after a row, from its index (-1: before the first): what is below the root of memory. */
export function treeAt(timeline: ScheduleTimeline, row: number): readonly TreeNode[] {
  const nodes = new Map(timeline.start.map((node) => [node.id, node]));
  for (const { changes } of timeline.rows.slice(0, row + 1))
    for (const { kind, node } of changes) {
      if (kind === 'removed') nodes.delete(node.id);
      else nodes.set(node.id, node);
    }
  const below = new Map<string, TimelineNode[]>();
  for (const node of nodes.values()) {
    const list = below.get(node.parent);
    if (list) list.push(node);
    else below.set(node.parent, [node]);
  }
  const made = new Set<string>();
  const make = (parent: string): TreeNode[] =>
    (below.get(parent) ?? [])
      // A list that was caught in the middle of a change may have a loop.
      .filter(({ id }) => !made.has(id) && made.add(id))
      .map(({ id, name, start, end, flags, desc, from }) => ({
        name,
        start,
        end,
        flags,
        desc,
        from,
        children: make(id),
      }))
      .sort((a, b) => (BigInt(a.start) < BigInt(b.start) ? -1 : 1));
  return make('iomem_resource');
}

/** The scene as it stands after a row of one of its timelines, on the same axis; what the row changed is marked. */
export function stepScene(scene: Scene, world: World, timeline: ScheduleTimeline, row: number): Scene {
  const tries = triesOfTimeline(world, timeline);
  // A try can begin with a look that the row before counted along.
  const seen = timeline.rows.slice(0, row + 1).findLast((one) => one.tried !== undefined)?.tried ?? 0;
  const tried = tries.filter((one) => one.first < seen).length;
  const lane: Lane = { ...makeLane(world, treeAt(timeline, row), 'ok', []), tries, tried };
  const changed = new Map((timeline.rows[row]?.changes ?? []).map((c) => [keyOf(c.node), c.kind] as const));
  for (const region of lane.regions) {
    const kind = changed.get(keyOf(region));
    if (kind) region.change = kind === 'added' ? 'added' : 'altered';
  }
  return {
    ...scene,
    lanes: { ...scene.lanes, [world]: lane },
    pins: [],
    differences: [],
    same: false,
  };
}

const made = new WeakMap<ScheduleTimeline, readonly Try[]>();

/** The tries of this execution; which of them were chosen shows at its end. */
function triesOfTimeline(world: World, timeline: ScheduleTimeline): readonly Try[] {
  let tries = made.get(timeline);
  if (!tries) {
    const { regions } = makeLane(world, treeAt(timeline, timeline.rows.length - 1), 'ok', []);
    const own = [...regions].filter((region) => region.from === 'scenario');
    made.set(timeline, (tries = triesOf(timeline.candidates, own)));
  }
  return tries;
}

/** The try that is being made, or was made last, in the lane of a step. */
export const tryAt = ({ tries, tried }: Lane): Try | undefined =>
  tried === undefined || tried === 0 ? undefined : tries[tried - 1];

const keyOf = (r: Pick<Region, 'name' | 'start' | 'end'> | Pick<TimelineNode, 'name' | 'start' | 'end'>): string =>
  `${r.name} ${BigInt(r.start)} ${BigInt(r.end)}`;
