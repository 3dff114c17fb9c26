import type { CodedError, Place } from '../base/errors.ts';
import type { FirmwareRange, SratRange } from './api.ts';
import { acpiChecksum, acpiTruncated, badDumpLine, endBeforeStart, refusedWindow, sizeZero } from './errors.ts';
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

/** Whether bytes begin as SRAT or CEDT, and are no text: no table has 16 MiB. */
export const isAcpiTable = (bytes: Uint8Array): boolean =>
  bytes.length >= HEADER && bytes[7] === 0 && /^(SRAT|CEDT)$/.test(ascii(bytes, 0, 4));

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
    const cut = length < HEADER || length > view.length - at;
    if (cut) reader.problem(() => acpiTruncated(place, ascii(view, at, 4), length, view.length - at));
    if (length < HEADER) break;
    reader.table(view.subarray(at, at + length), place, cut);
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
  #cut = false;

  problem(make: () => CodedError): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(make());
  }

  /** `cut`: its end is missing, which was told. */
  table(table: Uint8Array, place: Place, cut: boolean): void {
    const signature = ascii(table, 0, 4);
    this.signatures.push(signature);
    if (signature !== 'SRAT' && signature !== 'CEDT') return;
    this.#cut = cut;
    let sum = 0;
    for (const byte of table) sum = (sum + byte) & 0xff;
    if (sum !== 0 && !cut) this.problem(() => acpiChecksum(place, signature));
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
        const number = found.length + 1;
        if (!this.#cut || length < 2)
          this.problem(() => acpiTruncated(place, `structure ${number} of SRAT`, length, table.length - at));
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
      // Generic initiators: GPUs and CXL devices with a node of their own. RISC-V's processors.
      else if (type === 5 && length >= 32 && u32(table, at + 24) & 1) this.#node(u32(table, at + 4));
      else if (type === 7 && length >= 20 && u32(table, at + 12) & 1) this.#node(u32(table, at + 4));
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
        const number = count + 1;
        if (!this.#cut || length < 4)
          this.problem(() => acpiTruncated(place, `structure ${number} of CEDT`, length, table.length - at));
        break;
      }
      if (table[at] === 1) this.#window(table.subarray(at, at + length), `structure ${count + 1} of CEDT`, place);
      at += length;
    }
  }

  /** A window that the kernel's driver refuses gets no region: drivers/cxl/acpi.c, cxl_acpi_cfmws_verify(). */
  #window(structure: Uint8Array, what: string, place: Place): void {
    if (structure.length < 36) {
      this.problem(() => acpiTruncated(place, what, 36, structure.length));
      return;
    }
    const [base, size] = [u64(structure, 8), u64(structure, 16)];
    const range = this.#range(base, size, place);
    if (!range) return;
    const [encodedWays, arithmetic, granularity] = [structure[24]!, structure[25]!, u32(structure, 28)];
    // CXL 3.1, 8.2.4.20.7: 2^n ways, or three times that from 8 on; 256 bytes times 2^n.
    const ways =
      encodedWays <= 4 ? 1 << encodedWays : encodedWays >= 8 && encodedWays <= 10 ? 3 << (encodedWays - 8) : 0;
    const why =
      base % WINDOW_UNIT !== 0n
        ? 'its base is no multiple of 256 MiB'
        : size % WINDOW_UNIT !== 0n
          ? 'its size is no multiple of 256 MiB'
          : ways === 0
            ? `${encodedWays} encodes no number of interleave ways`
            : arithmetic > 1
              ? `interleave arithmetic ${arithmetic} is not known`
              : granularity > 6
                ? `${granularity} encodes no interleave granularity`
                : structure.length < 36 + 4 * ways
                  ? `${ways} ways want ${ways} targets, and there are ${(structure.length - 36) >> 2}`
                  : undefined;
    if (why === undefined) this.cxlWindows.push({ ...range, type: 'CXL window', line: place.line });
    else this.problem(() => refusedWindow(place, what, range.start, range.end, why));
  }
}

/** Of base and size of a window: CXL 3.1, 9.18.1.3. */
const WINDOW_UNIT = 256n << 20n;

const dumpLine =
  /^[ \t]*(?:0x)?([0-9a-f]{4,16}):?[ \t]+((?:[0-9a-f]{2}){1,4}(?:[ \t]{1,2}(?:[0-9a-f]{2}){1,4}){0,15})(?:[ \t]|$)/i;
/** Of `hexdump -C`, whose characters stand between bars. */
const barred = /^[ \t]*[0-9a-f]{6,16} .*?(?= \|)/i;
const tableTitle = /^[ \t]*[A-Z][A-Z0-9!_]{3} @ 0x[0-9a-f]{1,16}[ \t]*$/;
/** The end of `hexdump -C` and `od`. */
const lastOffset = /^[ \t]*([0-9a-f]{6,16})[ \t]*$/i;

/** Whether a text is a dump of tables: titles of `acpidump`, a signature's bytes at offset 0, plain hexadecimal, or base64 of it. */
export function isAcpiText(text: string): boolean {
  const head = text.slice(0, 64 * 1024);
  return (
    /^[ \t]*[A-Z][A-Z0-9!_]{3} @ 0x[0-9a-f]{1,16}[ \t]*\r?$/m.test(head) ||
    // `iasl -d` puts the bytes behind what it makes of them.
    /^[ \t]*(?:0x)?0{4,16}:?[ \t]+(?:53 ?52 ?41 ?54|43 ?45 ?44 ?54)\b/im.test(text.slice(0, MAX_BYTES)) ||
    plainHex.test(head.slice(0, 400)) ||
    base64.test(head.slice(0, 400))
  );
}

const plainHex = /^\s*(?:53524154|43454454)[0-9a-f\s]*$/i;
const base64 = /^\s*(?:U1JBV|Q0VEV)[A-Za-z0-9+/=\s]*$/;

/** The bytes that a text shows. Lines that cannot be read, or whose offset does not follow, are problems with their numbers. */
export function bytesOfDump(
  text: string,
  options: { readonly name: string },
): { readonly bytes: Uint8Array; readonly problems: readonly CodedError[] } {
  const head = text.slice(0, 400);
  if (base64.test(head)) return fromDigits(text, options.name, BASE64, 6);
  if (plainHex.test(head)) return fromDigits(text, options.name, HEX, 4);
  const problems: CodedError[] = [];
  const all: number[] = [];
  // Offsets count within a table; xxd of two tables in one file goes on counting.
  let begun = 0;
  // Of equal lines `hexdump` and `od` print the first, and `*` for the others.
  let repeated = 0;
  let star = false;
  // `od` counts in octal.
  let base: 8 | 16 = 16;
  const fillTo = (offset: number): void => {
    const missing = offset - (all.length - begun);
    if (repeated > 0 && missing > 0 && missing % repeated === 0)
      for (let i = 0; i < missing && all.length < MAX_BYTES; i++) all.push(all[all.length - repeated]!);
  };
  for (const { text: raw, number } of linesOf(text)) {
    const line = raw.slice(0, 400);
    if (tableTitle.test(line)) {
      begun = all.length;
      continue;
    }
    if (line.trim() === '*') {
      star = true;
      continue;
    }
    const bars = barred.exec(line)?.[0];
    const match = dumpLine.exec(bars ?? line);
    if (!match) {
      const end = star ? lastOffset.exec(line)?.[1] : undefined;
      if (end !== undefined) fillTo(Number.parseInt(end, base));
      if (/^[ \t]*[0-9a-f]{4,16}: /i.test(line) && problems.length < MAX_PROBLEMS)
        problems.push(badDumpLine({ file: options.name, line: number, text: line.slice(0, 200) }));
      continue;
    }
    // `acpidump` pads a short line with blanks before the characters, so 16 bytes are never exceeded.
    const hex = (bars === undefined ? cutCharacters(match[2]!) : match[2]!).replace(/\s/g, '').slice(0, 32);
    if (!star && Number.parseInt(match[1]!, 16) !== all.length - begun)
      if (Number.parseInt(match[1]!, 8) === all.length - begun) base = 8;
    const offset = Number.parseInt(match[1]!, base);
    if (offset === 0 && all.length > begun) begun = all.length;
    if (star) fillTo(offset);
    star = false;
    if (offset !== all.length - begun) {
      if (problems.length < MAX_PROBLEMS)
        problems.push(badDumpLine({ file: options.name, line: number, text: line.slice(0, 200) }));
      continue;
    }
    repeated = hex.length >> 1;
    for (let i = 0; i + 1 < hex.length && all.length < MAX_BYTES; i += 2)
      all.push(Number.parseInt(hex.slice(i, i + 2), 16));
  }
  return { bytes: Uint8Array.from(all), problems };
}

/** Without a bar the first double blank ends the bytes. */
const cutCharacters = (bytes: string): string => bytes.split(/[ \t]{2}/)[0]!;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = '0123456789abcdef';

/** Bytes of digits that stand for `width` bits each, the first for the highest ones. */
function fromDigits(
  text: string,
  name: string,
  alphabet: string,
  width: number,
): { readonly bytes: Uint8Array; readonly problems: readonly CodedError[] } {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  let line = 1;
  for (const c of text) {
    if (c === '\n') line++;
    if (c === '=' || bytes.length >= MAX_BYTES) break;
    if (/\s/.test(c)) continue;
    const value = alphabet.indexOf(alphabet === HEX ? c.toLowerCase() : c);
    if (value < 0) return { bytes: Uint8Array.from(bytes), problems: [badDumpLine({ file: name, line })] };
    held = ((held << width) | value) & 0xfff;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return { bytes: Uint8Array.from(bytes), problems: [] };
}

/**
 * A machine's file as text: of tables SRAT and CEDT become base64, which the readers know; whatever else is UTF-8, or UTF-16
 * where it begins with its mark.
 */
export function textOfMachine(bytes: Uint8Array): string {
  const tables = isAcpiTable(bytes) ? bytes.subarray(0, MAX_BYTES) : tablesAmong(bytes);
  if (!tables) {
    const [first, second] = bytes;
    const encoding =
      first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes);
  }
  let text = '';
  for (let i = 0; i < tables.length; i += 3) {
    const [a, b, c] = [tables[i]!, tables[i + 1], tables[i + 2]];
    text += BASE64[a >> 2]! + BASE64[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text += b === undefined ? '=' : BASE64[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text += c === undefined ? '=' : BASE64[c & 63]!;
    if (i % 57 === 54) text += '\n';
  }
  return `${text}\n`;
}

/** SRAT and CEDT among tables that follow one another, the first of them another one: `cat /sys/firmware/acpi/tables/*`. */
function tablesAmong(bytes: Uint8Array): Uint8Array | undefined {
  const found: Uint8Array[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = u32(bytes, at + 4);
    if (!/^[A-Z][A-Z0-9!_]{3}$/.test(ascii(bytes, at, 4)) || length < HEADER || length > bytes.length - at) break;
    if (isAcpiTable(bytes.subarray(at, at + length))) found.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (found.length === 0) return undefined;
  const all = new Uint8Array(
    Math.min(
      MAX_BYTES,
      found.reduce((sum, table) => sum + table.length, 0),
    ),
  );
  let to = 0;
  for (const table of found) {
    if (to + table.length > all.length) break;
    all.set(table, to);
    to += table.length;
  }
  return all;
}
