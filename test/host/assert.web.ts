// The part of node:assert/strict that the tests use, for the web extension host, which has no Node.

function fail(message: string | undefined, otherwise: string): never {
  throw new Error(message === undefined ? otherwise : `${message}: ${otherwise}`);
}
const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

const assert = {
  ok(value: unknown, message?: string): asserts value {
    if (!value) fail(message, `${show(value)} is not truthy`);
  },
  equal(actual: unknown, expected: unknown, message?: string): void {
    if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
  },
  notEqual(actual: unknown, expected: unknown, message?: string): void {
    if (Object.is(actual, expected)) fail(message, `${show(actual)} should differ`);
  },
  /** Of plain data and bytes. */
  deepEqual(actual: unknown, expected: unknown, message?: string): void {
    if (show(actual) !== show(expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
  },
  match(actual: string, expected: RegExp, message?: string): void {
    if (!expected.test(actual)) fail(message, `${show(actual)} does not match ${expected}`);
  },
};
export default assert;
