import { CodedError, type Place } from '../base/errors.ts';

/*
 * What the tokenizer and the preprocessor refuse: C001 to C199. Codes are stable. From C200 on see errors-parse.ts. A place is
 * the outermost macro use, where a reader would look.
 */

export const openComment = (place: Place) =>
  new CodedError('C001', 'this comment does not end', place, 'Add the missing `*/`.');
export const openLiteral = (place: Place, quote: string) =>
  new CodedError('C002', `the closing ${quote} is missing on this line`, place);

export const unknownDirective = (place: Place, name: string) =>
  new CodedError('C010', `unknown preprocessing directive #${clip(name)}`, place);
export const macroNameMissing = (place: Place, directive: string) =>
  new CodedError('C011', `#${directive} needs the name of a macro after it`, place);
export const badMacroName = (place: Place, name: string) =>
  new CodedError('C012', `${clip(name)} cannot be the name of a macro`, place);
export const badParameters = (place: Place, name: string, why: string) =>
  new CodedError('C013', `the parameter list of macro ${clip(name)} is malformed: ${why}`, place);
export const pasteAtEdge = (place: Place, name: string) =>
  new CodedError('C014', `## stands at the beginning or end of macro ${clip(name)}`, place);
export const hashWithoutParameter = (place: Place, name: string) =>
  new CodedError('C015', `# in the function-like macro ${clip(name)} is not followed by a parameter`, place);
export const badVaOpt = (place: Place, name: string, why: string) =>
  new CodedError('C016', `__VA_OPT__ in macro ${clip(name)}: ${why}`, place);

export const argumentCount = (place: Place, name: string, wanted: string, given: number) =>
  new CodedError(
    'C020',
    `macro ${clip(name)} takes ${wanted}, but ${given} ${given === 1 ? 'is' : 'are'} given`,
    place,
  );
export const openArguments = (place: Place, name: string) =>
  new CodedError('C021', `the argument list of macro ${clip(name)} does not end`, place, 'Add the missing `)`.');
export const badPaste = (place: Place, left: string, right: string) =>
  new CodedError('C022', `pasting ${clip(left)} and ${clip(right)} does not give one token`, place);

export const errorDirective = (place: Place, message: string) =>
  new CodedError(
    'C030',
    `#error ${clip(message, 300)}`,
    place,
    'The configuration (the macros defined for this machine) leads here; change it or the headers.',
  );
export const withoutIf = (place: Place, directive: string) =>
  new CodedError('C031', `#${directive} without #if`, place);
export const afterElse = (place: Place, directive: string) =>
  new CodedError('C032', `#${directive} after #else`, place);
export const openConditional = (place: Place) =>
  new CodedError('C033', 'this conditional does not end in its file', place, 'Add the missing `#endif`.');
export const badCondition = (place: Place, why: string) =>
  new CodedError('C034', `the condition cannot be evaluated: ${why}`, place);

export const badInclude = (place: Place) => new CodedError('C040', '#include needs "file" or <file> after it', place);
export const includeInArguments = (place: Place) =>
  new CodedError('C041', '#include inside the arguments of a macro', place);
export const unitNotFound = (path: string, where: string) =>
  new CodedError('C042', `there is no ${clip(path)} in the ${where}`, undefined, 'Check the path and the tree given.');

/** A bound against hostile input; `bound` is its name in `FrontEndLimits`. */
export const limitReached = (code: LimitCode, bound: string, limit: number, what: string, place?: Place) =>
  new CodedError(
    code,
    `${what}: more than ${limit} (bound \`${bound}\`)`,
    place,
    `Raise \`${bound}\` if this is meant.`,
  );
export type LimitCode = 'C100' | 'C101' | 'C102' | 'C103' | 'C104' | 'C105' | 'C106' | 'C107';
/** Which code stands for which bound. */
export const Limit = {
  tokens: 'C100',
  includeDepth: 'C101',
  macroDepth: 'C102',
  nesting: 'C103',
  sourceBytes: 'C104',
  lineLength: 'C105',
  errors: 'C106',
  locations: 'C107',
} as const satisfies Record<string, LimitCode>;

function clip(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
