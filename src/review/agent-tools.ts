import { rulePage } from './rule-page.ts';
import { type Rule, rules } from './rules.ts';

/** A tool as language models are told of it: what it does, and the JSON Schema of what it is given. */
export interface AgentTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, object>>;
    readonly required: readonly string[];
    readonly additionalProperties: false;
  };
}

const text = (description: string) => ({ type: 'string', description });

export const reviewTool: AgentTool = {
  name: 'iomem_review_patch',
  title: 'Review a kernel patch by executing it',
  description:
    "Executes the kernel's physical-address-space code (kernel/resource.c and what the patch touches) before and after a patch and reports what differs: problems introduced or fixed, changed behaviour, each with the scenario that proves it. Only what an execution proves is reported.",
  inputSchema: {
    type: 'object',
    properties: {
      patch: text('A unified diff, a mail of git format-patch, or an mbox with a series.'),
      format: { type: 'string', enum: ['text', 'json', 'markdown'], description: 'Default: text.' },
    },
    required: ['patch'],
    additionalProperties: false,
  },
};

export const ruleTool: AgentTool = {
  name: 'iomem_explain_rule',
  title: 'Explain a rule',
  description: 'What a rule of the review means, by its id as findings name it; without an id the list of all rules.',
  inputSchema: {
    type: 'object',
    properties: { rule: text('Such as use-after-free.') },
    required: [],
    additionalProperties: false,
  },
};

export const scenarioTool: AgentTool = {
  name: 'iomem_run_scenario',
  title: 'Run a scenario',
  description:
    'Runs a scenario (a small C file with SETUP, THREAD(name), CHECK, EXPECT, OBSERVE from <iomem-review.h>) on the kernel tree, with a patch before and after it. A report of iomem_review_patch in JSON holds the scenarios of its findings.',
  inputSchema: {
    type: 'object',
    properties: {
      scenario: text('The C text of the scenario.'),
      patch: text('A patch to run it before and after.'),
      schedule: text('How the threads take turns, such as a2-b4-a2.'),
    },
    required: ['scenario'],
    additionalProperties: false,
  },
};

/** The answer of {@link ruleTool}. */
export function explainRule(id: string | undefined): string {
  if (id === undefined)
    return Object.entries<Rule>(rules)
      .map(([name, rule]) => `${name}: ${rule.title}`)
      .join('\n');
  return rulePage(id) ?? `There is no rule “${id}”.`;
}
