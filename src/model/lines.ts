/** What colours text on a terminal: `dmesg --color=always`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const colours = /\x1b\[[0-9;]{0,20}[A-Za-z]/g;

/** The lines of a text with their numbers from 1, without copying the text; `\n` ends them, `\r` before it and colours are left out. */
export function* linesOf(text: string): Generator<{ readonly text: string; readonly number: number }> {
  let number = 0;
  for (let from = 0; from < text.length; ) {
    let to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    number++;
    let end = to;
    // A serial console writes two of them.
    while (end > from && text.charCodeAt(end - 1) === 13) end--;
    const line = text.slice(from, end);
    yield { text: line.includes('\x1b') ? line.replace(colours, '') : line, number };
    from = to + 1;
  }
}
