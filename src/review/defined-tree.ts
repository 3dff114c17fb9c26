import type { SourceTree } from '../base/tree.ts';
import type { Defines } from '../model/defines.ts';
import { nothingDefines } from './errors.ts';

/** A definition with its continuation lines; a macro with arguments is none. */
const definition = /^([ \t]*#[ \t]*define[ \t]+)(\w+)(?![\w(])((?:[^\n\\]|\\[^\n]|\\\n)*)/gm;

/**
 * A tree in which object-like macros have other values: wherever a file defines one of the names, its value is replaced, and
 * lines keep their numbers.
 */
export class DefinedTree implements SourceTree {
  readonly #tree: SourceTree;
  readonly #defines: Defines;
  readonly #found = new Set<string>();

  constructor(tree: SourceTree, defines: Defines) {
    this.#tree = tree;
    this.#defines = defines;
  }

  read(path: string): string | undefined {
    const text = this.#tree.read(path);
    if (text === undefined || !/\.[ch]$/.test(path)) return text;
    let any = false;
    for (const name of this.#defines.keys()) any ||= text.includes(name);
    if (!any) return text;
    return text.replace(definition, (whole: string, head: string, name: string, old: string) => {
      const value = this.#defines.get(name);
      if (value === undefined) return whole;
      this.#found.add(name);
      return `${head}${name} ${value}${'\n'.repeat(old.split('\n').length - 1)}`;
    });
  }

  /** Throws R050 where a name was defined in no file that was read: then nothing was changed. */
  assertFound(): void {
    for (const name of this.#defines.keys()) if (!this.#found.has(name)) throw nothingDefines(name);
  }
}
