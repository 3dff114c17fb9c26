import { type Rule, rules } from './rules.ts';

/** Small pieces of C that show what a rule is about. */
const examples: Readonly<Record<string, string>> = {
  'recursive-lock':
    'write_lock(&resource_lock);\nregion_intersects(start, size, 0, IORES_DESC_NONE);\t/* read_lock(&resource_lock) */',
  deadlock: '/* one thread */ mutex_lock(&a); mutex_lock(&b);\n/* another    */ mutex_lock(&b); mutex_lock(&a);',
  'lock-held-at-exit': 'write_lock(&resource_lock);\nif (!res)\n\treturn -ENOMEM;\t/* without write_unlock() */',
  'unlock-not-held': 'if (locked)\n\twrite_lock(&resource_lock);\nwrite_unlock(&resource_lock);',
  'sleep-in-atomic': 'write_lock(&resource_lock);\nres = kzalloc(sizeof(*res), GFP_KERNEL);',
  'data-race': 'write_unlock(&resource_lock);\nres->desc = desc;\t/* others walk the tree and read it */',
  'lost-wakeup': 'if (!done)\n\t/* here done = true and wake_up() happen */\n\tschedule();',
  'use-after-free': 'free_resource(res);\nreturn res->start;',
  'double-free': 'kfree(res);\ngoto out;\t/* out: kfree(res); */',
  'invalid-free': 'kfree(&iomem_resource);',
  leak: 'dr = devres_alloc(release, sizeof(*dr), GFP_KERNEL);\nif (!res)\n\treturn -ERANGE;\t/* dr is lost */',
  'uninitialised-read': 'struct resource *res = kmalloc(sizeof(*res), GFP_KERNEL);\nif (res->flags)\n\t…',
  'null-dereference': 'res = lookup_resource(&iomem_resource, start);\nreturn res->end;',
  'wild-dereference': 'res = request_free_mem_region(…);\t/* ERR_PTR(-ERANGE) */\nreturn res->start;',
  'out-of-bounds': 'int table[4];\nreturn table[4];',
  'write-to-constant': 'char *name = "System RAM";\nname[0] = 0;',
  'shift-range': '1UL << 64',
  'division-by-zero': 'size / align',
  'unreachable-reached': 'default:\n\tunreachable();',
  'integer-wrap': 'addr = end - size + 1;\t/* size > end */',
  'tree-invariant': 'res->sibling = next;\t/* next->start < res->end */',
  'warning-raised': 'WARN_ON(!res->parent);',
  'bug-reached': 'BUG_ON(start > end);',
  nontermination: 'for (p = root; p; p = p->sibling ?: root)\n\t…',
  'stack-overflow': 'static int walk(struct resource *res)\n{\n\treturn walk(res->child);\n}',
  'expectation-failed': 'EXPECT(!IS_ERR(res));\t/* in the scenario */',
  'kunit-failed': 'KUNIT_EXPECT_EQ(test, ret, 0);',
  'placement-change': 'addr = end - size + 1;\t/* before */\naddr = ALIGN_DOWN(end - size + 1, align);\t/* after */',
  'return-change': 'return -EBUSY;\t/* before */\nreturn -EINVAL;\t/* after */',
  'tree-change': 'res->flags |= IORESOURCE_BUSY;\t/* only after */',
  'log-change': 'pr_warn("…");\t/* only after */',
  'cost-change': 'addr -= size;\t/* before */\naddr -= align;\t/* after: more rounds */',
  'hotplug-range-taken': 'request_free_mem_region(&iomem_resource, SZ_1G, "gpu");\t/* where SRAT announces memory */',
  'unreachable-pfn': 'memremap_pages();\t/* above MAX_PHYSMEM_BITS */',
  'misaligned-region': 'addr -= SZ_4K;\t/* sections are larger */',
};

const scheduled = new Set([
  'data-race',
  'deadlock',
  'lost-wakeup',
  'outcome-appeared',
  'outcome-vanished',
  'recursive-lock',
]);
const compared = new Set([
  'placement-change',
  'return-change',
  'tree-change',
  'log-change',
  'cost-change',
  'expectation-failed',
]);
const machine = new Set(['hotplug-range-taken', 'unreachable-pfn', 'misaligned-region', 'placement-change']);

/** The page of a rule in Markdown: what it means, an example, what it depends on, how to silence it. Undefined for no rule. */
export function rulePage(id: string): string | undefined {
  const rule = new Map<string, Rule>(Object.entries(rules)).get(id);
  if (!rule) return undefined;
  const example = Object.hasOwn(examples, id) ? examples[id] : undefined;
  const out = [
    `# ${id}`,
    `${rule.title}.`,
    rule.help,
    `Severity where a patch introduces it: **${rule.severity}**. What was there before (\`existing\`) and what a patch repairs (\`fixed\`) is told, and never counts against the patch.`,
  ];
  if (example !== undefined) out.push('## Example', `\`\`\`c\n${example}\n\`\`\``);
  out.push(
    '## What it depends on',
    dependsOn(id)
      .map((line) => `- ${line}`)
      .join('\n'),
  );
  out.push(
    '## How to silence it',
    silence(id)
      .map((line) => `- ${line}`)
      .join('\n'),
  );
  return `${out.join('\n\n')}\n`;
}

function dependsOn(id: string): readonly string[] {
  return [
    'The execution that proves it: its scenario, its machine and, with several threads, its schedule. *Show Proof* has all of them.',
    ...(scheduled.has(id)
      ? ['Sequentially consistent memory: weaker orders, interrupts and time are not modelled.']
      : []),
    ...(compared.has(id) ? ['What the scenario looks at: a value that no scenario observes can change unseen.'] : []),
    ...(machine.has(id) ? ['The machine: its memory map, its section size and its limits.'] : []),
    'The modelled kernel around the code. A finding that went through a function without a model names it (*depends on stubs*).',
  ];
}

function silence(id: string): readonly string[] {
  return [
    '*Dismiss it, with a reason…* at the finding: kept in the workspace, and for later revisions of the patch.',
    'The setting `iomemReview.show` says which classes of findings become diagnostics.',
    ...(id === 'unexercised-change' ? ['A scenario of your own that reaches the line (`iomemReview.scenarios`).'] : []),
    ...(id === 'statement-budget'
      ? ['A larger budget: the setting `iomemReview.budget.statements`, or `--budget statements=N`.']
      : []),
    ...(id === 'expectation-failed' ? ['Where the expectation is wrong: change the scenario.'] : []),
  ];
}
