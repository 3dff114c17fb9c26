import type { CompileInput } from '../api.ts';
import type { SourceFile, SourceManager } from '../source.ts';

/** Architecture directories by the macro that their compiler predefines. */
const ARCH_OF_MACRO: readonly (readonly [macro: string, directory: string])[] = [
  ['__x86_64__', 'x86'],
  ['__i386__', 'x86'],
  ['__aarch64__', 'arm64'],
  ['__arm__', 'arm'],
  ['__riscv', 'riscv'],
  ['__powerpc__', 'powerpc'],
  ['__s390__', 's390'],
  ['__loongarch__', 'loongarch'],
  ['__mips__', 'mips'],
  ['__sparc__', 'sparc'],
];

/** The directory under `arch/` that the predefined macros speak of. */
export function archDirectory(defines: ReadonlyMap<string, string>): string | undefined {
  return ARCH_OF_MACRO.find(([macro]) => defines.has(macro))?.[1];
}

type Candidate = readonly [origin: 'tree' | 'model', path: string];

/**
 * Finds what an `#include` means. The kernel's own headers are read only where `fromTree` lists them; else the model's stand
 * in their place; else there is nothing. The order of directories is the kernel's: arch, include, uapi.
 */
export class IncludeResolver {
  readonly #sources: SourceManager;
  readonly #fromTree: ReadonlySet<string>;
  readonly #arch: string | undefined;
  /** By name: an angle include means the same everywhere. */
  readonly #angle = new Map<string, readonly Candidate[]>();

  constructor(sources: SourceManager, context: Pick<CompileInput, 'fromTree' | 'defines'>) {
    this.#sources = sources;
    this.#fromTree = new Set(context.fromTree);
    this.#arch = archDirectory(context.defines);
  }

  /** The file that `#include <name>` or `"name"` in `from` reads; `next`: the one after `from` itself (`#include_next`). */
  resolve(name: string, quoted: boolean, from: SourceFile, next: boolean): SourceFile | undefined {
    if (next) {
      const candidates = [...this.#beside(name, quoted, from), ...this.#search(name)];
      const self = candidates.findIndex(([origin, path]) => origin === from.origin && path === from.path);
      return this.#first(candidates.slice(self + 1));
    }
    const beside = quoted ? this.#first(this.#beside(name, quoted, from)) : undefined;
    if (beside) return beside;
    let angle = this.#angle.get(name);
    if (!angle) this.#angle.set(name, (angle = this.#search(name)));
    return this.#first(angle);
  }

  #first(candidates: readonly Candidate[]): SourceFile | undefined {
    for (const [origin, path] of candidates) {
      const file = this.#sources.load(origin, path);
      if (file) return file;
    }
    return undefined;
  }

  /** Beside the including file: the model may stand in there too (`mm/internal.h`). */
  #beside(name: string, quoted: boolean, from: SourceFile): Candidate[] {
    const slash = from.path.lastIndexOf('/');
    const path = quoted ? normalise(slash < 0 ? name : `${from.path.slice(0, slash)}/${name}`) : undefined;
    if (path === undefined) return [];
    const candidates: Candidate[] = [];
    if (this.#fromTree.has(path)) candidates.push(['tree', path]);
    candidates.push(['model', path]);
    if (from.origin !== 'model') candidates.push(['tree', path]);
    return candidates;
  }

  #search(name: string): Candidate[] {
    const normal = normalise(name);
    if (normal === undefined) return [];
    const candidates: Candidate[] = [];
    const directories = ['include', 'include/uapi'];
    if (this.#arch) {
      directories.unshift(`arch/${this.#arch}/include`);
      directories.splice(2, 0, `arch/${this.#arch}/include/uapi`);
    }
    for (const directory of directories) {
      const path = `${directory}/${normal}`;
      if (this.#fromTree.has(path)) candidates.push(['tree', path]);
      candidates.push(['model', path]);
    }
    if (normal.startsWith('asm/')) candidates.push(['model', `include/asm-generic/${normal.slice(4)}`]);
    return candidates;
  }
}

/** The path without `.` and `..`; undefined for one that is absolute or leads out of its tree. */
export function normalise(path: string): string | undefined {
  if (path === '' || path.startsWith('/') || path.includes('\0') || path.includes('\\')) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}
