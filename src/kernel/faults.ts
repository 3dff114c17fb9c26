import type { Native } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import type { KernelState } from './state.ts';

/** Calls of one execution that are remembered: later ones repeat what earlier ones asked. */
const MAX_HITS = 20_000;
/** Of one function. */
const MOST_NUMBERS = 16;

/** `__iomem_fault_point(function)`: counts the calls of functions that can fail, and makes the chosen one fail. */
export function faultNatives(state: KernelState, context: KernelContext): Map<string, Native> {
  return new Map<string, Native>([
    [
      '__iomem_fault_point',
      (call) => {
        const func = call.argInt(0);
        const number = (state.calls.get(func) ?? 0) + 1;
        state.calls.set(func, number);
        const isRemembered = number <= MOST_NUMBERS && state.hits.length < MAX_HITS;
        if (!isRemembered && number !== state.failCall?.number) {
          call.result(false);
          return;
        }
        const [, from] = call.stack();
        if (isRemembered) state.hits = [...state.hits, { func, number, caller: from?.func, loc: from?.loc ?? 0 }];
        const wanted = state.failCall;
        const name = wanted && number === wanted.number ? context.program?.functions[func]?.plainName : undefined;
        const fails = name !== undefined && name === wanted?.function;
        if (fails)
          call.event({
            kind: 'note',
            text: `${name}(), call ${number}, fails: injected`,
            thread: call.thread,
            loc: from?.loc ?? call.loc,
          });
        call.result(fails);
      },
    ],
  ]);
}
