import type { FilePatch, PatchMail } from '../../patch/index.ts';
import { quotedDiff, type ReplyComment, wrap } from './quote.ts';

/** Columns of what we write; quoted lines and code are as long as they are. */
const WIDTH = 72;
/** Lines of a diff that are quoted above a comment, as b4 does it. */
const CONTEXT = 5;
/** References of a long thread: its beginning and its end are what threading needs. */
const MOST_REFERENCES = 20;
const MOST_ADDRESSES = 200;

export interface ReplyInput {
  readonly mail: Pick<
    PatchMail,
    'rawSubject' | 'author' | 'date' | 'messageId' | 'inReplyTo' | 'references' | 'from' | 'to' | 'cc'
  > & { readonly files: readonly FilePatch[] };
  readonly comments: readonly ReplyComment[];
  /** Of the one who answers, `Name <address>`. Without it git send-email puts its own. */
  readonly from?: string;
  /** Such as `Reviewed-by: Name <address>`: only what the reviewer asked for. */
  readonly trailers?: readonly string[];
}

/** An answer to a patch's mail, as kernel lists want it. */
export interface ReplyDraft {
  readonly subject: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly inReplyTo: string | undefined;
  /** Header and body (RFC 5322), lines end with LF. Without Date and Message-ID: those are made when it is sent. */
  readonly eml: string;
}

export function composeReply(input: ReplyInput): ReplyDraft {
  const { mail } = input;
  const subject = oneLine(/^re:/i.test(mail.rawSubject) ? mail.rawSubject : `Re: ${mail.rawSubject}`);
  const to = addresses(mail.from);
  const known = new Set(to.map(mailbox));
  const cc = [...addresses(mail.to), ...addresses(mail.cc)].filter((one) => {
    const box = mailbox(one);
    return !known.has(box) && known.add(box);
  });
  const inReplyTo = mail.messageId;
  const before = mail.references.length > 0 ? mail.references : mail.inReplyTo === undefined ? [] : [mail.inReplyTo];
  const thread = inReplyTo === undefined ? before : [...before.filter((id) => id !== inReplyTo), inReplyTo];
  const references = thread.length > MOST_REFERENCES ? [thread[0]!, ...thread.slice(1 - MOST_REFERENCES)] : thread;
  const header = [
    // First: an editor names what has no file by its first line.
    `Subject: ${headerText(subject)}`,
    ...(input.from === undefined ? [] : [`From: ${headerText(oneLine(input.from))}`]),
    ...folded('To', to),
    ...folded('Cc', cc),
    ...(inReplyTo === undefined ? [] : [`In-Reply-To: <${inReplyTo}>`]),
    ...(references.length === 0 ? [] : [`References: ${references.map((id) => `<${id}>`).join('\n ')}`]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  return { subject, to, cc, inReplyTo, eml: `${header.join('\n')}\n\n${bodyOf(input)}` };
}

function bodyOf({ mail, comments, trailers = [] }: ReplyInput): string {
  const who = oneLine(mail.author?.name || mail.author?.email || '');
  const when = oneLine(mail.date ?? '');
  const attribution = [when && `On ${when}`, `${who || 'the author'} wrote:`].filter(Boolean).join(', ');
  const { general, quoted } = quotedDiff(mail.files, comments, { context: CONTEXT, width: WIDTH });
  const parts = [...general.map((text) => wrap(text, WIDTH)), ...(quoted.length > 0 ? [quoted.join('\n')] : [])];
  const asked = trailers.map(oneLine).filter((line) => /^[A-Za-z][A-Za-z-]*: \S/.test(line));
  if (asked.length > 0) parts.push(asked.join('\n'));
  // What is said in general follows the attribution after an empty line, a quotation at once.
  const first = general.length > 0 || quoted.length === 0 ? '\n' : '';
  return `${attribution}\n${first}${parts.join('\n\n')}\n`;
}

/** The draft as an mbox of one mail: `From ` line, and body lines that begin so are escaped (mboxrd). */
export function replyMbox(draft: ReplyDraft): string {
  return `From iomem-review Mon Sep 17 00:00:00 2001\n${draft.eml.replace(/^(>*From )/gm, '>$1')}\n`;
}

/** The command that sends a draft which was saved: for a person to look at and to run. */
export function sendEmailCommand(draft: ReplyDraft, file: string): string {
  const options = [
    ...(draft.inReplyTo === undefined ? [] : [`--in-reply-to=${quoteShell(`<${draft.inReplyTo}>`)}`]),
    ...draft.to.map((one) => `--to=${quoteShell(one)}`),
    ...draft.cc.map((one) => `--cc=${quoteShell(one)}`),
  ];
  return ['git send-email', ...options, '--suppress-cc=all', quoteShell(file)].join(' ');
}

/** One word for a POSIX shell, whatever it holds; control characters are no part of addresses or names. */
function quoteShell(text: string): string {
  const clean = oneLine(text);
  return /^[\w@%+=:,./-]+$/.test(clean) && !clean.startsWith('-') ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/** The addresses of a field, each as it was written; commas inside quotes and brackets do not divide. */
function addresses(field: string | undefined): readonly string[] {
  if (field === undefined) return [];
  const found: string[] = [];
  let current = '';
  let quoted = false;
  let depth = 0;
  for (const char of `${oneLine(field)},`) {
    if (char === '"') quoted = !quoted;
    if (!quoted && char === '<') depth++;
    if (!quoted && char === '>') depth--;
    if (char === ',' && !quoted && depth <= 0) {
      if (current.includes('@')) found.push(current.trim());
      current = '';
      depth = 0;
      if (found.length >= MOST_ADDRESSES) break;
    } else current += char;
  }
  return found;
}

const mailbox = (address: string): string =>
  (/<([^<>]*)>\s*$/.exec(address)?.[1] ?? address).trim().toLocaleLowerCase('en');

/** One address on a line: a field may not be longer than 998 octets (RFC 5322, 2.1.1). */
const folded = (name: string, values: readonly string[]): readonly string[] =>
  values.length === 0 ? [] : [`${name}: ${values.map(headerText).join(',\n ')}`];

/** Text for a header: words beyond ASCII as encoded words (RFC 2047), each at most 75 characters. */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const bracket = /^(.*?)(\s*<[^<>]*>)$/.exec(text);
  if (bracket && /[^\x20-\x7e]/.test(bracket[1]!))
    return `${encodedWords(bracket[1]!.replace(/^"|"$/g, ''))}${bracket[2]!}`;
  return encodedWords(text);
}

function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const char of text) {
    const encoded = [...new TextEncoder().encode(char)]
      .map((byte) =>
        (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
          ? String.fromCharCode(byte)
          : byte === 32
            ? '_'
            : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      )
      .join('');
    if (word.length + encoded.length > 60) {
      words.push(word);
      word = '';
    }
    word += encoded;
  }
  return [...words, word].map((one) => `=?UTF-8?Q?${one}?=`).join('\n ');
}
