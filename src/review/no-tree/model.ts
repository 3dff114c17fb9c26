import type { ModelFiles } from '../world.ts';
import { type Item, readItem, type Signature, type Word, words } from './scan.ts';

/** A function of the kernel that stands in where there is no tree. */
export interface ModelFunction {
  readonly name: string;
  /** Kernels differ in the parameters of some helpers: one signature for each that the model takes. */
  readonly signatures: readonly Signature[];
  readonly static: boolean;
  /** Words of its definitions. */
  readonly words: ReadonlySet<string>;
}

/** What the standing-in kernel defines, by a look at its text. */
export interface ModelKernel {
  readonly functions: ReadonlyMap<string, ModelFunction>;
  /** Every name that occurs in the model's headers and C files. */
  readonly words: ReadonlySet<string>;
  /** Objects, types and macros that the standing-in kernel declares itself. */
  readonly declared: ReadonlySet<string>;
}

/** Where its C files lie among the model's files. */
const FOLDER = 'lib/model/';
const known = new WeakMap<ModelFiles, ModelKernel>();

export function modelKernel(files: ModelFiles): ModelKernel {
  let model = known.get(files);
  if (!model) known.set(files, (model = read(files)));
  return model;
}

function read(files: ModelFiles): ModelKernel {
  const functions = new Map<string, { name: string; signatures: Signature[]; static: boolean; words: Set<string> }>();
  const all = new Set<string>();
  const declared = new Set<string>();
  for (const [path, text] of files) {
    if (!/\.[ch]$/.test(path) || path.startsWith('scenarios/')) continue;
    const file = words({ from: 1, lines: text.split('\n') });
    for (const word of file.words) if (word.kind === 'name') all.add(word.text);
    for (const { word, rest } of file.directives) {
      const name = /^\s*(\w+)/.exec(rest)?.[1];
      if (word !== 'define' || name === undefined) continue;
      all.add(name);
      if (path.startsWith(FOLDER)) declared.add(name);
    }
    if (!path.startsWith(FOLDER)) continue;
    for (let at = 0; at < file.words.length; ) {
      const { item, next } = readItem(file.words, at);
      at = Math.max(next, at + 1);
      if (item.kind === 'function' && item.signature) add(item, item.signature);
      else for (const name of declaredNames(item.words)) declared.add(name);
    }
  }
  return { functions, words: all, declared };

  function add(item: Item, signature: Signature): void {
    const { name } = signature;
    let found = functions.get(name);
    if (!found) functions.set(name, (found = { name, signatures: [], static: signature.static, words: new Set() }));
    found.signatures.push(signature);
    for (const word of item.words) found.words.add(word.text);
  }
}

/** Names that a declaration at the top level may declare: all before a `=` or inside no braces. */
export function declaredNames(all: readonly Word[]): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  for (const word of all) {
    if (word.text === '{') depth++;
    else if (word.text === '}') depth--;
    else if (word.text === '=' && depth === 0) break;
    else if (depth === 0 && word.kind === 'name') names.push(word.text);
  }
  return names;
}

const INTEGERS: ReadonlySet<string> = new Set([
  ...['int', 'long', 'short', 'char', 'unsigned', 'signed', 'bool', '_Bool', 'size_t', 'ssize_t', 'resource_size_t'],
  ...['phys_addr_t', 'u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', 'uint64_t', 'uint32_t', 'loff_t'],
]);

/** Whether a value of the one type may well be meant for the other: the same, or both integers. */
export function sameType(a: string, b: string): boolean {
  return a === b || (isInteger(a) && isInteger(b));
}
export const isInteger = (type: string): boolean => type.split(' ').every((word) => INTEGERS.has(word));
