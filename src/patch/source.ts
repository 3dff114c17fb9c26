/** The input as text: a string as it is, bytes decoded so that lines stay where they are. */
import type { TextPart } from './lines.ts';

export interface Source {
  readonly text: string;
  /** The text holds one byte in each character: not all of it is UTF-8. */
  readonly binary: boolean;
}

export function toSource(input: string | Uint8Array): Source {
  if (typeof input === 'string') return { text: input.startsWith('\uFEFF') ? input.slice(1) : input, binary: false };
  if (input[0] === 0xff && input[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(input), binary: false };
  if (input[0] === 0xfe && input[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(input), binary: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(input), binary: false };
  } catch {
    return { text: binaryString(input), binary: true };
  }
}

const CHUNK = 0x2000;

/** TextDecoder's `latin1` is windows-1252, which is not one to one. */
function binaryString(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  return parts.join('');
}

export const wholeOf = (text: string): TextPart => ({ text, start: 0, end: text.length, firstLine: 1 });

/** The bytes of a stretch of text: those that were read, or its UTF-8 form where the input was text already. */
export function bytesOf(text: string, binary: boolean): Uint8Array {
  if (!binary) return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
