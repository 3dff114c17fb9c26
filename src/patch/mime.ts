/**
 * The parts of a mail (RFC 2045, 2046, 3676) as texts in which every line still knows its line in the input. That is why
 * `postal-mime` is not asked for the parts, only for encoded words and addresses: it gives texts without places.
 */
import * as errors from './errors.ts';
import { type Headers, readHeaders } from './header.ts';
import { LineCursor, type TextPart } from './lines.ts';
import type { Problems } from './problems.ts';
import { bytesOf } from './source.ts';

const DEEPEST = 20;

export interface Leaf {
  /** `mail`: a whole mail inside (message/rfc822). `attachment`: a patch file. */
  readonly role: 'text' | 'attachment' | 'mail' | 'html';
  readonly part: TextPart;
  /** Whether the characters of `part` are bytes still. */
  readonly binary: boolean;
}

export interface PartContext {
  readonly problems: Problems;
  readonly binary: boolean;
}

/** The parts below a header, in order; `region` is what follows it. */
export function readParts(headers: Headers, region: TextPart, context: PartContext, depth = 0): Leaf[] {
  const content = parseParameters(headers.get('content-type') ?? 'text/plain');
  const { problems } = context;
  const place = problems.place(region.firstLine);
  if (content.value.startsWith('multipart/')) {
    const boundary = content.parameters.get('boundary');
    if (depth >= DEEPEST) {
      problems.add(errors.nestedTooDeep(place, DEEPEST));
      return [];
    }
    const children = boundary ? splitParts(region, boundary) : [];
    if (children.length === 0) {
      problems.add(errors.unclosedMultipart(place, boundary ?? ''));
      return [];
    }
    const leaves = children.flatMap((child) => {
      const cursor = new LineCursor(child);
      const childHeaders = readHeaders(cursor);
      return readParts(childHeaders, cursor.rest(), context, depth + 1);
    });
    return content.value === 'multipart/alternative' ? preferText(leaves) : leaves;
  }
  const role = roleOf(content, headers);
  if (!role) return [];
  const charset = content.parameters.get('charset')?.toLowerCase();
  const decoded = decodePart(headers.get('content-transfer-encoding'), charset, region, context);
  const flowed = role === 'text' && content.parameters.get('format')?.toLowerCase() === 'flowed';
  const part = flowed ? unflow(decoded.part, content.parameters.get('delsp')?.toLowerCase() === 'yes') : decoded.part;
  return [{ role, part, binary: decoded.binary }];
}

function preferText(leaves: readonly Leaf[]): Leaf[] {
  const text = leaves.filter((leaf) => leaf.role !== 'html');
  return text.length > 0 ? text : [...leaves];
}

function roleOf(content: Parameterised, headers: Headers): Leaf['role'] | undefined {
  const disposition = parseParameters(headers.get('content-disposition') ?? '');
  const name = (disposition.parameters.get('filename') ?? content.parameters.get('name') ?? '').toLowerCase();
  const type = content.value;
  if (type === 'message/rfc822') return 'mail';
  if (/\.(?:patch|diff|mbox|eml|txt)$/.test(name.slice(-16))) return 'attachment';
  if (/^(?:text|application)\/(?:x-)?(?:patch|diff)$/.test(type)) return 'attachment';
  if (type === 'text/html') return 'html';
  if (!type.startsWith('text/') && type !== '') return undefined;
  return disposition.value === 'attachment' ? 'attachment' : 'text';
}

interface Parameterised {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** `text/plain; charset="utf-8"; format=flowed`. */
export function parseParameters(field: string): Parameterised {
  const text = field.slice(0, 5000);
  const semicolon = text.indexOf(';');
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  if (semicolon < 0) return { value, parameters };
  const pattern = /;\s*([!#$&+\-.^_`{|}~\w]{1,60})\*?=(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s;"]*))/g;
  for (const m of text.slice(semicolon).matchAll(pattern)) {
    const quoted = m[2]?.replace(/\\([\s\S])/g, '$1');
    const key = m[1]!.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted ?? m[3] ?? '');
  }
  return { value, parameters };
}

/** The regions between boundary lines; what stands before the first and after the closing one is no part. */
function splitParts(region: TextPart, boundary: string): TextPart[] {
  const cursor = new LineCursor(region);
  const parts: TextPart[] = [];
  const open = `--${boundary}`;
  let start: TextPart | undefined;
  for (;;) {
    const before = cursor.position;
    const line = cursor.at('--') ? cursor.peek()?.trimEnd() : undefined;
    const closing = line === `${open}--`;
    if (line === open || closing || cursor.done) {
      // The newline in front of a boundary belongs to the boundary; keeping it does no harm to a text.
      if (start) parts.push({ ...start, end: before });
      if (closing || cursor.done) return parts;
      cursor.skip();
      start = cursor.rest();
    } else cursor.skip();
  }
}

function decodePart(
  encoding: string | undefined,
  charset: string | undefined,
  region: TextPart,
  context: PartContext,
): { part: TextPart; binary: boolean } {
  const { problems, binary } = context;
  const kind = encoding?.trim().toLowerCase();
  const text = region.text.slice(region.start, region.end);
  if (kind === 'quoted-printable') {
    const { bytes, map } = decodeQuotedPrintable(region, binary);
    const decoded = decodeCharset(bytes, charset, region, problems);
    return { part: { text: decoded, start: 0, end: decoded.length, firstLine: region.firstLine, map }, binary: false };
  }
  if (kind === 'base64') {
    const bytes = decodeBase64(text);
    if (!bytes) {
      problems.add(errors.badBase64(problems.place(region.firstLine)));
      return { part: region, binary };
    }
    const decoded = decodeCharset(bytes, charset, region, problems);
    const map = new Uint32Array(0);
    return { part: { text: decoded, start: 0, end: decoded.length, firstLine: region.firstLine, map }, binary: false };
  }
  // A text that came as text was decoded by whoever gave it. Charsets that switch by escape codes are ASCII to everyone.
  const escapes = charset?.startsWith('iso-2022') && text.includes('\x1b');
  if (!binary && !escapes) return { part: region, binary: false };
  const decoded = decodeCharset(bytesOf(text, binary), charset, region, problems);
  return { part: { text: decoded, start: 0, end: decoded.length, firstLine: region.firstLine }, binary: false };
}

function decodeCharset(bytes: Uint8Array, charset: string | undefined, region: TextPart, problems: Problems): string {
  // us-ascii is what mailers say who do not know.
  if (charset !== undefined && charset !== '' && charset !== 'us-ascii') {
    try {
      return new TextDecoder(charset, { ignoreBOM: false }).decode(bytes);
    } catch {
      problems.add(errors.badCharset(problems.place(region.firstLine), charset));
    }
  }
  return new TextDecoder('utf-8').decode(bytes);
}

function decodeQuotedPrintable(region: TextPart, binary: boolean): { bytes: Uint8Array; map: Uint32Array } {
  const cursor = new LineCursor(region);
  const out = new Uint8Array((region.end - region.start) * (binary ? 1 : 3) + 1);
  const lines: number[] = [];
  let n = 0;
  let fresh = true;
  const put = (byte: number, line: number) => {
    if (fresh) lines.push(line);
    fresh = byte === 10;
    out[n++] = byte;
  };
  while (!cursor.done) {
    const line = cursor.nearLine;
    const text = cursor.next()!.trimEnd();
    const soft = text.endsWith('=');
    const end = soft ? text.length - 1 : text.length;
    for (let i = 0; i < end; i++) {
      const c = text.charCodeAt(i);
      const value = c === 61 ? hexPair(text, i + 1) : -1;
      if (value >= 0) {
        put(value, line);
        i += 2;
      } else if (c < 128 || binary) put(c, line);
      else {
        const point = text.codePointAt(i)!;
        for (const byte of new TextEncoder().encode(String.fromCodePoint(point))) put(byte, line);
        if (point > 0xffff) i++;
      }
    }
    if (!soft) put(10, line);
  }
  return { bytes: out.subarray(0, n), map: Uint32Array.from(lines) };
}

function hexPair(text: string, at: number): number {
  const pair = text.slice(at, at + 2);
  return /^[0-9A-Fa-f]{2}$/.test(pair) ? Number.parseInt(pair, 16) : -1;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Undefined where the text is not base64 at all. A mailing list's footer after the padding is left out. */
function decodeBase64(text: string): Uint8Array | undefined {
  const out = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let n = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 61) break;
    if (c <= 32) continue;
    const value = c < 128 ? VALUES[c]! : -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[n++] = (held >> bits) & 0xff;
    }
  }
  return out.subarray(0, n);
}

/** format=flowed (RFC 3676): stuffed blanks go, soft breaks join. As `git mailinfo` does it, so patches in it are damaged alike. */
function unflow(part: TextPart, delsp: boolean): TextPart {
  const cursor = new LineCursor(part);
  const lines: string[] = [];
  const map: number[] = [];
  let held: string | undefined;
  let heldLine = 0;
  while (!cursor.done) {
    const at = cursor.line ?? 0;
    let line = cursor.next()!;
    if (line.endsWith('\r')) line = line.slice(0, -1);
    if (line.startsWith(' ')) line = line.slice(1);
    const soft = line.endsWith(' ') && line !== '-- ';
    if (held === undefined) heldLine = at;
    const text: string = (held ?? '') + line;
    if (soft) held = delsp ? text.slice(0, -1) : text;
    else {
      lines.push(text);
      map.push(heldLine);
      held = undefined;
    }
  }
  if (held !== undefined) {
    lines.push(held);
    map.push(heldLine);
  }
  const text = lines.map((line) => `${line}\n`).join('');
  return { text, start: 0, end: text.length, firstLine: part.firstLine, map: Uint32Array.from(map) };
}
