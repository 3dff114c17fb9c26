import { CodedError } from '../base/errors.ts';

/** The machine's catalogue. `M0xx`: what the machine cannot run; none of these is a finding about the code under review. */

/** M001: generated code of one function would pass the bound. */
export function functionTooLarge(name: string, bytes: number, limit: number): CodedError {
  return new CodedError(
    'M001',
    `function ${name} is too large for the machine: more than ${limit} bytes of code (${bytes} so far)`,
    undefined,
    'Split the function, or leave it out of the scenario.',
  );
}

/** M002: an expression nests deeper than the generator follows. */
export function expressionTooDeep(name: string, limit: number): CodedError {
  return new CodedError(
    'M002',
    `an expression in function ${name} nests deeper than ${limit} operations`,
    undefined,
    'Split the expression into several statements.',
  );
}

/** M003: the IR breaks a rule of src/c/ir.ts (our own fault, not the code's). */
export function malformedIr(name: string, what: string): CodedError {
  return new CodedError(
    'M003',
    `function ${name}: ${what}`,
    undefined,
    'This is a fault of the tool: please report it.',
  );
}

/** M004: the machine's memory cannot hold what the program or the budget asks for. */
export function memoryTooLarge(bytes: number, limit: number): CodedError {
  return new CodedError(
    'M004',
    `the machine would need ${bytes} bytes of memory for globals, heap and stacks; the bound is ${limit}`,
    undefined,
    'Lower the heap budget or drop large static arrays.',
  );
}

/** M005: too many threads. */
export function tooManyThreads(limit: number): CodedError {
  return new CodedError('M005', `more than ${limit} threads`, undefined, 'Use fewer threads in the scenario.');
}

/** M006: more statement sites than there are counters. */
export function tooManySites(limit: number): CodedError {
  return new CodedError(
    'M006',
    `more than ${limit} statements and loops in the functions executed`,
    undefined,
    undefined,
  );
}

/** M007: a snapshot of another machine, or a machine that was given back. */
export function wrongSnapshot(what: string): CodedError {
  return new CodedError('M007', what, undefined, 'This is a fault of the tool: please report it.');
}

/** M008: a frame larger than a thread's stack. */
export function frameTooLarge(name: string, bytes: number, limit: number): CodedError {
  return new CodedError(
    'M008',
    `the local variables of function ${name} take ${bytes} bytes; a thread's stack has ${limit}`,
    undefined,
    'Allocate large objects on the heap.',
  );
}

/** M009: spawn or another request that names no function of the program. */
export function noSuchFunction(index: number): CodedError {
  return new CodedError(
    'M009',
    `no function with index ${index}`,
    undefined,
    'This is a fault of the tool: please report it.',
  );
}
