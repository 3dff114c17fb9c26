import type { ResourceNode } from '../kernel/resources.ts';
import type { HeapObject } from '../machine/api.ts';
import { observations, problemPlace } from './compare.ts';
import type { Execution } from './execute.ts';
import { hex } from './format.ts';
import type { LineBook } from './lines.ts';
import { loopCounts } from './loops.ts';
import type { Outcome, TreeNode } from './report.ts';
import { isModelFile, type World } from './world.ts';

/** Everything that could be observed of one execution, as the report has it. */
export function outcomeOf(world: World, lines: LineBook, execution: Execution): Outcome {
  return {
    end: execution.end,
    observations: observations(execution),
    problems: execution.events.flatMap((e) =>
      e.kind === 'problem' ? [{ rule: e.rule, message: e.message, at: problemPlace(world, lines, e) }] : [],
    ),
    log: execution.events.flatMap((e) => (e.kind === 'log' ? [e.text.trimEnd()] : [])),
    tree: treeNodes(world, lines, execution),
    statements: execution.statements,
    loops: [...loopCounts(world, lines, execution).values()].map((l) => ({
      function: l.function,
      line: l.at.line,
      count: l.count,
    })),
  };
}

/** The final tree; a node that the scenario made says where. */
function treeNodes(world: World, lines: LineBook, execution: Execution): readonly TreeNode[] {
  const makers = new Map<bigint, HeapObject>(execution.objects.map((o) => [o.address, o]));
  const convert = (node: ResourceNode): TreeNode => {
    const stack = makers.get(node.address)?.allocatedIn;
    const madeAt = stack?.map((entry) => lines.place(world, entry.loc)).filter((place) => !isModelFile(place.file));
    return {
      name: node.name,
      start: hex(node.start),
      end: hex(node.end),
      flags: hex(node.flags),
      desc: node.desc,
      from: node.from,
      ...(node.from === 'scenario' && madeAt && madeAt.length > 0 ? { madeAt } : {}),
      children: node.children.map(convert),
    };
  };
  return execution.tree.map(convert);
}
