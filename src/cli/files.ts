import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { SourceTree } from '../base/tree.ts';
import { withConfig } from '../review/config.ts';
import { UsageError } from './usage.ts';

/** All control characters but the tab and the newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** No source file of a kernel is near this size. */
const MAX_SOURCE = 16 << 20;

/** A directory as a tree. A path that leads outside, by `..` or by a symbolic link, is treated as absent. */
export function directoryTree(root: string): SourceTree {
  const base = realpathSync(root);
  return {
    read(path) {
      if (path === '' || path.startsWith('/') || path.split('/').includes('..') || path.includes('\0'))
        return undefined;
      try {
        const real = realpathSync(join(base, path));
        if (real !== base && !real.startsWith(base + sep)) return undefined;
        const stat = statSync(real);
        if (!stat.isFile() || stat.size > MAX_SOURCE) return undefined;
        return readFileSync(real, 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * The tree that was named, or the current directory where that is a kernel tree. `--config FILE` stands in for its `.config`;
 * throws where that cannot be read, or is for another architecture than `machine`.
 */
export function treeOption(
  dir: string | undefined,
  config?: { readonly file: string | undefined; readonly machine: string | undefined },
): SourceTree | undefined {
  const tree = namedTree(dir);
  if (config?.file === undefined) return tree;
  return withConfig(tree, { text: readText(config.file), name: config.file }, config.machine);
}

function namedTree(dir: string | undefined): SourceTree | undefined {
  if (dir === undefined) return existsSync('kernel/resource.c') ? directoryTree('.') : undefined;
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new UsageError(`--tree ${dir}: there is no such directory`);
  return directoryTree(dir);
}

export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const readText = (path: string): string => new TextDecoder().decode(readInput(path));

/** Texts of machines that scenarios and `--machine` name by path, read relative to the scenario (or the working directory). */
export function machineTexts(
  names: readonly string[],
  scenarios: readonly { readonly path: string; readonly text: string }[],
): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (name: string, base: string): void => {
    const path = resolve(base, name);
    if (existsSync(path) && statSync(path).isFile()) texts.set(name, readText(path));
  };
  for (const name of names) add(name, '.');
  for (const { path, text } of scenarios) {
    for (const match of text.slice(0, 4096).matchAll(/^\/\/\s?(?:machines?|dmesg):\s*(.*)$/gm)) {
      for (const name of match[1]!.replace(/\s+\(.*\)\s*$/, '').split(',')) add(name.trim(), dirname(path));
    }
  }
  return texts;
}

/**
 * Writes a result. A terminal gets control characters as U+FFFD: subjects and kernel messages come from strangers, and an
 * escape sequence must not reach it.
 */
export function output(text: string, out: string | undefined): void {
  if (out === undefined) process.stdout.write(process.stdout.isTTY ? text.replace(CONTROLS, '\ufffd') : text);
  else writeFileSync(out, text);
}

export { basename };
