import { mutated } from './mutate.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';

/** The input of one run: the same for the same target, seed and number, as long as the seeds stay the same. */
export const inputOf = (target: Target, seeds: readonly string[], seed: number, run: number): string =>
  mutated(seeds, target.shape, new Random(seed, run));

/** What is wrong with how an input was read; undefined where nothing is. */
export function failureOf(target: Target, input: string): Error | undefined {
  try {
    target.read(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Failures of one signature are taken for one fault: the kind of error and the first of our functions it came through. */
export function signatureOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /\/(src|test\/fuzz)\//.test(line));
  const at = frames
    .slice(0, 2)
    .map((line) => /at (?:new |async )?([\w#.<>]+)? ?\(?.*?\/((?:src|test)\/[^:)]+):(\d+)/.exec(line));
  const where = at.map((m) => (m ? `${m[1] ?? ''} ${m[2]}` : '?')).join(' < ');
  return `${error.name}: ${error.message
    .split('\n')[0]!
    .slice(0, 80)
    .replace(/[0-9a-f]{3,}|\d+/g, 'N')} in ${where}`;
}

/** Drops halves, quarters … of lines, then of characters, as long as `fails` holds; gives up after `tries`. */
export function minimised(input: string, fails: (input: string) => boolean, tries = 3000): string {
  let left = tries;
  const shrink = (parts: readonly string[]): readonly string[] => {
    let best = parts;
    for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < best.length && left > 0; ) {
        const without = [...best.slice(0, at), ...best.slice(at + size)];
        left--;
        if (fails(without.join(''))) best = without;
        else at += size;
      }
    }
    return best;
  };
  const byLine = shrink(input.split(/(?<=\n)/)).join('');
  return shrink(byLine.length > 4000 ? byLine.match(/[\s\S]{1,16}/g)! : [...byLine]).join('');
}
