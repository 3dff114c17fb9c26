import { plural } from './format.ts';
import { type PatchedFile, shownAt } from './lines.ts';
import type { Finding } from './report.ts';

/*
 * Changed lines that the configuration leaves out: they stand under an `#ifdef CONFIG_…` whose other branch is compiled. Read off
 * the text, since what is left out is no code anywhere. A condition on anything but options is not judged.
 */

interface Group {
  /** As it is written: `#ifdef CONFIG_X`, `#else of #ifdef CONFIG_X`. */
  readonly told: string;
  readonly opener: string;
  /** Whether a branch before this one was taken; undefined: not known. */
  readonly taken: boolean | undefined;
  /** Whether this branch is compiled; undefined: not known. */
  readonly holds: boolean | undefined;
}

/** `value`: of an option, as a configuration has it. A finding for each run of neighbours under one condition. */
export function leftOut(
  files: Iterable<PatchedFile>,
  value: (option: string) => string | undefined,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    if (file.after === undefined || file.changed.after.length === 0 || !/\.[chS]$/.test(file.path)) continue;
    const outside = linesLeftOut(file.after, value);
    let last: { line: number; told: string; count: number; patchLine: number; first: number } | undefined;
    const flush = (): void => {
      if (!last) return;
      const { first: line, patchLine, told, count } = last;
      findings.push({
        id: `unexercised-change:${file.path}:after:${line}`,
        class: 'change',
        severity: 'info',
        rule: 'unexercised-change',
        message: `${plural(count, 'changed line')} under ${told}: the configuration that is executed leaves ${count === 1 ? 'it' : 'them'} out`,
        at: { file: file.path, line, world: 'after', ...shownAt(patchLine) },
        ...shownAt(patchLine),
        related: [],
        proof: { scenario: '', machine: '', world: 'after', steps: [], skipped: 0 },
        dependsOn: [],
        cases: [],
      });
      last = undefined;
    };
    for (const { line, patchLine } of file.changed.after) {
      const told = outside.get(line);
      if (told === undefined) continue;
      if (last && (last.told !== told || line > last.line + 3)) flush();
      if (last) {
        last.line = line;
        last.count++;
      } else last = { line, first: line, patchLine, told, count: 1 };
    }
    flush();
  }
  return findings;
}

/** Lines with code that are left out, with the condition that leaves them out. */
function linesLeftOut(text: string, value: (option: string) => string | undefined): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const groups: Group[] = [];
  let comment = false;
  let continued = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const { code, open } = withoutComments(raw, comment);
    comment = open;
    const directive = continued ? undefined : /^\s*#\s*(\w+)(.*)$/.exec(code);
    continued = code.endsWith('\\');
    if (directive) {
      const [, name = '', rest = ''] = directive;
      const told = `#${name} ${rest.trim()}`.trim();
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
        const holds = condition(name, rest.trim(), value);
        groups.push({ told, opener: told, taken: holds, holds });
      } else if (name === 'elif' || name === 'else') {
        const group = groups.pop();
        if (!group) continue;
        const own = name === 'else' ? true : condition('if', rest.trim(), value);
        const holds = group.taken === true ? false : group.taken === undefined || own === undefined ? undefined : own;
        const taken = group.taken === true || holds === true ? true : holds === undefined ? undefined : false;
        const shown = name === 'else' ? `the #else of ${group.opener}` : told;
        groups.push({ told: shown, opener: group.opener, taken, holds });
      } else if (name === 'endif') groups.pop();
      continue;
    }
    if (code.trim() === '') continue;
    const out = groups.find((g) => g.holds === false);
    if (out) found.set(index + 1, out.told);
  }
  return found;
}

/** The line without its comments; `open`: whether one goes on. Strings are no matter here: what is left is only looked at for being there. */
function withoutComments(line: string, inside: boolean): { readonly code: string; readonly open: boolean } {
  let code = '';
  let at = 0;
  let open = inside;
  while (at < line.length) {
    if (open) {
      const end = line.indexOf('*/', at);
      if (end < 0) return { code, open: true };
      open = false;
      at = end + 2;
      continue;
    }
    const from = line.indexOf('/*', at);
    const rest = line.indexOf('//', at);
    if (rest >= 0 && (from < 0 || rest < from)) return { code: code + line.slice(at, rest), open: false };
    if (from < 0) return { code: code + line.slice(at), open: false };
    code += line.slice(at, from);
    open = true;
    at = from + 2;
  }
  return { code, open };
}

/** Whether options make the condition hold: `CONFIG_A`, `defined(CONFIG_A)`, `IS_ENABLED(CONFIG_A)` with `!`, `&&` or `||`. */
function condition(name: string, text: string, value: (option: string) => string | undefined): boolean | undefined {
  const isSet = (option: string): boolean => (value(option) ?? 'n') !== 'n';
  if (name !== 'if') {
    const option = /^CONFIG_\w{1,100}$/.test(text) ? text : undefined;
    if (option === undefined) return undefined;
    // A module's option is defined under another name.
    const defined = isSet(option) && value(option) !== 'm';
    return name === 'ifdef' ? defined : !defined;
  }
  if (text === '0') return false;
  if (text === '1') return true;
  const all = text.includes('&&');
  if (text.length > 400 || (all && text.includes('||'))) return undefined;
  const parts = text.split(all ? '&&' : '||').map((part): boolean | undefined => {
    const [, not, kind, option = ''] =
      /^\s*(!?)\s*(defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE|IS_MODULE)\s*\(?\s*(CONFIG_\w{1,100})\s*\)?\s*$/.exec(
        part,
      ) ?? [];
    if (kind === undefined) return undefined;
    const v = value(option);
    const holds =
      kind === 'IS_MODULE'
        ? v === 'm'
        : kind === 'defined' || kind === 'IS_BUILTIN'
          ? isSet(option) && v !== 'm'
          : isSet(option);
    return not === '!' ? !holds : holds;
  });
  if (all) return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
  return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
}
