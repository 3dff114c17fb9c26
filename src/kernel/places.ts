import type { Program } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { NativeCall } from '../machine/api.ts';

/** Files of ours are named so by the front end. */
const modelPrefix = '<model>/';

/** ` (file:line)`, or nothing where it is unknown. */
export function placeText(program: Program | undefined, loc: Loc): string {
  if (!program || loc === 0) return '';
  const { file, line } = program.locations.presumed(loc);
  return ` (${file}:${line})`;
}

/**
 * Where the code that is not ours called into the library, and the function it called there: a warning in devres is the
 * fault of who called it, and a sleeper sleeps in wait_for_completion(), not in our schedule(). Answers the call itself
 * where it is not from the library, or nothing but the library is on the stack.
 */
export function calledFrom(
  program: Program | undefined,
  call: NativeCall,
): { readonly loc: Loc; readonly callee: string | undefined } {
  const ours = (loc: Loc): boolean => loc === 0 || program!.locations.presumed(loc).file.startsWith(modelPrefix);
  if (!program || !ours(call.loc)) return { loc: call.loc, callee: undefined };
  const stack = call.stack();
  const index = stack.findIndex(({ loc }) => !ours(loc));
  if (index < 0) return { loc: call.loc, callee: undefined };
  const callee = index > 0 ? program.functions[stack[index - 1]!.func]?.plainName : undefined;
  return { loc: stack[index]!.loc, callee };
}
