/** Where an error is: a file (or `<patch>`), 1-based line and column, and the text of that line when it is at hand. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** The line itself, without its newline. Shown under the message with a caret. */
  readonly text?: string;
}

/**
 * An error a person can act on. Each room keeps a catalogue (`errors.ts`) with one factory for each code; nothing else
 * constructs these. The message says what happened; `place` says where; `hint` says what to do.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  /** Room letter and number, e.g. `P012`. Stable: documented, grepped for, never reused. */
  readonly code: string;
  readonly what: string;
  readonly place: Place | undefined;
  readonly hint: string | undefined;

  constructor(code: string, what: string, place?: Place, hint?: string) {
    super(format(code, what, place, hint));
    this.code = code;
    this.what = what;
    this.place = place;
    this.hint = hint;
  }
}

function format(code: string, what: string, place: Place | undefined, hint: string | undefined): string {
  const lines: string[] = [];
  const where = place ? `${place.file}:${place.line}${place.column === undefined ? '' : `:${place.column}`}: ` : '';
  lines.push(`${where}${what} [${code}]`);
  if (place?.text !== undefined) {
    lines.push(`    ${place.text}`);
    if (place.column !== undefined) {
      const before = place.text.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
      lines.push(`    ${before}^`);
    }
  }
  if (hint) lines.push(`  ${hint}`);
  return lines.join('\n');
}
