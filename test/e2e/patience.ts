/*
 * Waiting for what a person would wait for. Nothing here or in the tests waits a fixed time for an effect, and no limit is one that a
 * machine several times slower than an idle one could reach: what does not come by then does not come.
 */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';

/** How long one effect may take, in milliseconds. */
export const patience = 120_000;
/** How long one test of several effects may take, in milliseconds: for Mocha. */
export const testLimit = 900_000;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until an assertion holds; one that never does fails as it did last. */
export async function eventually(assertion: () => Promise<void> | void): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await pause(50);
  }
}

/** Waits until an element's text is as it should be, and answers it. */
export async function reads(element: Locator, expected: RegExp): Promise<string> {
  let text = '';
  await eventually(async () => {
    text = (await element.textContent()) ?? '';
    assert.match(text, expected);
  });
  return text;
}

/**
 * Tries something again until it succeeds, each time with twice the time for it: for what an editor that is still busy may
 * undo, as taking the focus closes a list. A try may be made although the one before it had its effect late.
 */
export async function persist(what: string, attempt: (milliseconds: number) => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  for (let time = 3000; !(await attempt(time)); time *= 2)
    if (Date.now() > end) throw new Error(`In vain, again and again: ${what}`);
}

/** Whether an element comes into sight in time. */
export const isShown = (element: Locator, milliseconds: number): Promise<boolean> =>
  element
    .first()
    .waitFor({ timeout: milliseconds })
    .then(
      () => true,
      () => false,
    );
