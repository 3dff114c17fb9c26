import { CodedError } from '../base/errors.ts';
import { printable } from '../review/printable.ts';
import type { ModelFiles } from '../review/world.ts';
import { checkCommand } from './check.ts';
import { dapCommand } from './dap.ts';
import { exploreCommand } from './explore.ts';
import { kunitCommand } from './kunit.ts';
import { mapCommand } from './map.ts';
import { mcpCommand } from './mcp.ts';
import { mergeCommand } from './merge.ts';
import { reviewCommand } from './review.ts';
import { rulesCommand } from './rules.ts';
import { runCommand } from './run.ts';
import { searchCommand } from './search.ts';
import { UsageError } from './usage.ts';
import { whatIfCommand } from './what-if.ts';

const HELP = `iomem-review: executes Linux kernel patches to the physical address space, before and after

usage:
  iomem-review review [PATCH…] [--tree DIR] [options]   what a patch changes, with proofs; PATCH - is standard input;
                                                      without a tree, what it shows runs in a model of the rest
  iomem-review search [PATCH] --tree DIR [options]    looks for calls that tell before and after apart
  iomem-review merge REPORT.json… [options]           joins what review --shard I/N --format json wrote
  iomem-review rules [RULE]                           what each rule means, depends on, and how to silence it
  iomem-review mcp --tree DIR                         serves the review to agents (Model Context Protocol, standard input/output)
  iomem-review run SCENARIO.c [--tree DIR] [--patch PATCH] [options]   runs one scenario
  iomem-review explore SCENARIO.c [--tree DIR] [--patch PATCH] [options]   runs its threads under every schedule that matters
  iomem-review kunit FILE.c --tree DIR [--patch PATCH] [options]   runs a KUnit suite of the tree; prints KTAP
  iomem-review check FILE… --tree DIR                 what of a file can be executed, function by function
  iomem-review what-if --tree DIR --machine FILE [options]   what other constants, or a patch, cost, and where device memory lands
  iomem-review dap                                    a debug adapter on standard input and output, for Vim, Emacs and others
  iomem-review map FILE… [options]                    draws physical memory: a text of /proc/iomem, a kernel log with SRAT,
                                                      a report (JSON), or a patch (with --tree), before and after

options of review:
  --forward | --reverse   the tree holds the code before (after) the patch; default: found out
  --scenario FILE         a scenario of your own, besides the built-in ones (repeatable)
  --machine NAME|FILE     a built-in machine or a file (/proc/iomem, a kernel log, lsmem, ACPI tables, a machine file), in place
                          of those that scenarios name; several files together are one machine
  --define NAME=VALUE     (review, run, explore), in both worlds: MAX_PHYSMEM_BITS, SECTION_SIZE_BITS, PHYSMEM_END, or a macro of the tree
  --fuzz N                context lines at each end of a hunk that may differ (default 0)
  --previous PATCH        an earlier revision: what has changed since, in text and in behaviour
  --shard I/N             reviews every Nth patch of a series only; with --format json, for merge
  --format FORMAT         text, json, sarif, markdown, junit, ktap, b4-check (one mail in, a JSON array out), reply (an mbox
                          of answers), b4-review (review files into the folder --out DIR)
  --search | --no-search  looks for calls that differ in any case, or in none; default: where the scenarios tell nothing or
                          leave changed lines out
options of what-if:
  --define NAME=VALUE     after; also SEARCH_START and SEARCH_END, between which device memory is looked for, and DEVMEM_BITS: only
                          above MAX_PHYSMEM_BITS (repeatable)
  --patch PATCH           after
  --allocate NxSIZE       what is allocated, in order, e.g. 8x1G or 4x1G,2x512G (default 8x1G)
  --format text|json|svg|png   default text; pictures have the map, before and after, and the curve of capacity; --dark
options of search:
  --budget SECONDS        default 10; the same seed and --sequences give the same report, however long they take
  --sequences N           call sequences to try (default 20000)
  --seed N                default 1
  --keep DIR              scenarios in DIR run first; what is found is written there
  --export DIR            writes what is found: scenarios, KUnit cases, C11 litmus programs, plots of costs (SVG)
  --jobs N                threads that share the search; the result is the same
  --resume FILE           goes on where FILE says that a search ended, and writes there how far it came; --sequences counts all
options of run, explore, kunit, search, map and what-if:
  --machine NAME|FILE     as of review
  --trace                 (run) prints every executed statement
  --schedule STRING       (run) lets threads take turns as explore said, e.g. a2-b4-a2
options of explore:
  --strategy NAME         dpor (default: every schedule that matters, once), preemption (every one with few preemptions),
                          random, pct (random priorities), single (each thread in turn)
  --executions N          bound of one search (default 100000; random and pct: 1000)
  --preemptions N         of preemption: most in one execution (default 2); of pct: changes of priorities
  --seed N                of random and pct (default 1)
  --jobs N                workers that share a search; the result is the same
  --resume FILE           goes on with the search in FILE, if there is one; what Ctrl-C or --executions cut off is kept there
  --granularity access    threads are switched at every access to shared memory, not only at synchronising operations
options of map:
  --format text|ascii|svg|png|json   default text; ascii is for mail; found out by the ending of --out
  --width N               columns (ascii: 72) or pixels (1200)
  --dmesg FILE            a kernel log that adds SRAT to a text of /proc/iomem (repeatable)
  --profile NAME          the architecture of a text, for section numbers and limits, e.g. x86_64
  --scale compressed|log|linear, --range START-END   the axis, and what part of it
  --show both|side|before|after|difference, --dark
  --scenario NAME         of a report or a patch; default: the first that differs
options of all:
  --format text|json      default text (kunit: text only)
  --config FILE           the kernel's configuration, in place of the tree's .config (without any: that of the machine)
  --out FILE              writes there in place of standard output
  --budget N              statements that one execution may take (default 2000000); or NAME=N,…: statements, heap (bytes),
                          depth (calls), events of an execution; tokens, source (characters), nesting of a compilation;
                          seconds of a review. What a bound cut off is reported by its name
  --verbose               all cases and the steps of each proof
  --help, --version

exit status: 0 no error introduced, 1 an error-level finding introduced or a KUnit case newly failing, 2 bad input or usage, 3 our own fault
`;

/** Runs one command; answers its exit status. `model` holds our headers, library and scenarios. */
export async function main(args: readonly string[], model: ModelFiles): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case 'review':
        return await reviewCommand(rest, model);
      case 'rules':
        return rulesCommand(rest);
      case 'mcp':
        return await mcpCommand(rest, model);
      case 'search':
        return await searchCommand(rest, model);
      case 'merge':
        return mergeCommand(rest);
      case 'run':
        return await runCommand(rest, model);
      case 'explore':
        return await exploreCommand(rest, model);
      case 'kunit':
        return await kunitCommand(rest, model);
      case 'check':
        return checkCommand(rest, model);
      case 'what-if':
        return await whatIfCommand(rest, model);
      case 'dap':
        return await dapCommand(model);
      case 'map':
        return await mapCommand(rest, model);
      case '--help':
      case '-h':
      case 'help':
        process.stdout.write(HELP);
        return 0;
      case '--version':
        process.stdout.write(`${process.env.IOMEM_REVIEW_VERSION ?? 'development'}\n`);
        return 0;
      case undefined:
        process.stderr.write(HELP);
        return 2;
      default:
        throw new UsageError(`there is no command “${command}”`);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`iomem-review: ${printable(error.message)}\nTry iomem-review --help.\n`);
      return 2;
    }
    if (error instanceof CodedError) {
      process.stderr.write(`iomem-review: ${printable(error.message)}\n`);
      return 2;
    }
    process.stderr.write(
      `iomem-review: this is a fault of iomem-review itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n` +
        'Please report it with the patch and the version.\n',
    );
    return 3;
  }
}
