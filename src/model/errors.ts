import { CodedError, type Place } from '../base/errors.ts';

/** The catalogue of what can be wrong with a machine's description. */

export const notIomemLine = (place: Place): CodedError =>
  new CodedError(
    'D001',
    'this is no line of /proc/iomem',
    place,
    'Such a line reads “00100000-3fffffff : System RAM”, indented by its depth. It is left out.',
  );

export const endBeforeStart = (place: Place): CodedError =>
  new CodedError('D002', 'the range ends before it starts', place, 'Ends are inclusive. The line is left out.');

export const allZero = (place: Place): CodedError =>
  new CodedError(
    'D003',
    'all addresses are zero: the file was read without privileges',
    place,
    'Read it again as root: sudo cat /proc/iomem.',
  );

export const emptyText = (name: string): CodedError =>
  new CodedError(
    'D004',
    `${name} holds no line of /proc/iomem`,
    undefined,
    'Give the output of: sudo cat /proc/iomem.',
  );

export const outsideParent = (place: Place, parent: string): CodedError =>
  new CodedError(
    'D005',
    `the range lies only in part inside “${parent}”, below which it is indented`,
    place,
    'A resource lies wholly inside its parent.',
  );

export const tooManyLines = (place: Place, limit: number): CodedError =>
  new CodedError('D006', `the text has more than ${limit} lines`, place, 'The rest is left out.');

export const overlapsNeighbour = (place: Place, neighbour: string, line: number): CodedError =>
  new CodedError(
    'D007',
    `the range overlaps “${neighbour}” of line ${line}, and neither lies below the other`,
    place,
    'It is left out with all below it. Where a text holds several listings, the first one counts.',
  );

export const moreProblems = (count: number): CodedError =>
  new CodedError(
    'D008',
    `there are ${count} more problems of this kind`,
    undefined,
    'Mend the first ones and read again.',
  );

export const notKernelLogLine = (place: Place, what: string): CodedError =>
  new CodedError('D009', `a line of ${what} cannot be read`, place, 'It is left out.');

export const badConfigLine = (place: Place): CodedError =>
  new CodedError(
    'D010',
    'this is no line of a kernel configuration',
    place,
    'kconfig writes `CONFIG_X=value`, `# CONFIG_X is not set` and comments.',
  );

export const badConfigValue = (place: Place, option: string): CodedError =>
  new CodedError(
    'D011',
    `the value of ${option.slice(0, 80)} has no type`,
    place,
    'Values are y, m, n, a number, or a string in double quotes.',
  );

export const configTooLong = (name: string, limit: number): CodedError =>
  new CodedError('D012', `the configuration ${name} is longer than ${limit} characters`);
