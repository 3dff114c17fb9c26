/*
 * The catalogue of this room's errors. Codes are stable: documented, grepped for, never reused.
 * P0xx: the envelope; P1xx: the diff; P2xx: applying; P3xx: said, though nothing failed.
 */
import { CodedError, type Place } from '../base/errors.ts';

const SHOWN = 200;
/** A line for a message: a hostile one may have a hundred million characters. */
export const shown = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
const quoted = (text: string | undefined): string => (text === undefined ? 'the end of the file' : `"${shown(text)}"`);
const lines = (n: number): string => (n === 1 ? '1 line' : `${n} lines`);

export const tooLarge = (place: Place, size: number, limit: number) =>
  new CodedError(
    'P001',
    `the input has ${size} characters, the limit is ${limit}`,
    place,
    'Give the patches one by one.',
  );
export const noPatch = (place: Place) =>
  new CodedError(
    'P002',
    'there is no patch in this text',
    place,
    'Give a unified diff, a mail of git format-patch, or an mbox.',
  );
export const onlyReply = (place: Place) =>
  new CodedError('P003', 'this mail quotes a patch but brings none', place, 'Give the patch that it answers.');
export const onlyHtml = (place: Place) =>
  new CodedError('P004', 'this mail has an HTML part only', place, 'Ask for the patch as plain text.');
export const badCharset = (place: Place, charset: string) =>
  new CodedError('P005', `the character set "${shown(charset)}" is not known; read as UTF-8`, place);
export const badBase64 = (place: Place) =>
  new CodedError('P006', 'this part says base64 but holds other characters', place, 'The mail was damaged on its way.');
export const unclosedMultipart = (place: Place, boundary: string) =>
  new CodedError(
    'P007',
    `the multipart boundary "${shown(boundary)}" is never found`,
    place,
    'The mail was cut or its header changed.',
  );
export const nestedTooDeep = (place: Place, depth: number) =>
  new CodedError('P008', `parts of the mail are nested more than ${depth} deep`, place);
export const headerTooLong = (place: Place, limit: number) =>
  new CodedError('P009', `the mail's header has more than ${limit} characters`, place);
export const missingInSeries = (place: Place, version: number, missing: readonly number[], of: number) =>
  new CodedError(
    'P010',
    `version ${version} of the series lacks ${list(missing)} of ${of}`,
    place,
    'Give all mails of the series, e.g. with b4 am.',
  );
export const twiceInSeries = (place: Place, version: number, number: number, of: number) =>
  new CodedError('P011', `version ${version} of the series has ${number}/${of} more than once`, place);
export const moreProblems = (place: Place, count: number) =>
  new CodedError('P012', `${count} further problems are not shown`, place);
export const nulByte = (place: Place) =>
  new CodedError(
    'P013',
    'a NUL byte',
    place,
    'A patch is text. UTF-16 without its mark reads like this: save it as UTF-8.',
  );

export const badHunkHeader = (place: Place) =>
  new CodedError('P101', 'this is not a hunk header', place, 'It must read "@@ -line,count +line,count @@".');
export const truncatedHunk = (
  place: Place,
  oldLeft: number,
  newLeft: number,
  header: number | undefined,
  atEnd: boolean,
) => {
  const left = [
    ...(oldLeft > 0 ? [`${lines(oldLeft)} more of the old file`] : []),
    ...(newLeft > 0 ? [`${lines(newLeft)} more of the new file`] : []),
  ];
  return new CodedError(
    'P102',
    `the hunk${header === undefined ? '' : ` of line ${header}`} ends here, but its header counts ${left.join(' and ')}`,
    place,
    atEnd
      ? 'The patch was cut, or its counts are wrong.'
      : 'The counts are wrong, or a mailer wrapped or damaged a line.',
  );
};
export const linesAfterHunk = (place: Place, header: number | undefined) =>
  new CodedError(
    'P103',
    `a line of a diff after the last one that the hunk${header === undefined ? '' : ` of line ${header}`} counts`,
    place,
    'The counts in the hunk header are too small.',
  );
export const secondFileInHunk = (place: Place, header: number | undefined) =>
  new CodedError(
    'P104',
    `a second file starts inside the hunk${header === undefined ? '' : ` of line ${header}`}`,
    place,
    'The counts in the hunk header are too large.',
  );
export const orphanHunk = (place: Place) =>
  new CodedError('P105', 'a hunk without a file', place, 'The lines "--- a/file" and "+++ b/file" must come first.');
export const noHunks = (place: Place) => new CodedError('P106', 'a file without a hunk', place, 'The patch was cut.');
export const unsafePath = (place: Place, path: string, why: string) =>
  new CodedError('P107', `the path "${shown(path)}" ${why}`, place, 'A patch may only name files inside the tree.');
export const badFileHeader = (place: Place) =>
  new CodedError('P108', 'the names of the file cannot be read', place, 'It must read "diff --git a/file b/file".');
export const combinedDiff = (place: Place) =>
  new CodedError(
    'P109',
    'a combined diff of a merge cannot be applied',
    place,
    'Make it with git show -m --first-parent.',
  );
export const namesDisagree = (place: Place, said: string, before: string) =>
  new CodedError('P110', `the file is named "${shown(said)}" here, but "${shown(before)}" before`, place);
export const emptyHunk = (place: Place) =>
  new CodedError('P111', 'a hunk that changes nothing', place, 'The patch was cut or edited.');

export interface Mismatch {
  readonly path: string;
  readonly sourceLine: number;
  readonly expected: string;
  readonly found: string | undefined;
}
export const hunkFails = (place: Place, m: Mismatch, nearest: string | undefined) =>
  new CodedError(
    'P201',
    `the hunk does not apply to ${m.path}: line ${m.sourceLine} should be ${quoted(m.expected)}, but there is ${quoted(m.found)}`,
    place,
    nearest ?? 'Nothing in the file resembles it.',
  );
export const resembles = (line: number, equal: number, of: number, at: Mismatch): string =>
  `The place that resembles it most is line ${line}: ${equal} of ${of} lines are the same; the first difference is line ${at.sourceLine}: ${quoted(at.found)}.`;
export const sameLines = (equal: number, of: number): string =>
  `${equal} of the ${of} lines that the hunk expects stand there.`;
export const anchorFails = (place: Place, path: string, where: 'start' | 'end', line: number) =>
  new CodedError(
    'P202',
    `the hunk must match at the ${where} of ${path}; its lines stand at line ${line}`,
    place,
    `It has no context ${where === 'start' ? 'before' : 'after'} its change, so it belongs to the ${where} of the file. The patch is made for another state of the file.`,
  );
export const noSuchFile = (place: Place, path: string) =>
  new CodedError('P203', `${path} is not in the tree`, place, 'Is this the right tree and the right version?');
export const fileExists = (place: Place, path: string) =>
  new CodedError('P204', `${path} is to be made, but the tree has it already`, place);
export const leavesContents = (place: Place, path: string) =>
  new CodedError(
    'P205',
    `${path} is to be deleted, but contents would remain`,
    place,
    'The patch is made for another state of the file.',
  );
export const searchGivenUp = (place: Place, path: string) =>
  new CodedError(
    'P206',
    `the search for this hunk's place in ${path} was given up: the file repeats itself too much`,
    place,
  );
export const newlineFails = (place: Place, path: string, has: boolean) =>
  new CodedError(
    'P207',
    `the hunk says that ${path} ends ${has ? 'without' : 'with'} a newline, but it ends ${has ? 'with' : 'without'} one`,
    place,
  );
export const overlaps = (place: Place, path: string, line: number) =>
  new CodedError(
    'P208',
    `the hunk fits ${path} only at line ${line}, where another hunk of the patch already is`,
    place,
  );

export const reverseFound = (place: Place) =>
  new CodedError('P301', 'the tree already has this patch: before is the tree without it', place);
export const withFuzz = (place: Place, path: string, line: number, fuzz: number) =>
  new CodedError(
    'P302',
    `the hunk was applied to ${path} at line ${line} with fuzz ${fuzz}: its outer context differs`,
    place,
    'Check that this is the right place.',
  );
export const binaryNotApplied = (place: Place, path: string) =>
  new CodedError('P303', `${path} is binary: named, not applied`, place);
export const specialNotApplied = (place: Place, path: string, what: string) =>
  new CodedError('P304', `${path} is ${what}: named, not applied`, place);
export const endingsChanged = (place: Place, path: string, tree: 'crlf' | 'lf') =>
  new CodedError(
    'P305',
    `${path} has ${tree === 'crlf' ? 'CR LF' : 'LF'} line endings, unlike the patch: compared without them`,
    place,
  );
export const otherDepth = (place: Place, said: string, path: string) =>
  new CodedError('P306', `the patch names ${said}; taken as ${path} of the tree`, place);

function list(numbers: readonly number[]): string {
  const few = numbers.slice(0, 10).join(', ');
  return numbers.length > 10 ? `${few} and ${numbers.length - 10} more` : few;
}
