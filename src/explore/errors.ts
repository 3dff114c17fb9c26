import { CodedError } from '../base/errors.ts';

/** The catalogue of what can be wrong with schedules. */

export const badSchedule = (text: string, column: number): CodedError =>
  new CodedError(
    'E001',
    'this is no schedule',
    { file: '<schedule>', line: 1, column, text },
    'A schedule is a list like a5-b3.17-a9: thread letters in the order of their THREADs, each with a number of operations, perhaps of accesses after them, and ~ where the thread then begins to wait.',
  );

export const scheduleDoesNotFit = (index: number, thread: string, why: string): CodedError =>
  new CodedError(
    'E002',
    `the schedule does not fit this program: at its part ${index + 1} thread ${thread} ${why}`,
    undefined,
    'It was made for another scenario, tree, patch or version of the tool.',
  );
