import type { CodedError, Place } from '../base/errors.ts';
import type { FirmwareRange, SratRange } from './api.ts';
import { acpiChecksum, acpiTruncated, badDumpLine, endBeforeStart, sizeZero } from './errors.ts';
import { linesOf } from './lines.ts';

/*
 * ACPI tables that tell of memory, from their bytes: SRAT (ACPI 6.5, 5.2.16) and CEDT (CXL 3.1, 9.18.1). Texts that hold
 * such bytes: `acpidump`, `xxd`, `hexdump -C`, base64. Every length in a table is checked against what is there.
 */

/** Bytes of all tables of one file; `acpidump` of a large server has some hundred thousand. */
const MAX_BYTES = 4 << 20;
const MAX_RANGES = 100_000;
const MAX_PROBLEMS = 100;
const HEADER = 36;

export interface AcpiTables {
  /** Signatures as they came, those that say nothing of memory among them. */
  readonly signatures: readonly string[];
  readonly srat: readonly SratRange[];
  /** Fixed memory windows (CFMWS). */
  readonly cxlWindows: readonly FirmwareRange[];
  readonly problems: readonly CodedError[];
}

/** Whether bytes begin as SRAT or CEDT. */
export const isAcpiTable = (bytes: Uint8Array): boolean =>
  bytes.length >= HEADER && /^(SRAT|CEDT)$/.test(ascii(bytes, 0, 4));

const ascii = (bytes: Uint8Array, at: number, count: number): string =>
  [...bytes.subarray(at, at + count)].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');

/** One table after the other. `line` of a place is the number of the table: there are no lines in bytes. */
export function parseAcpi(bytes: Uint8Array, options: { readonly name: string }): AcpiTables {
  const reader = new Reader();
  const view = bytes.subarray(0, MAX_BYTES);
  let at = 0;
  for (let number = 1; at < view.length; number++) {
    const place: Place = { file: options.name, line: number };
    if (view.length - at < HEADER) {
      reader.problem(() => acpiTruncated(place, 'the header', HEADER, view.length - at));
      break;
    }
    const length = u32(view, at + 4);
    if (length < HEADER || length > view.length - at) {
      reader.problem(() => acpiTruncated(place, ascii(view, at, 4), length, view.length - at));
      break;
    }
    reader.table(view.subarray(at, at + length), place);
    at += length;
  }
  return reader;
}

const u16 = (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8);
const u32 = (b: Uint8Array, at: number): number => (u16(b, at) | (u16(b, at + 2) << 16)) >>> 0;
const u64 = (b: Uint8Array, at: number): bigint => BigInt(u32(b, at)) | (BigInt(u32(b, at + 4)) << 32n);

class Reader implements AcpiTables {
  readonly signatures: string[] = [];
  readonly srat: SratRange[] = [];
  readonly cxlWindows: FirmwareRange[] = [];
  readonly problems: CodedError[] = [];
  /** The kernel numbers nodes as proximity domains come: acpi_map_pxm_to_node(). */
  readonly #nodes = new Map<number, number>();

  problem(make: () => CodedError): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(make());
  }

  table(table: Uint8Array, place: Place): void {
    const signature = ascii(table, 0, 4);
    this.signatures.push(signature);
    if (signature !== 'SRAT' && signature !== 'CEDT') return;
    let sum = 0;
    for (const byte of table) sum = (sum + byte) & 0xff;
    if (sum !== 0) this.problem(() => acpiChecksum(place, signature));
    if (signature === 'SRAT') this.#affinity(table, place);
    else this.#early(table, place);
  }

  #node(pxm: number): number {
    let node = this.#nodes.get(pxm);
    if (node === undefined) this.#nodes.set(pxm, (node = this.#nodes.size));
    return node;
  }

  #range(base: bigint, size: bigint, place: Place): { readonly start: bigint; readonly end: bigint } | undefined {
    if (size === 0n) {
      this.problem(() => sizeZero(place));
      return undefined;
    }
    if (base + size > 1n << 64n) {
      this.problem(() => endBeforeStart(place));
      return undefined;
    }
    return { start: base, end: base + size - 1n };
  }

  /** Structures of SRAT: processors first, since they give nodes their numbers before memory does. */
  #affinity(table: Uint8Array, place: Place): void {
    const wide = table[8]! >= 2;
    const found: { readonly type: number; readonly at: number; readonly length: number }[] = [];
    for (let at = HEADER + 12; at < table.length && found.length < MAX_RANGES; ) {
      const length = at + 2 <= table.length ? table[at + 1]! : 0;
      if (length < 2 || at + length > table.length) {
        this.problem(() => acpiTruncated(place, `structure ${found.length + 1} of SRAT`, length, table.length - at));
        break;
      }
      found.push({ type: table[at]!, at, length });
      at += length;
    }
    for (const { type, at, length } of found) {
      if (type === 0 && length >= 16 && u32(table, at + 4) & 1) {
        const high = wide ? (u16(table, at + 9) | (table[at + 11]! << 16)) << 8 : 0;
        this.#node((table[at + 2]! | high) >>> 0);
      } else if (type === 2 && length >= 24 && u32(table, at + 12) & 1) this.#node(u32(table, at + 4));
      else if (type === 3 && length >= 18 && u32(table, at + 10) & 1) this.#node(u32(table, at + 2));
    }
    for (const [index, { type, at, length }] of found.entries()) {
      if (type !== 1) continue;
      if (length < 40) {
        this.problem(() => acpiTruncated(place, `structure ${index + 1} of SRAT`, 40, length));
        continue;
      }
      const flags = u32(table, at + 28);
      // Enabled: firmware leaves unused ones in the table.
      if ((flags & 1) === 0) continue;
      const range = this.#range(u64(table, at + 8), u64(table, at + 16), place);
      if (!range) continue;
      const pxm = wide ? u32(table, at + 2) : table[at + 2]!;
      this.srat.push({
        node: this.#node(pxm),
        pxm,
        ...range,
        hotplug: (flags & 2) !== 0,
        nonVolatile: (flags & 4) !== 0,
        line: place.line,
      });
    }
  }

  /** Structures of CEDT. */
  #early(table: Uint8Array, place: Place): void {
    let count = 0;
    for (let at = HEADER; at < table.length && count < MAX_RANGES; count++) {
      const length = at + 4 <= table.length ? u16(table, at + 2) : 0;
      if (length < 4 || at + length > table.length) {
        this.problem(() => acpiTruncated(place, `structure ${count + 1} of CEDT`, length, table.length - at));
        break;
      }
      if (table[at] === 1) {
        if (length < 36) this.problem(() => acpiTruncated(place, `window ${count + 1} of CEDT`, 36, length));
        else {
          const range = this.#range(u64(table, at + 8), u64(table, at + 16), place);
          if (range) this.cxlWindows.push({ ...range, type: 'CXL window', line: place.line });
        }
      }
      at += length;
    }
  }
}

const dumpLine =
  /^\s*(?:0x)?([0-9a-f]{4,16}):?[ \t]+((?:[0-9a-f]{2}){1,4}(?:[ \t]{1,2}(?:[0-9a-f]{2}){1,4}){0,15})(?:[ \t]|$)/i;
const tableTitle = /^\s*([A-Z][A-Z0-9!]{3}) @ 0x[0-9a-f]{1,16}\s*$/i;

/** Whether a text is a dump of SRAT or CEDT: titles of `acpidump`, the signature's bytes at offset 0, or base64 of them. */
export function isAcpiText(text: string): boolean {
  const head = text.slice(0, 64 * 1024);
  return (
    /^\s*(?:SRAT|CEDT) @ 0x[0-9a-f]/m.test(head) ||
    /^\s*(?:0x)?0{4,16}:?[ \t]+(?:53 ?52 ?41 ?54|43 ?45 ?44 ?54)\b/im.test(head) ||
    /^\s*(?:U1JBV|Q0VEV)[A-Za-z0-9+/=\s]*$/.test(head.slice(0, 400))
  );
}

/** The bytes that a text shows. Lines that cannot be read, or whose offset does not follow, are problems with their numbers. */
export function bytesOfDump(
  text: string,
  options: { readonly name: string },
): { readonly bytes: Uint8Array; readonly problems: readonly CodedError[] } {
  if (/^\s*(?:U1JBV|Q0VEV)/.test(text)) return fromBase64(text, options.name);
  const problems: CodedError[] = [];
  const all: number[] = [];
  // Offsets count within a table; xxd of two tables in one file goes on counting.
  let begun = 0;
  for (const { text: raw, number } of linesOf(text)) {
    const line = raw.slice(0, 400);
    if (tableTitle.test(line)) {
      begun = all.length;
      continue;
    }
    // Of the characters at the right nothing is taken for bytes: they come after two blanks, or a bar.
    const bar = line.indexOf('|');
    const match = dumpLine.exec(bar < 0 ? line : line.slice(0, bar));
    if (!match) {
      if (/^\s*[0-9a-f]{4,16}: /i.test(line) && problems.length < MAX_PROBLEMS)
        problems.push(badDumpLine({ file: options.name, line: number, text: line.slice(0, 200) }));
      continue;
    }
    const offset = Number.parseInt(match[1]!, 16);
    // `acpidump` pads a short line with blanks before the characters, so 16 bytes are never exceeded.
    const hex = (bar < 0 ? cutCharacters(match[2]!) : match[2]!).replace(/\s/g, '').slice(0, 32);
    if (offset === 0 && all.length > begun) begun = all.length;
    if (offset !== all.length - begun) {
      if (problems.length < MAX_PROBLEMS)
        problems.push(badDumpLine({ file: options.name, line: number, text: line.slice(0, 200) }));
      continue;
    }
    for (let i = 0; i + 1 < hex.length && all.length < MAX_BYTES; i += 2)
      all.push(Number.parseInt(hex.slice(i, i + 2), 16));
  }
  return { bytes: Uint8Array.from(all), problems };
}

/** Without a bar the first double blank ends the bytes. */
const cutCharacters = (bytes: string): string => bytes.split(/[ \t]{2}/)[0]!;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function fromBase64(
  text: string,
  name: string,
): { readonly bytes: Uint8Array; readonly problems: readonly CodedError[] } {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  let line = 1;
  for (const c of text) {
    if (c === '\n') line++;
    if (c === '=' || bytes.length >= MAX_BYTES) break;
    if (/\s/.test(c)) continue;
    const value = ALPHABET.indexOf(c);
    if (value < 0) return { bytes: Uint8Array.from(bytes), problems: [badDumpLine({ file: name, line })] };
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return { bytes: Uint8Array.from(bytes), problems: [] };
}

/** A machine's file as text: tables become base64, which the readers know; whatever else is UTF-8. */
export function textOfMachine(bytes: Uint8Array): string {
  if (!isAcpiTable(bytes)) return new TextDecoder().decode(bytes);
  let text = '';
  for (let i = 0; i < Math.min(bytes.length, MAX_BYTES); i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    text += ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text += b === undefined ? '=' : ALPHABET[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text += c === undefined ? '=' : ALPHABET[c & 63]!;
    if (i % 57 === 54) text += '\n';
  }
  return `${text}\n`;
}
