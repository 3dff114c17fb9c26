import type { ResourceNode } from '../../kernel/resources.ts';
import { constant } from './c-call.ts';

/** Regions that one case looks up. */
const MOST = 8;

/**
 * What a KUnit case expects of the tree at the end: of the regions in which the worlds differ, those that are there with their
 * ends and flags, and that nothing begins where none is. `expected`, `other`: what lies in `iomem_resource` in both worlds.
 * Declarations go before statements. Empty where the trees are the same.
 */
export function treeChecks(
  expected: readonly ResourceNode[],
  other: readonly ResourceNode[],
): { readonly declarations: readonly string[]; readonly statements: readonly string[] } {
  const declarations: string[] = [];
  const statements: string[] = [];
  const find = (parent: string, start: bigint): string => `lookup_resource(${parent}, ${constant(start)})`;
  /** Looks a region up that is there; answers its variable. */
  const present = (parent: string, node: ResourceNode): string => {
    const variable = `at${declarations.length}`;
    declarations.push(`\tstruct resource *${variable};`);
    statements.push(`\t${variable} = ${find(parent, node.start)};`, `\tKUNIT_ASSERT_NOT_NULL(test, ${variable});`);
    return variable;
  };
  const compare = (parent: () => string, now: readonly ResourceNode[], old: readonly ResourceNode[]): void => {
    const starts = new Map(old.map((node) => [node.start, node]));
    for (const node of now) {
      if (declarations.length >= MOST) return;
      const twin = starts.get(node.start);
      starts.delete(node.start);
      const same = twin && twin.end === node.end && twin.flags === node.flags;
      if (same && sameTrees(node.children, twin.children)) continue;
      const variable = present(parent(), node);
      if (!same)
        statements.push(
          `\tKUNIT_EXPECT_EQ(test, ${variable}->end, ${constant(node.end)});`,
          `\tKUNIT_EXPECT_EQ(test, ${variable}->flags, ${constant(node.flags)});`,
        );
      compare(() => variable, node.children, twin?.children ?? []);
    }
    for (const start of [...starts.keys()].slice(0, MOST))
      statements.push(`\tKUNIT_EXPECT_NULL(test, ${find(parent(), start)});`);
  };
  compare(() => '&iomem_resource', expected, other);
  return { declarations, statements };
}

const sameTrees = (a: readonly ResourceNode[], b: readonly ResourceNode[]): boolean =>
  a.length === b.length &&
  a.every((node, i) => {
    const twin = b[i]!;
    return (
      node.start === twin.start &&
      node.end === twin.end &&
      node.flags === twin.flags &&
      sameTrees(node.children, twin.children)
    );
  });
