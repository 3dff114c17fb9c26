/** Header fields of a mail (RFC 5322), decoded (RFC 2047), and what kernel people put into a subject. */
import { addressParser, decodeWords } from 'postal-mime';
import type { LineCursor } from './lines.ts';
import type { Person, SeriesPosition } from './types.ts';

/** Characters in one mail's header; mailing lists stay far below. */
export const HEADER_LIMIT = 1 << 20;
/** Fields longer than this are cut before they are decoded. */
const FIELD_LIMIT = 1 << 16;

export interface Headers {
  /** The first value of a field, unfolded, not decoded. */
  get(name: string): string | undefined;
  readonly tooLong: boolean;
}

const FIELD = /^([!-9;-~]{1,100}):/;

/** Reads up to and with the empty line. A line that is no field ends the header too, and is left. */
export function readHeaders(cursor: LineCursor): Headers {
  const fields = new Map<string, string>();
  let name = '';
  let parts: string[] = [];
  let size = 0;
  let tooLong = false;
  const flush = () => {
    if (name !== '' && !fields.has(name)) fields.set(name, parts.join('').trim().slice(0, FIELD_LIMIT));
    parts = [];
  };
  for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
    if (line.trim() === '' && !/^[ \t]/.test(line)) {
      cursor.skip();
      break;
    }
    size += line.length;
    tooLong ||= size > HEADER_LIMIT;
    const field = FIELD.exec(line);
    if (field) {
      flush();
      name = field[1]!.toLowerCase();
      if (!tooLong) parts.push(line.slice(field[0].length));
    } else if (name !== '' && /^[ \t]/.test(line)) {
      if (!tooLong) parts.push(` ${line.trimStart()}`);
    } else break;
    cursor.skip();
  }
  flush();
  return { get: (key) => fields.get(key.toLowerCase()), tooLong };
}

/** Whether the text at the cursor starts with the header of a mail. Does not move it. */
export function looksLikeMail(cursor: LineCursor): boolean {
  const mark = cursor.mark();
  const names = new Set<string>();
  let size = 0;
  let ended = true;
  for (let line = cursor.next(); line !== undefined && line.trim() !== ''; line = cursor.next()) {
    size += line.length;
    const field = FIELD.exec(line);
    if (field) names.add(field[1]!.toLowerCase());
    else if (names.size === 0 || !/^[ \t]/.test(line)) ended = false;
    if (!ended || size > HEADER_LIMIT) break;
  }
  cursor.reset(mark);
  if (!ended) return false;
  return ['from', 'subject', 'date', 'message-id', 'mime-version', 'content-type'].some((name) => names.has(name));
}

/** Undoes encoded words; `binary` text holds bytes, which are taken as UTF-8. */
export function decodeField(value: string | undefined, binary: boolean): string {
  if (value === undefined) return '';
  const text = binary ? utf8(value) : value;
  return text.includes('=?') ? decodeWords(text) : text;
}

function utf8(binary: string): string {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new TextDecoder('utf-8').decode(bytes);
}

/** The first address. A name may hold commas without quotes: `git` writes it so inside the body. */
export function parsePerson(value: string | undefined, binary: boolean): Person | undefined {
  if (value === undefined) return undefined;
  const text = (binary ? utf8(value) : value).slice(0, 5000).trim();
  const open = text.indexOf('<');
  if (open >= 0 && open === text.lastIndexOf('<') && text.endsWith('>')) {
    const name = text.slice(0, open).trim();
    const bare =
      name.startsWith('"') && name.endsWith('"') && name.length > 1 ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
    return { name: bare.includes('=?') ? decodeWords(bare) : bare, email: text.slice(open + 1, -1).trim() };
  }
  const first = addressParser(text)[0];
  if (first?.address === undefined) return { name: text.includes('=?') ? decodeWords(text) : text, email: '' };
  return { name: first.name, email: first.address };
}

/** `<id>` without the brackets; the last of several. */
export function parseId(value: string | undefined): string | undefined {
  return parseIds(value).at(-1);
}

export function parseIds(value: string | undefined): string[] {
  return value === undefined ? [] : [...value.matchAll(/<([^<>\s]{1,998})>/g)].map((m) => m[1]!);
}

export interface Subject {
  readonly text: string;
  readonly tags: readonly string[];
  readonly series: SeriesPosition | undefined;
  readonly isReply: boolean;
  /** One of the tags is PATCH or holds it. */
  readonly isPatch: boolean;
}

/** Takes `Re:` and `[…]` off the front. */
export function parseSubject(raw: string): Subject {
  let text = raw.trim();
  let isReply = false;
  const tags: string[] = [];
  for (let more = true; more; ) {
    const re = /^(?:re|aw|sv|antw|fwd?)\s?(?:\[\d{1,3}\])?:\s*/i.exec(text);
    if (re) {
      isReply ||= !/^fw/i.test(re[0]);
      text = text.slice(re[0].length);
      continue;
    }
    const close = text.startsWith('[') ? text.indexOf(']') : -1;
    more = close > 0;
    if (!more) break;
    tags.push(
      ...text
        .slice(1, close)
        .split(/[\s,]+/)
        .filter((tag) => tag !== ''),
    );
    text = text.slice(close + 1).trimStart();
  }
  let version: number | undefined;
  let position: RegExpExecArray | undefined;
  for (const tag of tags) {
    const v = /^(?:patch)?v(\d{1,4})$/i.exec(tag);
    if (v) version = Number(v[1]);
    // [PATCHv2], [RFCv3 1/2] and [PATCH v2 1/2] are all seen.
    position ??= /^(?:patch)?(\d{1,5})\/(\d{1,5})$/i.exec(tag) ?? undefined;
    const glued = version === undefined ? /^(?:rfc|patch)-?v(\d{1,4})$/i.exec(tag) : null;
    if (glued) version = Number(glued[1]);
  }
  const isPatch = tags.some((tag) => /^(?:rfc)?patch/i.test(tag));
  const plain = position === undefined && version !== undefined && isPatch;
  const series = position
    ? { version: version ?? 1, number: Number(position[1]), of: Number(position[2]) }
    : plain
      ? { version: version!, number: 1, of: 1 }
      : undefined;
  return { text, tags, series, isReply, isPatch };
}
