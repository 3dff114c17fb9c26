import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { Interner } from '../../../src/c/intern.ts';
import type { PreprocessContext } from '../../../src/c/preprocess/types.ts';
import { tokenize } from '../../../src/c/tokenize.ts';

/** Flags with which the kernel's C is preprocessed here. */
const GCC_FLAGS = ['-E', '-P', '-std=gnu11', '-O2', '-ffreestanding', '-nostdinc', '-fshort-wchar', '-fno-pie'];

/**
 * What `gcc -E main` prints, run in a directory made of `files`, and what it says. With `at`, it runs in that folder instead
 * and finds the directory as `-I DIRECTORY/include`, after the folders that `flags` name.
 */
export function gccPreprocess(
  files: ReadonlyMap<string, string>,
  main: string,
  flags: readonly string[] = [],
  at?: string,
): { readonly text: string; readonly stderr: string } {
  const directory = mkdtempSync(join(tmpdir(), 'iomem-review-gcc-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const args = [...GCC_FLAGS, ...flags, ...(at ? [`-I${join(directory, 'include')}`] : []), main];
    const env = { ...process.env, LC_ALL: 'C' };
    const run = spawnSync('gcc', args, { cwd: at ?? directory, encoding: 'utf8', maxBuffer: 1 << 28, env });
    return { text: run.stdout, stderr: run.stderr };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The tokens of preprocessed text; lines that gcc leaves for later stages (`#pragma`) are dropped. */
export function spellings(text: string): readonly string[] {
  return tokenize(text.replace(/^#(?:pragma|ident|sccs)\b.*$/gm, ''), new Interner()).texts;
}

export interface GccCase {
  readonly tokens: readonly string[];
  /** gcc called something in it an error. */
  readonly failed: boolean;
}

/** What one run of gcc makes of many files, each read with the macros `names` undefined. */
export function gccCases(texts: readonly string[], names: readonly string[]): readonly GccCase[] {
  const files = new Map<string, string>();
  let main = '';
  texts.forEach((text, i) => {
    files.set(`case${i}.h`, text);
    main += `${names.map((name) => `#undef ${name}\n`).join('')}__case_begins__\n#include "case${i}.h"\n`;
  });
  files.set('main.c', main);
  const { text, stderr } = gccPreprocess(files, 'main.c', ['-I.']);
  const failed = new Set([...stderr.matchAll(/^case(\d+)\.h:\d+:(?:\d+:)? error/gm)].map((match) => Number(match[1])));
  const results: string[][] = [];
  for (const token of spellings(text)) {
    if (token === '__case_begins__') results.push([]);
    else results[results.length - 1]!.push(token);
  }
  return results.map((tokens, i) => ({ tokens, failed: failed.has(i) }));
}

export const X86_64 = { wordSize: 8, longLongAlign: 8, charSigned: true } as const;

const NOTHING = new MemoryTree(new Map());

/** Nothing around the unit. */
export const BARE: PreprocessContext = {
  tree: NOTHING,
  model: NOTHING,
  fromTree: [],
  defines: new Map(),
  target: X86_64,
};
