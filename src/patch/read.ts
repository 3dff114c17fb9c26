/** From the input to a {@link PatchSet}: which form it has, its mails, their order. */
import * as errors from './errors.ts';
import { looksLikeMail } from './header.ts';
import { LineCursor, type TextPart } from './lines.ts';
import { type Found, readBare, readMail } from './mail.ts';
import { Problems } from './problems.ts';
import { arrange } from './series.ts';
import { toSource, wholeOf } from './source.ts';
import type { PatchSet } from './types.ts';

export interface ReadOptions {
  /** Stands for the input in messages: a file name, `<stdin>`. */
  readonly name: string;
}

/** Characters of one input. Strings end near 2^29 in the engines we run on, and decoding needs room beside them. */
export const INPUT_LIMIT = 1 << 28;
/** A mail attached to a mail attached to a mail … */
const DEEPEST = 4;

/**
 * Reads a patch, a mail, an mbox or the output of git. Never throws for what stands in the input: that is in `problems`.
 * Time and memory grow linearly with the input.
 */
export function readPatchesSync(input: string | Uint8Array, options: ReadOptions): PatchSet {
  const problems = new Problems(options.name);
  const found: Found = { patches: [], covers: [], replies: [] };
  if (input.length > INPUT_LIMIT) {
    problems.add(errors.tooLarge(problems.place(1), input.length, INPUT_LIMIT));
    return arrange(found, problems);
  }
  const { text, binary } = toSource(input);
  readDocument(wholeOf(text), binary, problems, found, 0);
  if (found.patches.length === 0 && problems.list().length === 0 && found.covers.length === 0) {
    const reply = found.replies.find((r) => r.quotesPatch);
    problems.add(reply ? errors.onlyReply(problems.place(reply.patchLine)) : errors.noPatch(problems.place(1)));
  }
  return arrange(found, problems);
}

/** As {@link readPatchesSync}; for callers whose reader may one day have to wait. */
export async function readPatches(input: string | Uint8Array, options: ReadOptions): Promise<PatchSet> {
  return readPatchesSync(input, options);
}

function readDocument(part: TextPart, binary: boolean, problems: Problems, found: Found, depth: number): void {
  const nested = (inner: TextPart, innerBinary: boolean): boolean => {
    if (depth >= DEEPEST || !isMail(inner)) return false;
    readDocument(inner, innerBinary, problems, found, depth + 1);
    return true;
  };
  const context = { problems, binary, found, nested };
  const cursor = skipEmpty(part);
  const first = cursor.peek();
  if (first === undefined) return;
  if (isFromLine(first)) {
    for (const mail of splitMbox(cursor)) {
      const inside = new LineCursor(mail);
      const commit = commitOf(inside.next() ?? '');
      readMail(inside, context, { commit });
    }
  } else if (looksLikeMail(cursor)) readMail(cursor, context, undefined);
  else readBare(part, context);
}

function isMail(part: TextPart): boolean {
  const cursor = skipEmpty(part);
  return isFromLine(cursor.peek() ?? '') || looksLikeMail(cursor);
}

function skipEmpty(part: TextPart): LineCursor {
  const cursor = new LineCursor(part);
  while (cursor.at('\n') || cursor.at('\r\n')) cursor.skip();
  return cursor;
}

/** The regions from one `From ` line to the next. */
function splitMbox(cursor: LineCursor): TextPart[] {
  const mails: TextPart[] = [];
  let start = cursor.rest();
  cursor.skip();
  while (!cursor.done) {
    if (cursor.at('From ') && isFromLine(cursor.peek() ?? '')) {
      mails.push({ ...start, end: cursor.position });
      start = cursor.rest();
    }
    cursor.skip();
  }
  mails.push(start);
  return mails;
}

/** `From someone Mon Sep 17 00:00:00 2001`: as `git mailsplit`, which asks for a time and a year. */
function isFromLine(line: string): boolean {
  return (
    line.startsWith('From ') &&
    line.length < 500 &&
    /\d:\d\d(?::\d\d)?(?: [A-Z]{2,5})?(?: [+-]\d{4})? \d{4}(?: [+-]\d{4})?\s*$/.test(line)
  );
}

function commitOf(fromLine: string): string | undefined {
  const id = /^From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001/.exec(fromLine)?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}
