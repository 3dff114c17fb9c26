import type { FilePatch, Hunk, HunkLine } from '../../patch/index.ts';

export interface ReplyComment {
  /** The line of the patch's text, 1-based, below which it stands; without one it is about the patch. */
  readonly patchLine?: number;
  /** Paragraphs to be wrapped; lines that begin with white space, `|` or `>` stay as they are. */
  readonly text: string;
}

export interface Quoted {
  /** Comments that stand at no line of the diff. */
  readonly general: readonly string[];
  readonly quoted: readonly string[];
}

/**
 * A diff quoted with `> `, comments unquoted below their lines. With a `context`, only files and hunks with comments are
 * quoted, that many lines above each; what is left out is `[...]`.
 */
export function quotedDiff(
  files: readonly FilePatch[],
  comments: readonly ReplyComment[],
  { context, width }: { readonly context?: number; readonly width: number },
): Quoted {
  const at = new Map<number, string[]>();
  for (const { patchLine, text } of comments) {
    if (patchLine === undefined) continue;
    const here = at.get(patchLine);
    if (here) here.push(text);
    else at.set(patchLine, [text]);
  }
  const used = new Set<string>();
  const out: string[] = [];
  const say = (texts: readonly string[]) => {
    for (const text of texts) {
      used.add(text);
      if (out.length > 0 && out.at(-1) !== '') out.push('');
      out.push(...wrap(text, width).split('\n'), '');
    }
  };
  for (const file of files) {
    const hunks = context === undefined ? file.hunks : file.hunks.filter((hunk) => hasComment(hunk, at));
    if (context !== undefined && hunks.length === 0) continue;
    out.push(...headerOf(file));
    for (const hunk of hunks) {
      out.push(quote(rangeOf(hunk)));
      say(hunk.patchLine === undefined ? [] : (at.get(hunk.patchLine) ?? []));
      let last = -1;
      const until = context === undefined ? hunk.lines.length - 1 : lastComment(hunk, at);
      for (let index = 0; index <= until; index++) {
        const line = hunk.lines[index]!;
        if (context !== undefined && !isNear(hunk, index, context, at)) continue;
        if (index > last + 1) out.push('> [...]');
        last = index;
        out.push(quote(line.kind + line.text));
        if (line.noNewline) out.push('> \\ No newline at end of file');
        say(commentsAt(line, at));
      }
    }
  }
  while (out.at(-1) === '') out.pop();
  return { general: comments.filter(({ text }) => !used.has(text)).map(({ text }) => text), quoted: out };
}

const commentsAt = (line: HunkLine, at: ReadonlyMap<number, readonly string[]>): readonly string[] =>
  line.patchLine === undefined ? [] : (at.get(line.patchLine) ?? []);

const hasComment = (hunk: Hunk, at: ReadonlyMap<number, readonly string[]>): boolean =>
  (hunk.patchLine !== undefined && at.has(hunk.patchLine)) || lastComment(hunk, at) >= 0;

const lastComment = (hunk: Hunk, at: ReadonlyMap<number, readonly string[]>): number =>
  hunk.lines.findLastIndex((line) => commentsAt(line, at).length > 0);

/** Whether a comment stands at this line or soon below it. */
function isNear(hunk: Hunk, index: number, context: number, at: ReadonlyMap<number, readonly string[]>): boolean {
  for (let k = index; k <= index + context && k < hunk.lines.length; k++)
    if (commentsAt(hunk.lines[k]!, at).length > 0) return true;
  return false;
}

/** White space at the end of a quoted line says nothing; tabs inside stay. */
const quote = (line: string): string => `> ${line}`.trimEnd();

function headerOf(file: FilePatch): readonly string[] {
  const old = file.oldPath === undefined ? '/dev/null' : `a/${file.oldPath}`;
  const now = file.newPath === undefined ? '/dev/null' : `b/${file.newPath}`;
  const names = [file.oldPath ?? file.newPath ?? '', file.newPath ?? file.oldPath ?? ''];
  return [`> diff --git a/${names[0]} b/${names[1]}`, `> --- ${old}`, `> +++ ${now}`];
}

function rangeOf({ oldStart, oldLines, newStart, newLines, section }: Hunk): string {
  const side = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);
  return `@@ -${side(oldStart, oldLines)} +${side(newStart, newLines)} @@ ${section}`;
}

/** Breaks long lines between words; lines that begin with white space, `|` or `>` are code or drawings and stay. */
export function wrap(text: string, width: number): string {
  const out: string[] = [];
  // Messages hold what the code under review prints: no control character of it goes into a mail.
  const clean = text.replaceAll('\r', '').replace(/(?![\t\n])\p{Cc}|\p{Cs}/gu, '\ufffd');
  for (const line of clean.trimEnd().split('\n')) {
    if (line.length <= width || /^[\s|>]/.test(line)) {
      out.push(line.trimEnd());
      continue;
    }
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > width) {
        out.push(current);
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
    out.push(current);
  }
  return out.join('\n');
}
