import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { SourceTree } from '../base/tree.ts';
import { DiskTree } from '../disk-tree.ts';
import { withConfig } from '../review/config.ts';
import { textOfMachine } from '../review/machines.ts';
import { UsageError } from './usage.ts';

/** All control characters but the tab and the newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

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
  if (dir === undefined) return existsSync('kernel/resource.c') ? new DiskTree('.') : undefined;
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new UsageError(`--tree ${dir}: there is no such directory`);
  return new DiskTree(dir);
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
    if (existsSync(path) && statSync(path).isFile()) texts.set(name, textOfMachine(readInput(path)));
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

/** Writes what is no text. */
export function outputBytes(bytes: Uint8Array, out: string | undefined): void {
  if (out === undefined) process.stdout.write(bytes);
  else writeFileSync(out, bytes);
}

export { basename };
