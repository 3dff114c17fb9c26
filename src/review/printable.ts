const STEERING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text of strangers among ours, for terminals and editors: what would steer a terminal, end a line or reorder its letters is
 * shown as `\u001b`, `\u202e`. Tabs and line ends stay.
 */
export const printable = (text: string): string =>
  text.replace(STEERING, (c) =>
    c === '\n' || c === '\t' ? c : `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
