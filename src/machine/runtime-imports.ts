import { Wasm } from './encode.ts';

/**
 * What every generated module imports, in this order, and the types it declares. `W` is the type of an address.
 * Each is provided by the runtime module (runtime.ts) or by the host (host.ts).
 */

/** Function indices of the imports. */
export const Import = {
  /** (address W, info, loc, frame) → status. The access needs a second look. */
  slow: 0,
  /** () → 1 to stop here. */
  stopStatement: 1,
  /** (callee's frame, loc) → status. */
  stopCall: 2,
  /** (to W, from W, size, loc, frame) → status. */
  copy: 3,
  /** (at W, size, loc, frame) → status. */
  zero: 4,
  /** (loc, frame, count i64, width). */
  shift: 5,
  /** (loc, frame). */
  division: 6,
  /** (register, loc, frame). */
  unset: 7,
  /** (point, frame). */
  unreachable: 8,
  /** (address W, arguments, loc, frame) → status. */
  badCall: 9,
  /** (loc). */
  traceStatement: 10,
  /** (callee's frame, loc). */
  traceCall: 11,
  /** (frame, loc). */
  traceReturn: 12,
  /** (base, offset, size) → 1 where bytes at base + offset, which `Layout.readable` does not know of, may not be read. */
  unreadable: 13,
} as const;

export type ImportName = keyof typeof Import;
export const importNames = Object.keys(Import) as readonly ImportName[];

/** Type indices. */
export const GeneratedType = { function: 0 } as const;

const { i32, i64 } = Wasm;

export function importTypes(
  wordSize: 4 | 8,
): Readonly<Record<ImportName, { readonly params: readonly number[]; readonly results: readonly number[] }>> {
  const word = wordSize === 8 ? i64 : i32;
  return {
    slow: { params: [word, i32, i32, i32], results: [i32] },
    stopStatement: { params: [], results: [i32] },
    stopCall: { params: [i32, i32], results: [i32] },
    copy: { params: [word, word, i32, i32, i32], results: [i32] },
    zero: { params: [word, i32, i32, i32], results: [i32] },
    shift: { params: [i32, i32, i64, i32], results: [] },
    division: { params: [i32, i32], results: [] },
    unset: { params: [i32, i32, i32], results: [] },
    unreachable: { params: [i32, i32], results: [] },
    badCall: { params: [word, i32, i32, i32], results: [i32] },
    traceStatement: { params: [i32], results: [] },
    traceCall: { params: [i32, i32], results: [] },
    traceReturn: { params: [i32, i32], results: [] },
    unreadable: { params: [i32, i32, i32], results: [i32] },
  };
}
