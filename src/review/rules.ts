import type { Severity } from './report.ts';

/** What a rule means, for documentation, hovers and exports. */
export interface Rule {
  readonly title: string;
  readonly help: string;
  /** Of an introduced finding. */
  readonly severity: Severity;
}

/** Every rule id that a report can hold. */
export const rules = {
  'recursive-lock': {
    severity: 'error',
    title: 'A thread takes a lock that it holds already',
    help: 'The thread that holds the lock asks for it again, for writing or across reading and writing. On real hardware it spins for ever.',
  },
  deadlock: {
    severity: 'error',
    title: 'No thread can go on',
    help: 'Every thread that is left waits for something that only another waiting thread could do.',
  },
  'lock-held-at-exit': {
    severity: 'error',
    title: 'A lock is still held when the call has returned',
    help: 'A path through the function leaves without the unlock.',
  },
  'unlock-not-held': {
    severity: 'error',
    title: 'A lock is dropped that the thread does not hold',
    help: 'The unlock has no lock before it on this path, or drops the lock of another thread.',
  },
  'sleep-in-atomic': {
    severity: 'error',
    title: 'Something that may sleep is called under a spinning lock',
    help: 'An allocation with GFP_KERNEL, a mutex or schedule() inside a section that must not sleep.',
  },
  'data-race': {
    severity: 'error',
    title: 'Two threads access the same memory without order',
    help: 'At least one access writes and nothing orders the two.',
  },
  'lost-wakeup': {
    severity: 'error',
    title: 'A thread sleeps and its wake-up has already happened',
    help: 'The condition was checked before the task was queued, or the state was set after the check.',
  },
  'use-after-free': {
    severity: 'error',
    title: 'Freed memory is accessed',
    help: 'The object was freed before; where it was allocated and freed is listed with the finding.',
  },
  'double-free': {
    severity: 'error',
    title: 'Memory is freed twice',
    help: 'The object was freed before; where is listed with the finding.',
  },
  'invalid-free': {
    severity: 'error',
    title: 'Something is freed that the allocator did not give',
    help: 'The pointer leads into an object, to a static object, or to early boot memory.',
  },
  leak: {
    severity: 'error',
    title: 'Memory is lost',
    help: 'The object is still allocated at the end and no pointer to it is left anywhere.',
  },
  'uninitialised-read': {
    severity: 'error',
    title: 'Memory is read that nobody has written',
    help: 'The value depends on what was there before.',
  },
  'null-dereference': {
    severity: 'error',
    title: 'The null pointer is followed',
    help: 'The address lies in the first page.',
  },
  'wild-dereference': {
    severity: 'error',
    title: 'A pointer that leads to no object is followed',
    help: 'An error pointer, or an address where nothing is.',
  },
  'out-of-bounds': {
    severity: 'error',
    title: 'An access leaves its object',
    help: 'The address lies just before or behind the object that is named.',
  },
  'write-to-constant': {
    severity: 'error',
    title: 'Constant data is written',
    help: 'The object is const or a string literal.',
  },
  'shift-range': {
    severity: 'error',
    title: 'A shift by the width of the type or more',
    help: 'The result is undefined in C and differs between architectures.',
  },
  'division-by-zero': { severity: 'error', title: 'A division by zero', help: 'The processor traps.' },
  'unreachable-reached': {
    severity: 'error',
    title: 'Code that was promised to be unreachable is reached',
    help: 'unreachable(), or the end of a function whose value is used.',
  },
  'integer-wrap': {
    severity: 'error',
    title: 'An address computation wraps',
    help: 'The result of an addition or a difference of addresses leaves 64 bits.',
  },
  'tree-invariant': {
    severity: 'error',
    title: 'The resource tree is broken',
    help: 'Children must be sorted, disjoint, inside their parent and point to it; nothing freed may be linked.',
  },
  'warning-raised': {
    severity: 'warning',
    title: 'The kernel warns',
    help: 'A WARN was reached, or a message of warning level was printed.',
  },
  'bug-reached': { severity: 'error', title: 'BUG() is reached', help: 'The kernel stops here.' },
  'statement-budget': {
    severity: 'info',
    title: 'The execution was cut off by the bound on statements',
    help: 'Nothing is concluded from it; the bound is a setting.',
  },
  nontermination: {
    severity: 'error',
    title: 'The execution never ends',
    help: 'Proved: the whole state of the machine came back, so it repeats for ever.',
  },
  'memory-budget': {
    severity: 'error',
    title: 'The execution needs more memory than its budget',
    help: 'The number of bytes that one execution may take is a setting.',
  },
  'stack-overflow': {
    severity: 'error',
    title: 'The call chain is too deep',
    help: 'A recursion without end, or frames larger than the stack.',
  },
  'expectation-failed': {
    severity: 'error',
    title: 'What the scenario expects does not hold',
    help: 'EXPECT(expr) of the scenario was false: the call broke its contract as the scenario states it.',
  },
  'kunit-failed': {
    severity: 'error',
    title: "A test of the kernel's own KUnit suite fails",
    help: 'The suite of the code under review runs before and after the patch; iomem-review kunit prints it in full.',
  },
  'api-misuse': {
    severity: 'error',
    title: 'A kernel interface is used against its rules',
    help: 'The message names the rule.',
  },
  'not-executable': {
    severity: 'error',
    title: 'A function is called that cannot be executed',
    help: 'The front end does not take its body; the reason is in the message. Nothing is concluded about what it would do.',
  },
  'outcome-appeared': {
    severity: 'warning',
    title: 'A schedule can lead to something new',
    help: 'The scenario was executed under every schedule that can make a difference, within the stated bounds. Before the patch none of them gave this value.',
  },
  'outcome-vanished': {
    severity: 'warning',
    title: 'No schedule leads to something that was possible',
    help: 'The scenario was executed under every schedule that can make a difference, within the stated bounds. After the patch none of them gives this value.',
  },
  'placement-change': {
    severity: 'warning',
    title: 'A region lies elsewhere',
    help: 'The same request is answered with another address.',
  },
  'return-change': {
    severity: 'warning',
    title: 'A call answers something else',
    help: 'A value that the scenario observes differs.',
  },
  'tree-change': {
    severity: 'warning',
    title: 'The resource tree ends up different',
    help: 'A node is there in one world only, or has other flags, another desc or another parent.',
  },
  'log-change': {
    severity: 'info',
    title: 'The kernel prints something else',
    help: 'A message appears, disappears or has another text.',
  },
  'cost-change': {
    severity: 'info',
    title: 'A loop goes around more or less often',
    help: 'Counted on the same machine with the same calls.',
  },
  'unexercised-change': {
    severity: 'info',
    title: 'A changed line that no scenario executed',
    help: 'Nothing is known of it: neither that it works nor that it does not. A scenario of your own can reach it.',
  },
  'hotplug-range-taken': {
    severity: 'warning',
    title: 'A region takes what firmware reserves for memory to be plugged in',
    help: 'A later add_memory() of that range fails.',
  },
  'unreachable-pfn': {
    severity: 'error',
    title: 'A region whose pages have no valid pfn',
    help: 'pfn_to_page() cannot reach it on this machine.',
  },
  'above-direct-map': {
    severity: 'error',
    title: 'A region above the end of the direct map',
    help: 'Memory that the kernel maps must lie where its direct map reaches; mhp_get_pluggable_range() tells where that ends.',
  },
  'pagemap-overlap': {
    severity: 'error',
    title: 'Two pagemaps hold the same page frames',
    help: 'get_dev_pagemap() finds only one of them, or none.',
  },
  'max-pfn-raised': {
    severity: 'warning',
    title: 'Device memory raises max_pfn',
    help: 'dma_addressing_limited() compares it with the masks of all devices: others then use bounce buffers.',
  },
  unbalanced: {
    severity: 'error',
    title: 'What was set up is not undone',
    help: 'After a failure or a removal something stays that nothing uses: tracked page attributes, KASAN shadow, a reference count, the memmap of a section, entries of pgmap_array. Or something is undone that nothing had set up.',
  },
  'misaligned-region': {
    severity: 'error',
    title: 'A region that is not aligned to sections',
    help: 'Memory can only be added in whole (sub)sections.',
  },
  'not-modelled': {
    severity: 'info',
    title: 'Something is not modelled',
    help: 'The execution went past it, or was not possible, and says so.',
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof rules;
