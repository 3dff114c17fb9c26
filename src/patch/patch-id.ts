/** What makes two patches the same patch: their diffs without line numbers and white space, as `git patch-id` has it. */
import type { FilePatch, Hunk } from './types.ts';

const FNV_PRIME = 0x100000001b3n;
const FNV_BASIS = 0xcbf29ce484222325n;

/** FNV-1a over UTF-16 units, 64 bits, as 16 hex digits. For telling contents apart, not against forgery. */
export function hashText(text: string): string {
  // Two halves as numbers: the product of 32 bits by the prime's 41 is split so that no step leaves 53 bits.
  let hi = Number(FNV_BASIS >> 32n);
  let lo = Number(FNV_BASIS & 0xffffffffn);
  const primeLo = Number(FNV_PRIME & 0xffffn);
  for (let i = 0; i < text.length; i++) {
    lo = (lo ^ text.charCodeAt(i)) >>> 0;
    // hash × (2^40 + 0x1b3): low part, carry into the high one, and the shifted low part.
    const low = (lo & 0xffff) * primeLo;
    const mid = (lo >>> 16) * primeLo + Math.floor(low / 0x10000);
    hi = (Math.imul(hi, primeLo) + Math.floor(mid / 0x10000) + (lo << 8)) >>> 0;
    lo = (((mid & 0xffff) << 16) | (low & 0xffff)) >>> 0;
  }
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

/** The lines of a hunk that count: without white space, in order, context included. */
function essence(hunk: Hunk): string {
  return hunk.lines.map((line) => line.kind + line.text.replace(/\s+/g, '')).join('\n');
}

export function fileId(file: FilePatch): string {
  const head = `${file.oldPath ?? ''}\0${file.newPath ?? ''}\0${file.status}\0${file.newBlob && file.status === 'binary' ? file.newBlob : ''}`;
  return hashText(`${head}\n${file.hunks.map(essence).join('\n@\n')}`);
}

export const patchId = (files: readonly FilePatch[]): string => hashText(files.map(fileId).join(' '));
