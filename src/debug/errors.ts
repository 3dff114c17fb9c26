import { CodedError } from '../base/errors.ts';

/* D001 to D099: what a debugging session refuses. */

export const noSuchPosition = (position: number, length: number) =>
  new CodedError('D001', `there is no step ${position}: the execution has ${length}`);
export const nothingRecorded = () =>
  new CodedError('D002', 'nothing was executed yet', undefined, 'Launch a scenario or the proof of a finding first.');
export const sideEffects = (what: string) =>
  new CodedError(
    'D003',
    `the expression ${what}: it would change the execution`,
    undefined,
    'Only what reads can be evaluated: variables, members, casts, arithmetic.',
  );
export const notReadable = (what: string) =>
  new CodedError('D004', `cannot be read here: ${what}`, undefined, 'It has no value yet, or points nowhere.');
export const badLaunch = (what: string) =>
  new CodedError('D005', what, undefined, 'See the launch configurations of “Iomem Review” in the README.');
export const threadCannotRun = (name: string, why: string) =>
  new CodedError('D006', `${name} cannot go on here: ${why}`, undefined, 'Step another thread.');
