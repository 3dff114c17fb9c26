import type { Finding, PatchReport, Report, ScenarioResult } from '../../../src/review/report.ts';

/** A report on v5 of the fixture series as a review could write it, small and made by hand: formats are tested with it. */
const step = (function_: string, line: number, text: string) => ({
  thread: 'driver',
  function: function_,
  at: { file: 'kernel/resource.c', line, world: 'after' as const },
  text,
});
const outcome = { end: 'ok', observations: [], problems: [], log: [], tree: [], statements: 10, loops: [] };
/** Only what formats read of it. */
const scenario = {
  name: 'devm-free-region',
  title: 'A driver asks for a region',
  machine: 'x86_64',
  source:
    '// title: A driver asks for a region\n#include <iomem-review.h>\n\nCHECK\n{\n\tEXPECT(!IS_ERR(devm_request_free_mem_region(&dev, &iomem_resource, SZ_1G)));\n}\n',
  same: false,
  before: outcome,
  after: outcome,
  candidates: { before: [], after: [] },
  limits: [],
  srat: [],
} as unknown as ScenarioResult;
const finding = (more: Partial<Finding>): Finding => ({
  id: 'use-after-free:kernel/resource.c:481:devm-free-region',
  class: 'introduced',
  severity: 'error',
  rule: 'use-after-free',
  message: 'read of 8 bytes at offset 0 of heap#1@driver (new_node) (64 bytes), which was freed',
  at: { file: 'kernel/resource.c', line: 481, world: 'after' },
  patchLine: 317,
  related: [{ message: 'freed here', at: { file: 'kernel/resource.c', line: 864, world: 'after', patchLine: 317 } }],
  proof: {
    scenario: 'devm-free-region',
    machine: 'x86_64',
    world: 'after',
    schedule: 'a2-b4-a2',
    steps: [
      step('find_free_mem_region', 864, 'drop_node(res);'),
      step('__region_intersects', 481, '\tif (kid->start > end)'),
    ],
    skipped: 120,
  },
  dependsOn: [],
  cases: [
    { scenario: 'devm-free-region', machine: 'x86_64', message: 'read of 8 bytes', schedule: 'a2-b4-a2' },
    { scenario: 'claim-and-search', machine: 'crowded-top', message: 'read of 8 bytes' },
  ],
  ...more,
});

/** Words that would be markup, an escape or the end of something in one of the formats. */
export const hostile = '<b>&"\'`@me` [x](y) \u001b[31m | # *** ]]>\u0000\ud800';

export function exportedReport(): Report {
  const patch = (number: number, subject: string, findings: readonly Finding[]): PatchReport =>
    ({
      input: number === 1 ? 'v5.mbox' : `v5.mbox#${number}`,
      subject,
      series: { version: 5, number, of: 3 },
      messageId: `20210419110000-${number}-ada@example.org`,
      direction: 'forward',
      basis: 'tree',
      notes: [],
      files: [],
      functions: [],
      scenarios: findings.length > 0 ? [scenario] : [{ ...scenario, same: true }],
      findings,
      coverage: [],
      stubs: [],
      notModelled: [],
      bounds: {
        scenarios: 1,
        statements: 20,
        statementBudget: 2_000_000,
        threads: 1,
        complete: true,
        cutOff: [],
        explorations: [],
      },
      verdict:
        findings.length > 0 ? '1 introduced, 1 changed; 1 scenario run before and after' : 'no difference observed',
    }) as unknown as PatchReport;
  const change = finding({
    id: 'return-change:kernel/resource.c:849:devm-free-region',
    class: 'change',
    severity: 'warning',
    rule: 'return-change',
    message: `dev is ${hostile}`,
    before: '0x3ffff8000000',
    after: '-ERANGE',
    patchLine: 303,
    at: { file: 'kernel/resource.c', line: 849, world: 'after', patchLine: 303 },
    related: [],
    proof: { scenario: 'devm-free-region', machine: 'x86_64', world: 'after', steps: [], skipped: 0 },
  });
  return {
    format: 'iomem-review-report',
    version: 1,
    tool: { name: 'iomem-review', version: '1.2.3' },
    tree: { kernel: '5.12.0' },
    patches: [
      patch(1, 'kernel/resource: split the walk off region_intersects()', []),
      patch(2, 'kernel/resource: split the locked half off __request_region()', []),
      patch(3, 'kernel/resource: search and claim a free region in one go', [finding({}), change]),
    ],
    summary: { introduced: 1, fixed: 0, existing: 0, change: 1 },
  };
}
