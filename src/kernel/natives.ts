import type { Program } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { Native } from '../machine/api.ts';
import type { KernelNatives } from './api.ts';
import { byteNatives } from './bytes.ts';
import { faultNatives } from './faults.ts';
import { heapNatives } from './heap.ts';
import { kunitNatives } from './kunit.ts';
import { ledgerNatives } from './ledger.ts';
import { Locks } from './locks.ts';
import { placeText } from './places.ts';
import { Printing } from './printk.ts';
import { reportNatives } from './reports.ts';
import { KernelState } from './state.ts';
import { privateSync, syncNatives } from './sync.ts';
import { accessing, effects } from './sync-ops.ts';

/**
 * The modelled functions that are not C, for one machine. Without a program `%pR` prints no resource, and places of
 * locks are left out of texts.
 */
export function kernelNatives(program?: Program): KernelNatives {
  const state = new KernelState();
  const placeOf = (loc: Loc): string => placeText(program, loc);
  const printing = new Printing({ program });
  const locks = new Locks(state, placeOf);
  const lockNatives = locks.natives();
  const sync = syncNatives(state, { program });

  const functions = new Map<string, Native>([
    ...heapNatives(state),
    ...byteNatives,
    ...printing.natives(),
    ...reportNatives(state, { program }, printing),
    ...kunitNatives({ program }, printing),
    ...faultNatives(state, { program }),
    ...ledgerNatives(state, { program }),
    ...lockNatives,
    ...sync,
  ]);
  const visible = new Set([...lockNatives.keys(), ...[...sync.keys()].filter((name) => !privateSync.has(name))]);
  const effectOf = effects(state);

  return {
    functions,
    visible,
    accessing,
    effect: (name, args, thread, memory) => effectOf.get(name)?.(args, thread, memory),
    state: [state],
    threadEnded: (machine, thread) => locks.threadEnded(machine, thread),
    failAllocation: (n, count = 1) => {
      state.allocations = 0;
      state.failAt = n;
      state.failCount = count;
    },
    allocations: () => state.allocations,
    failCall: (fault) => {
      state.calls = new Map();
      state.hits = [];
      state.failCall = fault;
    },
    hits: () => state.hits,
    ledger: () => state.ledger,
    context: (thread) => state.context(thread),
    keepNotes: (keep) => {
      state.notes = keep;
    },
  };
}
