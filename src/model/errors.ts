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
    'A resource lies wholly inside its parent. It is left out with all below it.',
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

export const acpiTruncated = (place: Place, what: string, wanted: number, there: number): CodedError =>
  new CodedError(
    'D013',
    `${what} says it has ${wanted} bytes, of which ${there} are there`,
    place,
    'The rest of the table is left out. Take the whole table: /sys/firmware/acpi/tables, or acpidump. (The line is the number of the table.)',
  );

export const acpiChecksum = (place: Place, signature: string): CodedError =>
  new CodedError(
    'D014',
    `the bytes of ${signature} do not add up to 0`,
    place,
    'It was changed or damaged; it is read as it is.',
  );

export const sizeZero = (place: Place): CodedError =>
  new CodedError('D015', 'a range of firmware has no bytes', place, 'It is left out.');

export const badDumpLine = (place: Place): CodedError =>
  new CodedError(
    'D016',
    'this line of a dump cannot be read, or its offset does not follow the line before',
    place,
    'It is left out. Take the output of acpidump, xxd, hexdump -C or base64 as it is.',
  );

export const notLsmemLine = (place: Place): CodedError =>
  new CodedError(
    'D017',
    'a line of lsmem cannot be read',
    place,
    'Such a line begins “0x0000000000000000-0x00000000bfffffff”.',
  );

export const notJson = (place: Place, why: string): CodedError =>
  new CodedError('D018', `this is no JSON: ${why}`, place, 'A machine file is JSON (RFC 8259).');

export const badMachineField = (place: Place, path: string, wants: string): CodedError =>
  new CodedError('D019', `${path} wants ${wants}`, place, 'src/model/machine.schema.json describes a machine file.');

export const windowAcross = (name: string, other: string): CodedError =>
  new CodedError(
    'D020',
    `${name} lies only in part inside “${other}”`,
    undefined,
    'It is left out: ranges of different files contradict each other.',
  );

export const noMachineText = (name: string): CodedError =>
  new CodedError(
    'D021',
    `${name} holds no machine`,
    undefined,
    'Give a text of /proc/iomem, a kernel log, the output of lsmem, ACPI tables (SRAT, CEDT) or a machine file.',
  );

export const secondOfKind = (name: string, kind: string): CodedError =>
  new CodedError('D022', `${name} is a second ${kind}`, undefined, 'Give one of each; the first counts.');

export const badDefine = (text: string, wants: string): CodedError =>
  new CodedError(
    'D023',
    `“${text.slice(0, 100)}” is no definition: ${wants}`,
    undefined,
    'Write NAME=VALUE, e.g. MAX_PHYSMEM_BITS=47.',
  );

export const silentLog = (name: string): CodedError =>
  new CodedError(
    'D024',
    `the kernel log ${name} tells nothing of memory`,
    undefined,
    'What it says of memory stands at its beginning: take the whole log (dmesg, or journalctl -k), or add a text of /proc/iomem.',
  );

export const refusedWindow = (place: Place, what: string, start: bigint, end: bigint, why: string): CodedError =>
  new CodedError(
    'D025',
    `the window 0x${start.toString(16)}-0x${end.toString(16)} (${what}) is one that the kernel refuses: ${why}`,
    place,
    'It is left out, as the driver of CXL does.',
  );
