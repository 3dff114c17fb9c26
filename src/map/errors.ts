import { CodedError } from '../base/errors.ts';

/** The catalogue of what can keep a map from being drawn. */

export const noMachine = (name: string): CodedError =>
  new CodedError(
    'A001',
    `${name} holds neither a tree of /proc/iomem nor SRAT or e820 lines of a kernel log`,
    undefined,
    'Give the output of: sudo cat /proc/iomem, or of: sudo dmesg.',
  );

export const notAReport = (name: string): CodedError =>
  new CodedError(
    'A002',
    `${name} is JSON, but no report`,
    undefined,
    'Make one with: iomem-review review --format json.',
  );

export const noScenario = (wanted: string | undefined, known: readonly string[]): CodedError =>
  new CodedError(
    'A003',
    wanted === undefined
      ? 'no scenario of this patch could be run: there is nothing to draw'
      : `there is no scenario “${wanted}”`,
    undefined,
    known.length > 0 ? `There are: ${known.slice(0, 40).join(', ')}${known.length > 40 ? ', …' : ''}.` : undefined,
  );
