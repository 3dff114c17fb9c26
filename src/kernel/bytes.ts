import type { Native, NativeCall } from '../machine/api.ts';

/** memcpy() and its kin: whole ranges at once, checked at both ends, with what is initialised and what is not. */
export const byteNatives: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['memcpy', move],
  ['memmove', move],
  ['memset', fill],
  ['memcmp', compare],
]);

/** Larger sizes are out of bounds of any object; so much is enough to say so. */
const sizeOf = (size: bigint): number => Number(size > 0x7fff_ffffn ? 0x7fff_ffffn : size);

function move(call: NativeCall): ReturnType<Native> {
  const [to, from] = [call.arg(0), call.arg(1)];
  const size = sizeOf(call.arg(2));
  if (size > 0 && to !== from) call.copy(to, from, size);
  call.result(to);
}

/** Bytes that are written one by one. */
const FILL = 256;

function fill(call: NativeCall): ReturnType<Native> {
  const to = call.arg(0);
  const byte = call.arg(1) & 0xffn;
  const size = sizeOf(call.arg(2));
  call.result(to);
  if (size === 0) return;
  if (!call.check(to, size, true)) return { kill: true };
  const word = byte * 0x0101_0101_0101_0101n;
  let at = 0;
  const head = Math.min(size, FILL);
  for (; at + 8 <= head; at += 8) call.memory.write(to + BigInt(at), 8, word);
  for (; at < head; at++) call.memory.write(to + BigInt(at), 1, byte);
  call.setInitialised(to, size, true);
  // The rest is what stands there already, twice as much each time.
  for (; at < size; at *= 2) call.copy(to + BigInt(at), to, Math.min(at, size - at));
}

function compare(call: NativeCall): ReturnType<Native> {
  const [a, b] = [call.arg(0), call.arg(1)];
  const size = sizeOf(call.arg(2));
  call.result(0);
  if (size === 0) return;
  if (!call.check(a, size, false) || !call.check(b, size, false)) return { kill: true };
  // Eight at a time up to those that differ.
  let same = 0;
  while (same + 8 <= size && call.memory.read(a + BigInt(same), 8) === call.memory.read(b + BigInt(same), 8)) same += 8;
  for (let at = BigInt(same); at < size; at++) {
    const x = call.memory.read(a + at, 1) ?? 0n;
    const y = call.memory.read(b + at, 1) ?? 0n;
    if (x !== y) {
      call.result(x < y ? -1n : 1n);
      return;
    }
  }
}
