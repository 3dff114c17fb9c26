/** One mail, or one bare diff: its envelope, its message and its files. */
import { readFiles } from './diff.ts';
import * as errors from './errors.ts';
import {
  decodeField,
  HEADER_LIMIT,
  type Headers,
  parseId,
  parseIds,
  parsePerson,
  parseSubject,
  readHeaders,
} from './header.ts';
import { LineCursor, type TextPart } from './lines.ts';
import { endsMessage, type Message, noRemarks, type Remarks, readMessage, remark } from './message.ts';
import { type Leaf, readParts } from './mime.ts';
import type { Problems } from './problems.ts';
import { bytesOf } from './source.ts';
import type { Cover, Envelope, FilePatch, PatchMail, Reply } from './types.ts';

export interface Found {
  readonly patches: PatchMail[];
  readonly covers: Cover[];
  readonly replies: Reply[];
}

export interface ReadContext {
  readonly problems: Problems;
  readonly binary: boolean;
  readonly found: Found;
  /** Reads a text inside a mail that is a mail or mbox itself. */
  readonly nested: (part: TextPart, binary: boolean) => boolean;
}

/** A mail whose header starts at the cursor; `commit` is what its `From ` line names, and `mbox` that it had one. */
export function readMail(
  cursor: LineCursor,
  context: ReadContext,
  mbox: { commit: string | undefined } | undefined,
): void {
  const { problems, binary, found } = context;
  const patchLine = cursor.nearLine;
  const problemsBefore = problems.count;
  const headers = readHeaders(cursor);
  if (headers.tooLong) problems.add(errors.headerTooLong(problems.place(patchLine), HEADER_LIMIT));
  const leaves = readParts(headers, cursor.rest(), { problems, binary });
  const remarks = noRemarks();
  const files: FilePatch[] = [];
  let message: Message | undefined;
  const subject = parseSubject(decodeField(headers.get('subject'), binary));
  const nestedBefore = found.patches.length;
  for (const leaf of leaves) {
    if (leaf.role === 'html') continue;
    if ((leaf.role === 'mail' || (leaf.role === 'attachment' && message)) && context.nested(leaf.part, leaf.binary))
      continue;
    const body = new LineCursor(leaf.part, { stripCr: endsInCr(leaf), unescapeFrom: mbox !== undefined });
    message ??= readMessage(body, remarks, subject.isReply);
    const onText = (line: string) => {
      remark(remarks, line);
      return false;
    };
    for (const file of readFiles(body, { problems, onText })) files.push(file);
  }
  if (leaves.length > 0 && leaves.every((leaf) => leaf.role === 'html'))
    problems.add(errors.onlyHtml(problems.place(patchLine)));
  const envelope = envelopeOf(headers, message, binary, patchLine, mbox?.commit);
  sort(
    {
      envelope,
      message,
      remarks,
      files,
      isReply: subject.isReply,
      brought: found.patches.length > nestedBefore,
      explained: problems.count > problemsBefore,
    },
    context,
  );
}

interface Read {
  readonly envelope: Envelope;
  readonly message: Message | undefined;
  readonly remarks: Remarks;
  readonly files: readonly FilePatch[];
  readonly isReply: boolean;
  /** Its attachments were mails with patches of their own. */
  readonly brought: boolean;
  /** Another problem says already why there is no patch. */
  readonly explained: boolean;
}

/** Patch, cover letter or reply. */
function sort(read: Read, { problems, found }: ReadContext): void {
  const { envelope, remarks, files, isReply } = read;
  const body = read.message?.body ?? '';
  const trailers = read.message?.trailers ?? [];
  const { baseCommit, prerequisites } = remarks;
  if (files.length > 0) {
    found.patches.push({ ...envelope, body, trailers, baseCommit, prerequisites, isReply, files });
  } else if (!isReply && envelope.series?.number === 0) {
    found.covers.push({ ...envelope, body, baseCommit, prerequisites });
  } else {
    if (remarks.hunkLine !== undefined) problems.add(errors.orphanHunk(problems.place(remarks.hunkLine)));
    const bare =
      !isReply &&
      !remarks.quotesPatch &&
      !read.brought &&
      !read.explained &&
      envelope.tags.some((tag) => /^(?:rfc)?patch/i.test(tag));
    if (bare) problems.add(errors.noPatch(problems.place(envelope.patchLine, envelope.rawSubject)));
    const { quotesPatch, quotedPaths } = remarks;
    found.replies.push({ ...envelope, body, trailers, quotesPatch, quotedPaths: [...quotedPaths] });
  }
}

/** Mail travels with CR LF; a part is taken as such when its first line ends so. */
function endsInCr(leaf: Leaf): boolean {
  const { text, start, end } = leaf.part;
  const newline = text.indexOf('\n', start);
  return newline > start && newline < end && text.charCodeAt(newline - 1) === 13;
}

function envelopeOf(
  headers: Headers,
  message: Message | undefined,
  binary: boolean,
  patchLine: number,
  commit: string | undefined,
): Envelope {
  const rawSubject = message?.subject ?? decodeField(headers.get('subject'), binary);
  const outer = parseSubject(decodeField(headers.get('subject'), binary));
  const subject = message?.subject === undefined ? outer : parseSubject(message.subject);
  const replyTo = parseIds(headers.get('in-reply-to'))[0];
  return {
    subject: subject.text,
    rawSubject,
    tags: subject.tags.length > 0 ? subject.tags : outer.tags,
    author: message?.author ?? parsePerson(headers.get('from'), binary),
    date: message?.date ?? headers.get('date'),
    messageId: parseId(headers.get('message-id')),
    inReplyTo: replyTo,
    references: parseIds(headers.get('references')),
    from: headers.get('from'),
    to: headers.get('to'),
    cc: headers.get('cc'),
    series: subject.series ?? outer.series,
    commit,
    patchLine,
  };
}

/** Text without a mail's header: a diff with or without a description, or the output of `git show` or `git log -p`. */
export function readBare(part: TextPart, context: ReadContext): void {
  const { problems, found } = context;
  const whole = context.binary ? decodeWhole(part) : part;
  const cursor = new LineCursor(whole, { stripCr: firstDiffLineEndsInCr(whole) });
  do {
    const patchLine = cursor.nearLine;
    const remarks = noRemarks();
    const commit = readCommitHeader(cursor);
    const message = commit?.message ?? readMessage(cursor, remarks, false);
    const files = readFiles(cursor, {
      problems,
      onText: (line) => {
        remark(remarks, line);
        return line.startsWith('commit ') && isCommitHeader(cursor);
      },
    });
    const [first = '', ...rest] = message.body.split('\n');
    const rawSubject = message.subject ?? first;
    const subject = parseSubject(rawSubject);
    const body = message.subject === undefined ? rest.join('\n').trim() : message.body;
    const envelope: Envelope = {
      subject: subject.text,
      rawSubject,
      tags: subject.tags,
      author: commit?.message.author ?? message.author,
      date: commit?.message.date ?? message.date,
      messageId: undefined,
      inReplyTo: undefined,
      references: [],
      from: undefined,
      to: undefined,
      cc: undefined,
      series: subject.series,
      commit: commit?.id,
      patchLine,
    };
    const { baseCommit, prerequisites, quotesPatch, quotedPaths } = remarks;
    const { trailers } = message;
    if (files.length > 0)
      found.patches.push({ ...envelope, body, trailers, baseCommit, prerequisites, isReply: false, files });
    else if (remarks.hunkLine !== undefined) problems.add(errors.orphanHunk(problems.place(remarks.hunkLine)));
    else if (quotesPatch)
      found.replies.push({ ...envelope, body, trailers, quotesPatch, quotedPaths: [...quotedPaths] });
  } while (!cursor.done);
}

function decodeWhole(part: TextPart): TextPart {
  const text = new TextDecoder('utf-8').decode(bytesOf(part.text.slice(part.start, part.end), true));
  return { text, start: 0, end: text.length, firstLine: part.firstLine };
}

/** Prose before a diff may come from elsewhere: the diff's own first line decides. */
function firstDiffLineEndsInCr(part: TextPart): boolean {
  const cursor = new LineCursor(part);
  for (let line = cursor.next(); line !== undefined; line = cursor.next()) {
    if (line.startsWith('diff -') || line.startsWith('--- ') || line.startsWith('@@ -')) return line.endsWith('\r');
  }
  return false;
}

function isCommitHeader(cursor: LineCursor): boolean {
  const line = cursor.peek();
  if (line === undefined || !/^commit [0-9a-f]{7,64}\b/.test(line.slice(0, 80))) return false;
  const mark = cursor.mark();
  cursor.skip();
  const is = ['Author: ', 'Author:\t', 'Merge: ', 'tree ', 'author '].some((prefix) => cursor.at(prefix));
  cursor.reset(mark);
  return is;
}

/** `commit …`, `Author:`, `Date:`, and the message, indented by four blanks. */
function readCommitHeader(cursor: LineCursor): { id: string; message: Message } | undefined {
  while (cursor.peek()?.trim() === '') cursor.skip();
  if (!isCommitHeader(cursor)) return undefined;
  const id = cursor.next()!.split(' ')[1]!;
  const fields = new Map<string, string>();
  for (let line = cursor.peek(); line !== undefined && line.trim() !== ''; line = cursor.peek()) {
    const m = /^([A-Za-z]+):?\s+(.*)/.exec(line.slice(0, 1000));
    if (!m || endsMessage(line)) break;
    if (!fields.has(m[1]!)) fields.set(m[1]!, m[2]!.trim());
    cursor.skip();
  }
  const firstLine = cursor.nearLine;
  const lines: string[] = [];
  for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
    if (line.trim() !== '' && !line.startsWith('    ')) break;
    lines.push(line.slice(4));
    cursor.skip();
  }
  const text = lines.join('\n');
  const message = readMessage(new LineCursor({ text, start: 0, end: text.length, firstLine }), noRemarks(), false);
  const author =
    message.author ?? parsePerson(fields.get('Author') ?? fields.get('author')?.replace(/ \d+ [+-]\d{4}$/, ''), false);
  return { id, message: { ...message, author, date: fields.get('Date') ?? fields.get('AuthorDate') } };
}
