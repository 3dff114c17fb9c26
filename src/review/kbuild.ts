import type { SourceTree } from '../base/tree.ts';

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
  return options;
}

/** `name` is an object (`file.o`) or a directory with its `/`. */
function collect(text: string, name: string, options: Set<string>): void {
  const lines = text.replace(/\\\n/g, ' ').split('\n');
  const wanted = [name];
  // An object may be part of another one: `nouveau-$(CONFIG_X) += part.o`, `obj-$(CONFIG_Y) += nouveau.o`.
  for (let at = 0; at < wanted.length && at < 8; at++) {
    for (const line of lines) {
      const equals = line.indexOf('=');
      if (equals < 0 || !line.includes(wanted[at]!)) continue;
      if (
        !line
          .slice(equals + 1)
          .split(/\s+/)
          .includes(wanted[at]!)
      )
        continue;
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
