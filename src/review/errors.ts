import { CodedError, type Place } from '../base/errors.ts';

/** The catalogue of what can go wrong in a review, apart from what patches and C code get wrong themselves. */

export const noKernelTree = (): CodedError =>
  new CodedError(
    'R001',
    'there is no kernel tree to apply the patch to',
    undefined,
    'Name one with --tree DIR (on the command line) or the setting iomemReview.tree (in the editor).',
  );

/** Where the first of the reasons stands; what all of them say is the hint. */
export function patchDoesNotApply(subject: string, reasons: readonly CodedError[]): CodedError {
  const place = reasons[0]?.place;
  return new CodedError(
    'R002',
    `“${subject}” applies to this tree neither forward nor in reverse`,
    place && { file: place.file, line: place.line },
    reasons.map(({ message }) => message).join('\n  '),
  );
}

export const noPatchInInput = (name: string): CodedError =>
  new CodedError(
    'R003',
    `${name} holds no patch`,
    undefined,
    'Give a mail of git format-patch, an mbox or a unified diff.',
  );

export const scenarioHeader = (place: Place, key: string): CodedError =>
  new CodedError(
    'R004',
    `“${key}” is no key of a scenario’s header`,
    place,
    'Known keys: machine, dmesg, title, needs, unit, schedule, fail.',
  );

export const scenarioEmpty = (name: string): CodedError =>
  new CodedError(
    'R005',
    `${name} defines none of SETUP, THREAD(name) and CHECK`,
    undefined,
    'A scenario includes <iomem-review.h> and defines at least one of them.',
  );

export const unknownMachine = (name: string, known: readonly string[]): CodedError =>
  new CodedError(
    'R006',
    `there is no machine “${name}”`,
    undefined,
    `Built-in machines: ${known.join(', ')}. A path names a text of /proc/iomem.`,
  );

export const cancelled = (done: number, total: number): CodedError =>
  new CodedError(
    'R007',
    `cancelled after ${done} of ${total} executions`,
    undefined,
    'Nothing was reported for the rest.',
  );

export const timeIsUp = (seconds: number, what: string): CodedError =>
  new CodedError(
    'R008',
    `the review took longer than ${seconds} s (bound \`seconds\`): ${what}`,
    undefined,
    'Give more with --budget seconds=N, or share the series with --shard.',
  );

export const noSuchFile = (path: string): CodedError =>
  new CodedError(
    'R009',
    `the tree has no file ${path}`,
    undefined,
    'Paths are relative to the root of the tree, e.g. kernel/resource.c.',
  );

export const noKunitSuite = (path: string, why: readonly string[]): CodedError =>
  new CodedError(
    'R010',
    `${path} registers no KUnit suite with cases`,
    undefined,
    why.length > 0 ? why.join('\n  ') : 'A suite is registered with kunit_test_suite() or kunit_test_suites().',
  );

export const noKunitCase = (path: string, name: string): CodedError =>
  new CodedError('R012', `no suite of ${path} has a case ${name}`, undefined, 'Cases are named in KUNIT_CASE(…).');

export const configMisfit = (name: string, profile: string, why: string): CodedError =>
  new CodedError(
    'R011',
    `${name} is not a configuration for ${profile}: ${why}`,
    undefined,
    'Name a machine of its architecture with --machine.',
  );

export const partsDoNotFit = (name: string, why: string): CodedError =>
  new CodedError(
    'R040',
    `${name} cannot be joined: ${why}`,
    undefined,
    'Give every part of one review once: reports that review --shard i/n --format json wrote, of the same version.',
  );

export const noReport = (name: string, why: string): CodedError =>
  new CodedError('R041', `${name} is no report: ${why}`, undefined, 'Give what review --format json wrote.');

export const nothingDefines = (name: string): CodedError =>
  new CodedError(
    'R050',
    `no file that was compiled defines ${name.slice(0, 100)}`,
    undefined,
    'Of a machine: MAX_PHYSMEM_BITS, SECTION_SIZE_BITS, PHYSMEM_END, DEVMEM_BITS, SEARCH_START, SEARCH_END, CONFIG_…; else a macro of the tree without arguments, e.g. GFR_DEFAULT_ALIGN.',
  );

export const noSearch = (name: string, why: string): CodedError =>
  new CodedError(
    'R060',
    `${name} holds no search that can go on: ${why}`,
    undefined,
    'Name another file, or remove it: a search that begins anew writes it.',
  );

export const searchDoesNotFit = (why: string): CodedError =>
  new CodedError(
    'R061',
    `the search that was kept cannot go on: ${why}`,
    undefined,
    'Give the patch, the tree and the seed that it began with, or another file.',
  );

export const notAllocatable = (why: string): CodedError =>
  new CodedError(
    'R051',
    `the tree's search for free memory cannot be executed: ${why}`,
    undefined,
    'It wants request_free_mem_region() in kernel/resource.c.',
  );

export const onlyWhatIf = (): CodedError =>
  new CodedError(
    'R062',
    'SEARCH_START, SEARCH_END and DEVMEM_BITS bound the search of what-if',
    undefined,
    'Give them to what-if; a review takes MAX_PHYSMEM_BITS, SECTION_SIZE_BITS, PHYSMEM_END, CONFIG_… and macros of the tree.',
  );

export const badAllocation = (text: string, why: string): CodedError =>
  new CodedError('R052', `“${text.slice(0, 60)}” is no allocation: ${why}`, undefined, 'Write COUNTxSIZE, e.g. 8x1G.');
