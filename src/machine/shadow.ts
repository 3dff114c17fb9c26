/*
 * One shadow byte for each byte of memory. 0 is what a fresh memory holds, so nothing is addressable until someone says so.
 * The low two bits of an addressable byte are its rights; setting them leaves 0xff only in addressable bytes, which makes
 * every check one comparison with −1.
 */
export const Shadow = {
  none: 0x00,
  /** Addressable, initialised, writable. */
  ok: 0xff,
  /** Not writable. */
  constant: 0xfe,
  /** Writable, never written. */
  uninitialised: 0xfd,
  freed: 0x10,
  /** A slot outside its scope, or of a frame that ended. */
  dead: 0x20,
  /** An `extern` object that nothing defines. */
  external: 0x30,
} as const;

/** OR-ed over shadow bytes before the comparison with 0xff: rights that this access does not need. */
export const Tolerate = {
  /** Stores: every right needed, except that the slow path accepts uninitialised bytes and marks them. */
  store: 0x00,
  storeSlow: 0x02,
  load: 0x01,
  /** Loads of parts of a whole. */
  partial: 0x03,
} as const;

/** The first byte from `from` on, before `to`, that lacks a right which `tolerate` does not forgive; `to` where none does. */
export function firstLacking(
  { bytes, words }: { readonly bytes: Uint8Array; readonly words: Int32Array },
  from: number,
  to: number,
  tolerate: number,
): number {
  const four = tolerate * 0x01010101;
  let at = from;
  while (at < to) {
    if ((at & 3) === 0 && at + 4 <= to && (words[at >> 2]! | four) === -1) at += 4;
    else if ((bytes[at]! | tolerate) !== 0xff) return at;
    else at++;
  }
  return to;
}

/** Gives bytes the right to be written. */
export function makeWritable(
  { bytes, words }: { readonly bytes: Uint8Array; readonly words: Int32Array },
  from: number,
  to: number,
): void {
  let at = from;
  for (; at < to && (at & 3) !== 0; at++) bytes[at]! |= 1;
  for (; at + 4 <= to; at += 4) words[at >> 2]! |= 0x01010101;
  for (; at < to; at++) bytes[at]! |= 1;
}

/** Bytes of an object that was never written hold this, so that reading them is wrong in the same way every time. */
export const POISON = 0xaa;
/** What freed memory holds. */
export const FREED = 0x6b;

/** The `info` word of an access: size in the low bits, flags above. `native`: only in the log, of an access by a native. */
export const Access = { native: 1, sizeMask: 15, write: 16, partial: 32, volatile: 64, copy: 128 } as const;
