/*
 * What a review of each patch of the corpus has to say, given nothing but patch and tree: the sentences that the corpus' own table
 * asks for (../shared/corpus/README.md), as patterns of `rule: message` of findings and of their cases, by class.
 */
import type { FindingClass } from '../../src/review/report.ts';
import type { Version } from '../support/kernels.ts';

export interface Behaviour {
  readonly class: FindingClass;
  readonly says: RegExp;
  /** Default: both. */
  readonly on?: Version;
  /** Where the findings are that say so. */
  readonly file?: string;
  /** Only threads show it: each such finding has a schedule. */
  readonly threads?: true;
}
export interface Row {
  readonly says: readonly Behaviour[];
  /** Nothing else of these classes is told. */
  readonly nothingElse: readonly FindingClass[];
}

const change = (says: RegExp, on?: Version): Behaviour => ({ class: 'change', says, ...(on ? { on } : {}) });
const fixed = (says: RegExp, on?: Version): Behaviour => ({ class: 'fixed', says, ...(on ? { on } : {}) });
const introduced = (says: RegExp, on?: Version): Behaviour => ({ class: 'introduced', says, ...(on ? { on } : {}) });

export const table: Readonly<Record<string, Row>> = {
  '010-step-by-align': {
    says: [
      change(/^placement-change: .*0x3fe000000000.*0x3feff8000000/),
      // 1 GiB at 256 MiB in a fragmented window of 2 GiB.
      change(/res = -ERANGE.*res->start = 0x100010000000, res->end = 0x10004fffffff/),
      change(/^cost-change: the loop in get_free_mem_region\(\) goes around \d+ times before and \d+ times after/),
    ],
    nothingElse: ['introduced'],
  },
  '015-top-level-only': {
    says: [
      change(/region_intersects\(BASE, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE\) is 0x0 before and 0x1 after/),
      // memremap_pages() over RAM of dax/kmem is no longer refused where it asks; sections that are there stop it later.
      change(/over_ram\)\) is -ENXIO before and -EEXIST after/),
      change(/^warning-raised: attempted on ram region .* \(not raised now\)/),
      introduced(/^warning-raised: WARN_ON_ONCE\(ret\)/),
      introduced(/^kunit-failed: .*resource_test_region_intersects fails after the patch \(5 failures\)/, '6.12'),
    ],
    nothingElse: ['fixed'],
  },
  '034-sysram-only-release': {
    says: [
      change(/region\.child == NULL is 0x0 before and 0x1 after/),
      change(/^tree-change: “System RAM \(kmem\)” \[.*\] is in the tree only before/),
      // With dax/kmem and memory hotplug of the tree: what was RAM once can be RAM again.
      change(/: empty is 0x0 before and 0x1 after/),
      change(/second\) is -EBUSY before and NULL after/),
      change(/^log-change: .*no longer prints “dax9\.0: mapping0: .* could not reserve region”/),
      fixed(/^expectation-failed: EXPECT\(region\.child == NULL\)/),
    ],
    nothingElse: ['introduced'],
  },
  '036-ascending-from-zero': {
    says: [
      change(/res = -ERANGE.*res->start = 0x100000, res->end = 0x7fffff/, '6.12'),
      // Where the search steps by size its guard still refuses 7 MiB at 1 MiB: there it takes 010 as well.
      change(/one = -ERANGE.*one->start = 0x100000/, '6.1'),
      fixed(/^expectation-failed: EXPECT\(!IS_ERR\(one\)\)/, '6.1'),
      { class: 'existing', says: /^expectation-failed: EXPECT\(!IS_ERR\(seven\)\)/, on: '6.1' },
      fixed(/^expectation-failed: EXPECT\(!IS_ERR\(res\)\)/, '6.12'),
    ],
    nothingElse: ['introduced'],
  },
  '040-false-warning': {
    says: [
      fixed(/^warning-raised: the kernel no longer prints “resource: Unaddressable device first .* conflicts with/),
    ],
    nothingElse: ['introduced', 'change', 'fixed'],
  },
  '045-conflict-under-lock': {
    says: [
      { ...fixed(/^use-after-free: read of 8 bytes .* which was freed/), file: 'kernel/resource.c', threads: true },
      { ...fixed(/^data-race: .*devm_request_resource\(\)/), threads: true },
    ],
    nothingElse: ['introduced', 'change'],
  },
  '061-untrack-on-error': {
    says: [
      {
        ...fixed(/^unbalanced: the tracking of page attributes .*untrack_pfn\(\) is missing on the way out/),
        file: 'mm/memremap.c',
      },
    ],
    nothingElse: ['introduced'],
  },
  'seed-0-check-then-claim': {
    says: [
      {
        ...fixed(
          /^outcome-vanished: .*can fail with -ERANGE although [\d.]+ TiB are free \(in \d+ of \d+ executions\); after: never/,
        ),
        threads: true,
      },
    ],
    nothingElse: ['introduced'],
  },
  'seed-2-revoke-under-lock': { says: [introduced(/^recursive-lock: .*resource_lock/)], nothingElse: ['fixed'] },
  'seed-3-devres-leak': {
    says: [introduced(/^leak: 80 bytes allocated here are never freed/)],
    nothingElse: ['introduced', 'fixed'],
  },
  'seed-4-desc-after-unlock': {
    says: [
      { ...introduced(/^data-race: .*get_free_mem_region/), threads: true },
      { ...introduced(/^expectation-failed: EXPECT\(desc == a->desc\)/), threads: true },
    ],
    nothingElse: ['fixed'],
  },
  'seed-5-inverted-check': {
    says: [
      change(/^return-change: .*after: \S+ = -ERANGE/s),
      introduced(/^use-after-free: read of 8 bytes/),
      introduced(/^tree-invariant: .*was freed and is still linked/),
    ],
    nothingElse: [],
  },
};

/** What the search says alone, with none of the built-in scenarios: patterns of its sentences. */
export const searched: Readonly<Record<string, RegExp>> = {
  '034-sysram-only-release':
    /^release_mem_region_adjustable\(.*\) with a region \[.*\] and a nested busy System RAM region \[(.*)\]: before \[\1\], after /,
  'seed-4-desc-after-unlock': / at the same time: nothing orders the .*get_free_mem_region\(\)/,
};
