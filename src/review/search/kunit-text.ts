import type { Execution } from '../execute.ts';
import { formatValue } from '../format.ts';
import { callText, constant, nameText, type Variables } from './c-call.ts';
import { treeChecks } from './kunit-tree.ts';
import { ROOTS, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';

export interface KunitTextInput {
  readonly sequence: Sequence;
  readonly operations: readonly Operation[];
  readonly title: string;
  /** The execution whose outcome the case expects, and in words which one that is. */
  readonly expected: Execution;
  /** The execution in the other world, where the case should fail. */
  readonly other: Execution;
  readonly world: string;
}

/**
 * A sequence as a KUnit case for kernel/resource_kunit.c: its regions are inserted, its calls made, and what they answered in
 * one of the worlds is expected. undefined for what a case cannot do: make allocations fail, drive devices.
 */
export function kunitText(input: KunitTextInput): string | undefined {
  const { sequence, operations, expected } = input;
  const used = sequence.calls.map((c) => operations[c.op]!);
  if (sequence.fail > 0 || used.some((op) => op.builtIn !== undefined || op.params.some((p) => p.kind === 'device')))
    return undefined;
  const vars: Variables = {
    root: (i) => (i === 0 ? '&iomem_resource' : '&ioport_resource'),
    region: (i) => `region${i}`,
    made: (i) => `res${i}`,
    device: () => 'NULL',
  };
  const values = expected.events.flatMap((e) => (e.kind === 'observe' ? [formatValue(e.value)] : []));
  const texts = sequence.calls.map((_, i) => callText(sequence, i, operations, vars));
  if (texts.some((t) => t.callbacks.length > 0)) return undefined;
  const name = `search_${used.at(-1)!.name.replace(/^_+/, '')}_test`;
  const lines: string[] = [
    `/* ${input.title.replace(/\*\//g, '* /')} */`,
    `static void ${name}(struct kunit *test)`,
    '{',
  ];
  sequence.regions.forEach((_, i) => {
    if (sequence.regions[i]!.early)
      lines.push(`\tstatic struct resource early${i};`, `\tstruct resource *region${i} = &early${i};`);
    else lines.push(`\tstruct resource *region${i} = kzalloc(sizeof(*region${i}), GFP_KERNEL);`);
  });
  texts.forEach((text, i) => {
    const { fresh } = text;
    if (fresh)
      lines.push(
        `\tstatic struct resource new${i} = {`,
        `\t\t.name = ${fresh.name},`,
        `\t\t.start = ${constant(fresh.start)},`,
        `\t\t.end = ${constant(fresh.end)},`,
        `\t\t.flags = ${constant(fresh.flags)},`,
        `\t\t.desc = ${constant(fresh.desc)},`,
        '\t};',
        `\tstruct resource *res${i} = &new${i};`,
      );
    else if (used[i]!.result === 'resource') lines.push(`\tstruct resource *res${i};`);
    for (const record of text.records) lines.push(`\t${record}`);
  });
  if (used.some((op, i) => op.result === 'resource' && texts[i]!.fresh)) lines.push('\tstruct resource *found;');
  const tree = treeChecks(expected.tree, input.other.tree);
  lines.push(...tree.declarations, '');
  sequence.regions.forEach((r, i) => {
    const parent = r.parent < ROOTS ? vars.root(r.parent) : vars.region(r.parent - ROOTS);
    const value = `{ .name = ${nameText(r.name)}, .start = ${constant(r.start)}, .end = ${constant(r.end)}, .flags = ${constant(r.flags)}, .desc = ${constant(r.desc)} }`;
    lines.push(
      `\tKUNIT_ASSERT_NOT_NULL(test, region${i});`,
      `\t*region${i} = (struct resource)${value};`,
      `\tKUNIT_ASSERT_EQ(test, request_resource(${parent}, region${i}), 0);`,
    );
  });
  let at = 0;
  const next = (): string | undefined => values[at++];
  texts.forEach((text, i) => {
    const op = used[i]!;
    const own = `res${i}`;
    const see = (variable: string): void => {
      for (const field of ['start', 'end', 'flags', 'desc']) {
        const value = next();
        if (value !== undefined) lines.push(`\tKUNIT_EXPECT_EQ(test, ${variable}->${field}, ${literal(value)});`);
      }
    };
    switch (op.result) {
      case 'void':
        lines.push(`\t${text.call};`);
        break;
      case 'int': {
        const value = next();
        lines.push(
          value === undefined ? `\t${text.call};` : `\tKUNIT_EXPECT_EQ(test, ${text.call}, ${literal(value)});`,
        );
        break;
      }
      case 'resource': {
        const variable = text.fresh ? 'found' : own;
        lines.push(`\t${variable} = ${text.call};`);
        const value = values[at];
        if (value === undefined) break;
        if (value === 'NULL') {
          next();
          lines.push(`\tKUNIT_EXPECT_NULL(test, ${variable});`);
        } else if (value.startsWith('-')) {
          next();
          lines.push(`\tKUNIT_EXPECT_PTR_EQ(test, ${variable}, ERR_PTR(${value}));`);
        } else {
          lines.push(`\tKUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(${variable}));`);
          see(variable);
        }
        break;
      }
      case 'pointer':
      case 'string':
        lines.push(`\t${text.call};`);
        break;
    }
    if (text.fresh) see(own);
  });
  lines.push(...tree.statements);
  // What the calls may have freed, or taken out of the tree, is left as it is.
  if (!used.some((op) => /release|remove|merge|free|adjust/.test(op.name)))
    for (let i = sequence.regions.length - 1; i >= 0; i--)
      lines.push(
        ...(sequence.regions[i]!.early
          ? [`\trelease_resource(region${i});`]
          : [`\tif (!release_resource(region${i}))`, `\t\tkfree(region${i});`]),
      );
  lines.push(
    '}',
    '',
    `/* In the suite's cases: KUNIT_CASE(${name}), which expects what happens ${input.world} the patch. */`,
  );
  return `${lines.join('\n')}\n`;
}

/** A value that was observed, as a constant of C. */
function literal(value: string): string {
  if (value === 'NULL') return '0';
  if (/^0x[0-9a-f]+$/.test(value)) return constant(BigInt(value));
  return value;
}
