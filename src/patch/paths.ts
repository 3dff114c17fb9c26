/** Names of files as diffs write them: quoting, leading components, what is safe. */

/** Longer names do not exist (PATH_MAX); also bounds the work on one header line. */
const LONGEST = 4096;

/** A C-quoted name (`"a/f\303\266\n.c"`) starting at `from`: its value, and the index after the closing quote. */
export function unquote(text: string, from: number): { value: string; end: number } | undefined {
  if (text.charCodeAt(from) !== 34) return undefined;
  const bytes: number[] = [];
  const limit = Math.min(text.length, from + 4 * LONGEST);
  for (let i = from + 1; i < limit; i++) {
    const c = text.charAt(i);
    if (c === '"') return { value: new TextDecoder('utf-8').decode(Uint8Array.from(bytes)), end: i + 1 };
    if (c !== '\\') {
      const code = text.codePointAt(i)!;
      if (code < 128) bytes.push(code);
      else {
        bytes.push(...new TextEncoder().encode(String.fromCodePoint(code)));
        if (code > 0xffff) i++;
      }
      continue;
    }
    const letter = text.charAt(++i);
    const simple = 'abtnvfr"\\'.indexOf(letter);
    if (letter !== '' && simple >= 0) {
      bytes.push([7, 8, 9, 10, 11, 12, 13, 34, 92][simple]!);
      continue;
    }
    const octal = text.slice(i, i + 3);
    if (!/^[0-3][0-7][0-7]$/.test(octal)) return undefined;
    bytes.push(Number.parseInt(octal, 8));
    i += 2;
  }
  return undefined;
}

/** The two names of `diff --git X Y`. Without quotes and with blanks in them only names that are the same are certain. */
export function splitGitNames(rest: string): { old: string; new: string } | undefined {
  if (rest.length > 4 * LONGEST) return undefined;
  const first = unquote(rest, 0);
  if (first) {
    if (rest.charAt(first.end) !== ' ') return undefined;
    const second = unquote(rest, first.end + 1);
    if (second) return second.end === rest.length ? { old: first.value, new: second.value } : undefined;
    return { old: first.value, new: rest.slice(first.end + 1) };
  }
  if (rest.startsWith('"')) return undefined;
  const quote = rest.indexOf(' "');
  if (quote > 0) {
    const second = unquote(rest, quote + 1);
    if (second && second.end === rest.length) return { old: rest.slice(0, quote), new: second.value };
  }
  const middle = (rest.length - 1) / 2;
  if (rest.charAt(middle) === ' ' && tail(rest.slice(0, middle)) === tail(rest.slice(middle + 1))) {
    return { old: rest.slice(0, middle), new: rest.slice(middle + 1) };
  }
  const blank = rest.indexOf(' ');
  if (blank > 0 && blank === rest.lastIndexOf(' ')) return { old: rest.slice(0, blank), new: rest.slice(blank + 1) };
  // Blanks in the names, and the names differ: the second starts at the first ` b/`, where that leaves one meaning.
  const b = rest.indexOf(' b/');
  if (rest.startsWith('a/') && b > 0 && b === rest.lastIndexOf(' b/'))
    return { old: rest.slice(0, b), new: rest.slice(b + 1) };
  return undefined;
}

/** The name of a `---` or `+++` line (after that mark), and whether its time stamp is that of a file that is not there. */
export function splitFileLine(rest: string): { name: string; epoch: boolean } {
  const q = unquote(rest, 0);
  const name = q ? q.value : rest;
  let stamp = q ? rest.slice(q.end).trim() : '';
  if (q) return { name, epoch: isEpoch(stamp) };
  const tab = rest.indexOf('\t');
  if (tab >= 0) {
    stamp = rest.slice(tab + 1).trim();
    return { name: rest.slice(0, tab).trimEnd(), epoch: isEpoch(stamp) };
  }
  // Blanks in place of the tab: a mailer's doing.
  const at = rest.slice(-64).search(/ +\d{4}-\d\d-\d\d \d\d:\d\d/);
  if (at >= 0) {
    const cut = Math.max(0, rest.length - 64) + at;
    return { name: rest.slice(0, cut).trimEnd(), epoch: isEpoch(rest.slice(cut).trim()) };
  }
  return { name: rest.trimEnd(), epoch: false };
}

function isEpoch(stamp: string): boolean {
  const m = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.0+)? ([+-]\d\d):?(\d\d)$/.exec(stamp.slice(0, 64));
  return m !== null && Date.parse(`${m[1]}T${m[2]}${m[3]}:${m[4]}`) === 0;
}

/** Everything after the first component. */
export function tail(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(slash + 1);
}

const NOWHERE = '/dev/null';
export const isNowhere = (name: string): boolean => name === NOWHERE;

/**
 * Takes the leading components off that stand for the two worlds (`a/` and `b/`, `i/` and `w/`, two directories). Names
 * that are the same on both sides have none, except where they start with `a/` and `b/` or nothing tells.
 */
export function stripPair(
  old: string | undefined,
  now: string | undefined,
): { old: string | undefined; new: string | undefined } {
  if (old !== undefined && now !== undefined) {
    if (old === now) return { old, new: now };
    const both = old.includes('/') && now.includes('/');
    return both ? { old: tail(old), new: tail(now) } : { old, new: now };
  }
  const only = old ?? now;
  if (only === undefined) return { old, new: now };
  const stripped = tail(only);
  return { old: old === undefined ? undefined : stripped, new: now === undefined ? undefined : stripped };
}

/** Why a path must not be used, or undefined for a safe one. */
export function unsafe(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > LONGEST) return 'is too long';
  if (path.startsWith('/') || path.startsWith('\\') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (path.includes('\0')) return 'holds a NUL byte';
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') return 'leaves the tree';
    if (part === '' || part === '.') return 'has an empty component';
    if (part.toLowerCase() === '.git') return 'lies in .git';
  }
  return undefined;
}

/** Of `resource.c.orig` and `resource.c` (or `resource.c~`, …) the latter; undefined where they differ otherwise. */
export function withoutBackup(old: string, now: string): string | undefined {
  for (const suffix of ['.orig', '.old', '~', '.bak']) {
    if (now === old + suffix) return old;
    if (old === now + suffix) return now;
  }
  return undefined;
}
