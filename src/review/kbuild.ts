import type { SourceTree } from '../base/tree.ts';
import { makefilesOf } from '../c/preprocess/makefiles.ts';

/** Levels of directories looked at, and characters of one Makefile. */
const MAX_LEVELS = 12;
const MAX_CHARACTERS = 262_144;

/**
 * The options without which a file of the tree is not compiled at all, as its Makefiles say: `obj-$(CONFIG_X) += file.o`, and
 * the same of the directories around it. A file under review is one that is compiled.
 */
export function optionsOf(path: string, tree: SourceTree): ReadonlySet<string> {
  const options = new Set<string>();
  let object = path.replace(/\.[cS]$/, '.o');
  for (let level = 0; level < MAX_LEVELS && object.includes('/'); level++) {
    const slash = object.replace(/\/$/, '').lastIndexOf('/');
    const directory = object.slice(0, slash + 1);
    const name = object.slice(slash + 1);
    for (const file of ['Makefile', 'Kbuild']) {
      const text = tree.read(`${directory}${file}`);
      if (text !== undefined) collect(text.slice(0, MAX_CHARACTERS), name, options);
    }
    object = directory;
  }
  // A Makefile beside it may include its own: that is another way of being compiled.
  const own = path.slice(0, path.lastIndexOf('/') + 1);
  for (const { text, directory } of makefilesOf(path, (file) => tree.read(file)))
    if (directory !== own) collect(text, `${own.split('/').at(-2)}/Makefile`, options);
  return options;
}

/** `name` is an object (`file.o`) or a directory with its `/`. */
function collect(text: string, name: string, options: Set<string>): void {
  const lines = text.replace(/\\\n/g, ' ').split('\n');
  const guards = guardsOf(lines);
  const wanted = [name];
  // An object may be part of another one: `nouveau-$(CONFIG_X) += part.o`, `obj-$(CONFIG_Y) += nouveau.o`.
  for (let at = 0; at < wanted.length && at < 8; at++) {
    const isDirectory = wanted[at]!.endsWith('/');
    for (const [number, line] of lines.entries()) {
      if (!line.includes(wanted[at]!)) continue;
      const equals = line.startsWith('include ') ? 'include'.length : line.indexOf('=');
      if (equals < 0) continue;
      const words = line.slice(equals + 1).split(/\s+/);
      if (!words.some((word) => word === wanted[at] || (!isDirectory && word.endsWith(`/${wanted[at]}`)))) continue;
      for (const option of guards[number]!) options.add(option);
      const target = line
        .slice(0, equals)
        .replace(/[\s+:]+$/, '')
        .trim();
      const option = /\$\((CONFIG_\w+)\)/.exec(target)?.[1];
      if (option !== undefined) options.add(option);
      const composite = /^([\w-]+?)-(?:y|objs|m|\$\(CONFIG_\w+\))$/.exec(target)?.[1];
      if (composite !== undefined && !['obj', 'lib', 'subdir'].includes(composite)) wanted.push(`${composite}.o`);
    }
  }
}

/** For each line the options that `ifneq ($(CONFIG_X),)` and `ifdef CONFIG_X` around it ask for. */
function guardsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const open: (string | undefined)[] = [];
  return lines.map((line) => {
    const text = line.trim();
    if (/^ifn?(eq|def)\b/.test(text))
      open.push(/^(?:ifneq \(\$\((CONFIG_\w+)\), ?\)|ifdef (CONFIG_\w+))$/.exec(text)?.slice(1).find(Boolean));
    else if (/^else\b/.test(text)) open[open.length - 1] = undefined;
    else if (/^endif\b/.test(text)) open.pop();
    return open.slice(0, MAX_LEVELS).filter((option) => option !== undefined);
  });
}
