/** The lines of a text with their numbers from 1, without copying the text; `\n` and `\r\n` end them. */
export function* linesOf(text: string): Generator<{ readonly text: string; readonly number: number }> {
  let number = 0;
  for (let from = 0; from < text.length; ) {
    let to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    number++;
    yield { text: text.slice(from, text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to), number };
    from = to + 1;
  }
}
