import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from '../support/kernels.ts';

const FACTS = join(import.meta.dirname, 'facts');

/** A scenario with its answers. */
export interface Fact {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** `EXPRESSION = VALUE`, in order. */
  readonly observed: readonly string[];
  /** Rules of the problems it meets. */
  readonly problems: readonly string[];
}

/** The facts of `facts/` with what one kernel answers: lines `// 6.1: …`, `// all: …`, `// 6.12, problem: …`. */
export function readFacts(version: Version): readonly Fact[] {
  return readdirSync(FACTS)
    .sort()
    .map((file) => {
      const text = readFileSync(join(FACTS, file), 'utf8');
      const lines = [...text.matchAll(/^\/\/ (all|6\.\d+)(, problem)?: (.*)$/gm)];
      const mine = lines.filter((m) => m[1] === 'all' || m[1] === version);
      return {
        name: file.replace(/\.c$/, ''),
        title: /^\/\/ title: (.*)$/m.exec(text)?.[1] ?? file,
        text,
        observed: mine.filter((m) => !m[2]).map((m) => m[3]!),
        problems: mine.filter((m) => m[2]).map((m) => m[3]!),
      };
    });
}
