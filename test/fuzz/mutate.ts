import type { Random } from './random.ts';

/** What a format is made of, for mutations that keep its shape. */
export interface Shape {
  /** Words of the format that are put in. */
  readonly words: readonly string[];
  /** Whether its brackets group: such groups are repeated, nested, dropped and exchanged as wholes. */
  readonly brackets?: boolean;
}

/** Where counting goes wrong. */
const NUMBERS = [
  ...['0', '1', '-1', '2', '7', '8', '63', '64', '127', '255', '256', '65535', '4294967295', '4294967296'],
  ...['2147483647', '2147483648', '9007199254740993', '9223372036854775807', '18446744073709551615'],
  ...['18446744073709551616', '99999999999999999999', '0x', '0xffffffffffffffff', '08', '1e9', '00000000', 'ffffffff'],
];
/** What trips readers of text. */
const ODD = [
  ...['\0', '\r', '\r\n', '\n', '\n\n', '\t', '\v', '\f', ' ', '\u00a0', '\u2028', '\ufeff', '\ud800', '\udc00', '💥'],
  ...['\x7f', '\x1b[31m', '\u202e', 'ÿ', 'é', '\\', '\\\n', '"', "'", '`', '$(', '${', '../', '%s', '<img onerror>'],
];
/** Longest input, in characters, that a mutation may make. */
const LONGEST = 200_000;
const OPENING = '([{';
const CLOSING = ')]}';

type Mutation = (text: string, random: Random, other: string, shape: Shape) => string;

const splice = (text: string, at: number, length: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + length);

/** The line around `at`, with its newline. */
function lineAt(text: string, at: number): [number, number] {
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const newline = text.indexOf('\n', at);
  return [start, newline < 0 ? text.length : newline + 1];
}
/** A few whole lines. */
function lines(text: string, random: Random): [number, number] {
  const [start, first] = lineAt(text, random.below(text.length));
  let end = first;
  for (let more = random.skewed(32); more > 0 && end < text.length; more--) end = lineAt(text, end)[1];
  return [start, end];
}
/** The bracketed group that opens next behind a random place, with its brackets. */
function group(text: string, random: Random): [number, number] | undefined {
  const from = random.below(text.length);
  for (let at = from; at < Math.min(text.length, from + 2000); at++) {
    if (!OPENING.includes(text[at]!)) continue;
    let depth = 0;
    for (let end = at; end < Math.min(text.length, at + 5000); end++) {
      if (OPENING.includes(text[end]!)) depth++;
      else if (CLOSING.includes(text[end]!) && --depth === 0) return [at, end + 1];
    }
    return undefined;
  }
  return undefined;
}
/** The next match of `pattern` behind a random place. */
function next(text: string, random: Random, pattern: RegExp): [number, number] | undefined {
  pattern.lastIndex = random.below(text.length);
  const match = pattern.exec(text);
  return match ? [match.index, match.index + match[0].length] : undefined;
}

const bytes: readonly Mutation[] = [
  (text, random) => splice(text, random.below(text.length), random.skewed(64), ''),
  (text, random) => splice(text, random.below(text.length), 1, String.fromCharCode(random.below(256))),
  (text, random) => {
    const at = random.below(text.length);
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))));
  },
  (text, random) => splice(text, random.below(text.length), random.below(3), random.pick(ODD)),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random, other) => {
    const from = random.below(other.length);
    return splice(text, random.below(text.length), random.skewed(64), other.slice(from, from + random.skewed(512)));
  },
  (text, random) => {
    const from = random.below(text.length);
    const part = text.slice(from, from + 1 + random.skewed(64));
    return splice(text, from, 0, part.repeat(1 + random.skewed(256)));
  },
];

const structured: readonly Mutation[] = [
  // Whole lines: drop, repeat, move, exchange with another input's.
  (text, random) => {
    const [start, end] = lines(text, random);
    return splice(text, start, end - start, '');
  },
  (text, random) => {
    const [start, end] = lines(text, random);
    return splice(text, end, 0, text.slice(start, end).repeat(1 + random.skewed(64)));
  },
  (text, random) => {
    const [start, end] = lines(text, random);
    const rest = splice(text, start, end - start, '');
    return splice(rest, lineAt(rest, random.below(rest.length))[0], 0, text.slice(start, end));
  },
  (text, random, other) => {
    const [start, end] = lines(text, random);
    const [from, to] = lines(other, random);
    return splice(text, start, random.once(2) ? end - start : 0, other.slice(from, to));
  },
  // Words and numbers.
  (text, random, _, { words }) => {
    const word = next(text, random, /\w+|[^\s\w]/g);
    return word ? splice(text, word[0], word[1] - word[0], random.pick(words)) : text + random.pick(words);
  },
  (text, random, _, { words }) => splice(text, random.below(text.length), 0, random.pick(words)),
  (text, random) => {
    const number = next(text, random, /\d[\da-fA-Fx]*/g);
    return number ? splice(text, number[0], number[1] - number[0], random.pick(NUMBERS)) : text;
  },
  (text, random) => {
    const [one, two] = [next(text, random, /\w+/g), next(text, random, /\w+/g)];
    return one && two ? splice(text, one[0], one[1] - one[0], text.slice(...two)) : text;
  },
];

const nested: readonly Mutation[] = [
  (text, random) => {
    const at = group(text, random);
    return at ? splice(text, at[0], at[1] - at[0], random.once(2) ? '' : text.slice(at[0] + 1, at[1] - 1)) : text;
  },
  (text, random) => {
    const [one, two] = [group(text, random), group(text, random)];
    return one && two ? splice(text, one[0], one[1] - one[0], text.slice(...two)) : text;
  },
  (text, random) => {
    const at = group(text, random);
    if (!at) return text;
    const times = random.skewed(400);
    const inside = text.slice(at[0], at[1]);
    return splice(text, at[0], at[1] - at[0], inside[0]!.repeat(times) + inside + inside.at(-1)!.repeat(times));
  },
  (text, random, other) => {
    const [one, two] = [group(text, random), group(other, random)];
    return one && two ? splice(text, one[0], one[1] - one[0], other.slice(...two)) : text;
  },
];

/** One input: a seed, changed a few times. The same numbers give the same input. */
export function mutated(seeds: readonly string[], shape: Shape, random: Random): string {
  const all = [bytes, structured, structured, ...(shape.brackets ? [nested] : [])];
  let text = random.pick(seeds);
  for (let changes = 1 + random.skewed(12); changes > 0; changes--) {
    text = random.pick(random.pick(all))(text, random, random.pick(seeds), shape).slice(0, LONGEST);
  }
  return text;
}
