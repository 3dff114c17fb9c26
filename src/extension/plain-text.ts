import type { MarkdownString } from 'vscode';

/**
 * Text of strangers in a hover: nothing of it is markup. Unlike with `appendText` alone its spaces stay spaces, so that lines
 * break between words.
 */
export function appendPlain(to: MarkdownString, text: string): MarkdownString {
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) to.appendMarkdown('  \n');
    // At the beginning of a line, `1. ` or `= ` would be markup.
    const [first = '', second, ...more] = line.split(' ');
    to.appendText(second === undefined ? first : `${first} ${second}`);
    for (const word of more) to.appendMarkdown(' ').appendText(word);
  }
  return to;
}
