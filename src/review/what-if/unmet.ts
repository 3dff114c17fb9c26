import type { SourceTree } from '../../base/tree.ts';
import type { ArchProfile } from '../../model/api.ts';

/*
 * What kconfig would no longer allow where options are turned off: `depends on` and the `if` blocks of the tree's mm/Kconfig, as
 * far as they are conjunctions. Documentation/kbuild/kconfig-language.rst.
 */

export const KCONFIG = 'mm/Kconfig';
const MAX_LINES = 20_000;

export interface Unmet {
  readonly option: string;
  /** The option that is off. */
  readonly needs: string;
  readonly line: number;
}

/** Options of the profile that depend on one in `off`, or on another that does, in the order of the file. */
export function unmetOptions(tree: SourceTree, profile: ArchProfile, off: readonly string[]): readonly Unmet[] {
  const dependencies = off.length === 0 ? [] : dependenciesOf(tree.read(KCONFIG) ?? '');
  const gone = new Set(off);
  const unmet: Unmet[] = [];
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const { option, needs, line } of dependencies) {
      if (gone.has(option) || !gone.has(needs) || profile.config.get(option) !== 'y') continue;
      gone.add(option);
      unmet.push({ option, needs, line });
    }
  }
  return unmet.sort((a, b) => a.line - b.line);
}

function dependenciesOf(text: string): readonly Unmet[] {
  const found: Unmet[] = [];
  const blocks: string[] = [];
  let option: string | undefined;
  for (const [index, raw] of text.split('\n', MAX_LINES).entries()) {
    const line = index + 1;
    const words = raw.slice(0, 400).trim();
    const begun = /^(?:menu)?config (\w+)$/.exec(words)?.[1];
    if (begun !== undefined) {
      option = `CONFIG_${begun}`;
      for (const block of blocks) for (const needs of wanted(block)) found.push({ option, needs, line });
    } else if (/^if\s/.test(raw)) blocks.push(words.slice(2));
    else if (/^endif\b/.test(raw)) blocks.pop();
    else if (/^(?:choice|endchoice|menu|endmenu|comment|source)\b/.test(words)) option = undefined;
    else if (option !== undefined && words.startsWith('depends on '))
      for (const needs of wanted(words.slice('depends on '.length))) found.push({ option, needs, line });
  }
  return found;
}

/** The options that an expression wants: of a conjunction each; others are not taken apart. */
function wanted(expression: string): readonly string[] {
  const parts = expression.split('&&').map((part) => part.trim());
  return parts.every((part) => /^!?\w+$/.test(part))
    ? parts.filter((part) => !part.startsWith('!')).map((part) => `CONFIG_${part}`)
    : [];
}
