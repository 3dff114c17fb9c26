import type { Place } from '../base/errors.ts';
import { CodedError } from '../base/errors.ts';
import type { Loc, LocationTable } from './token.ts';

/*
 * What the parser, the semantic checks, the lowering and the linker refuse: C200 to C299. Each factory takes the place
 * (see `placeOf`) first.
 */

/** Where a reader finds a token: its own place, or the outermost macro use it comes from, which is then named. */
export function placeOf(locations: LocationTable, loc: Loc): Place {
  const at = locations.presumed(loc);
  const text = locations.lineText(at.file, at.line);
  // A line nobody could read is left out rather than shown.
  const shown = text !== undefined && text.length <= 400;
  return { file: at.file, line: at.line, column: at.column, ...(shown && { text }) };
}

/** The macros that a token came out of, for the hint of an error. */
export function macroTrail(locations: LocationTable, loc: Loc): string | undefined {
  const { macros, file, line } = locations.spelling(loc);
  if (macros.length === 0) return undefined;
  const names = macros.slice(0, 4).map((macro) => macro.name);
  return `In the expansion of ${names.join(', in ')} (spelled at ${file}:${line}).`;
}

type P = Place | undefined;

/** What would have to be declared for an error to go away. */
export type Missing =
  | { readonly kind: 'name'; readonly name: string; readonly called: boolean }
  /** `type` as C writes it, with the tag of a struct or union that is incomplete. */
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'member'; readonly type: string; readonly name: string }
  /** The function is called in a way that its declaration does not allow. */
  | { readonly kind: 'prototype'; readonly name: string };
export class MissingDeclaration extends CodedError {
  readonly missing: Missing;
  constructor(missing: Missing, code: string, what: string, place: P, hint?: string) {
    super(code, what, place, hint);
    this.missing = missing;
  }
}

/** A call that does not fit: another declaration of the function may. */
export const otherPrototype = ({ code, what, place, hint }: CodedError, name: string) =>
  new MissingDeclaration({ kind: 'prototype', name }, code, what, place, hint);

export const expectedToken = (at: P, wanted: string, found: string) =>
  new CodedError('C200', `expected ${wanted}, found ${found}`, at);
export const expectedExpression = (at: P, found: string) =>
  new CodedError('C201', `expected an expression, found ${found}`, at);
export const expectedType = (at: P, found: string) =>
  new CodedError(
    'C202',
    `expected a declaration, found ${found}`,
    at,
    'If this is the name of a type or a macro, no header that was read declares it.',
  );
export const undeclared = (at: P, name: string, hint?: string, called = false) =>
  new MissingDeclaration(
    { kind: 'name', name, called },
    'C203',
    `'${name}' is not declared here`,
    at,
    hint ?? 'No header that was read declares it.',
  );
export const noMember = (at: P, type: string, name: string) =>
  new MissingDeclaration({ kind: 'member', type, name }, 'C204', `'${type}' has no member named '${name}'`, at);
export const incompleteType = (at: P, type: string, what: string) =>
  new MissingDeclaration(
    { kind: 'type', type },
    'C205',
    `${what} needs the size of '${type}', which is incomplete here`,
    at,
    'The struct is declared but no header that was read defines it.',
  );
export const notLvalue = (at: P, what: string) =>
  new CodedError('C206', `${what} needs an object that can be named`, at);
export const invalidOperands = (at: P, what: string, types: readonly string[]) =>
  new CodedError('C207', `${what} cannot be applied to ${types.map((t) => `'${t}'`).join(' and ')}`, at);
export const incompatible = (at: P, what: string, from: string, to: string) =>
  new CodedError('C208', `${what}: '${from}' does not convert to '${to}'`, at);
export const argumentCount = (at: P, name: string, wanted: string, given: number) =>
  new CodedError('C209', `${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, but ${given} given`, at);
export const notConstant = (at: P, what: string) => new CodedError('C210', `${what} must be a constant`, at);
export const redefined = (at: P, name: string, where: string) =>
  new CodedError('C211', `'${name}' is defined a second time`, at, `It was first defined at ${where}.`);
export const conflicting = (at: P, name: string, now: string, before: string, where: string) =>
  new CodedError('C212', `'${name}' is declared as '${now}' but was '${before}'`, at, `First declared at ${where}.`);
export const badNumber = (at: P, text: string, why: string) =>
  new CodedError('C213', `bad number '${text}': ${why}`, at);
export const badText = (at: P, what: string) => new CodedError('C214', what, at);
export const unsupported = (at: P, what: string, why: string) => new CodedError('C215', what, at, why);
export const tooDeep = (at: P, limit: number) =>
  new CodedError(
    'C216',
    `nested deeper than the limit 'nesting' of ${limit}`,
    at,
    'Split the expression or declaration.',
  );
export const badLabel = (at: P, what: string) => new CodedError('C217', what, at);
export const assertionFailed = (at: P, message: string) =>
  new CodedError('C218', `static assertion failed${message ? `: ${message}` : ''}`, at);
export const badCase = (at: P, what: string) => new CodedError('C219', what, at);
export const badBitField = (at: P, what: string) => new CodedError('C220', what, at);
export const tooLarge = (at: P, what: string, limit: string) =>
  new CodedError(
    'C221',
    `${what} is larger than ${limit}`,
    at,
    'Such sizes are refused to bound the memory of a review.',
  );
export const notFunction = (at: P, type: string) => new CodedError('C222', `'${type}' cannot be called`, at);
export const misplaced = (at: P, what: string, needs: string) =>
  new CodedError('C223', `'${what}' outside of ${needs}`, at);
export const readOnly = (at: P, what: string) => new CodedError('C224', `${what} is const and cannot be changed`, at);
export const badArray = (at: P, what: string) => new CodedError('C225', what, at);
export const badAttribute = (at: P, what: string) => new CodedError('C226', what, at);
export const linkMismatch = (at: P, name: string, here: string, there: string, where: string) =>
  new CodedError(
    'C227',
    `'${name}' is used as '${here}' but defined as '${there}'`,
    at,
    `The definition that is linked stands at ${where}.`,
  );
export const excessInitializer = (at: P, type: string) =>
  new CodedError('C228', `more initialisers than '${type}' has elements`, at);
export const badInitializer = (at: P, what: string) => new CodedError('C229', what, at);
export const multiplyDefined = (at: P, name: string, where: string) =>
  new CodedError(
    'C230',
    `'${name}' is defined in two units`,
    at,
    `The other definition stands at ${where}; it is used.`,
  );
export const badDeclaration = (at: P, what: string) => new CodedError('C231', what, at);
export const badGeneric = (at: P, what: string) => new CodedError('C232', what, at);
export const voidValue = (at: P, what: string) => new CodedError('C233', `${what} has no value (void)`, at);
export const badReturn = (at: P, what: string) => new CodedError('C234', what, at);
export const tooManyErrors = (at: P, limit: number) =>
  new CodedError('C236', `more than ${limit} declarations are wrong: the rest of the unit is not read`, at);
export const functionTooLarge = (at: P, limit: number) =>
  new CodedError('C237', `the function needs more than ${limit} instructions`, at, 'Split the function.');
export const tooManyElements = (at: P, limit: number) =>
  new CodedError('C235', `the initialisers of this unit store more than ${limit} elements`, at);
