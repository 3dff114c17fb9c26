import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Interner } from '../../../src/c/intern.ts';
import { tokenize } from '../../../src/c/tokenize.ts';

/** Flags with which the kernel's C is preprocessed here. */
export const GCC_FLAGS = ['-E', '-P', '-std=gnu11', '-O2', '-ffreestanding', '-nostdinc', '-fshort-wchar', '-fno-pie'];

export interface GccResult {
  /** Spellings of all tokens of the output. */
  readonly tokens: readonly string[];
  /** Lines of the input (of `main.c`) that gcc calls errors. */
  readonly errorLines: readonly number[];
  readonly stderr: string;
}

/** Whether gcc is here. In CI it must be. */
export function haveGcc(): boolean {
  const found = spawnSync('gcc', ['--version']).status === 0;
  if (!found && process.env['CI'] === 'true') throw new Error('gcc is missing');
  return found;
}

/** What `gcc -E` makes of `main.c` among `files` (paths relative to a directory that is its working directory and `-I include`). */
export function gccPreprocess(
  files: ReadonlyMap<string, string>,
  main: string,
  flags: readonly string[] = [],
): GccResult {
  const directory = mkdtempSync(join(tmpdir(), 'iomem-review-gcc-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const args = [...GCC_FLAGS, '-Iinclude', ...flags, main];
    const run = spawnSync('gcc', args, { cwd: directory, encoding: 'utf8', maxBuffer: 1 << 28 });
    const errorLines: number[] = [];
    for (const line of run.stderr.split('\n')) {
      const match = /^([^:]+):(\d+):\d+: (?:fatal )?error: /.exec(line);
      if (match?.[1] === main) errorLines.push(Number(match[2]));
    }
    return { tokens: spellings(run.stdout), errorLines, stderr: run.stderr };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The tokens of preprocessed text; lines that gcc leaves for later stages (`#pragma`) are dropped. */
export function spellings(text: string): string[] {
  const file = tokenize(text.replace(/^#.*$/gm, ''), new Interner());
  return [...file.texts];
}
