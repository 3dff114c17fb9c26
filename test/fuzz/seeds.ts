import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const test = join(import.meta.dirname, '..');

/** Texts of the files below a folder of the repository, sorted by path. */
export function textsBelow(folder: string, ends: RegExp, longest = 60_000): string[] {
  const root = join(test, '..', folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file, 'utf8'))
    .filter((text) => text.length <= longest);
}

/** Bytes as characters 0 … 255. */
export const binary = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export const patchTexts = (): string[] => textsBelow('test/fixtures/seed-patches', /\.patch$/);
export const mailTexts = (): string[] => textsBelow('test/fixtures/seed-series', /\.(patch|eml|mail)$/);
export const mboxTexts = (): string[] => textsBelow('test/fixtures/seed-series', /\.mbox$/, 300_000);

/** C of our own: library, headers, scenarios, programs that gcc judges. */
export const headerTexts = (): string[] => textsBelow('src/kernel/include', /\.h$/);
export const scenarioTexts = (): string[] => textsBelow('src/review/scenarios', /\.c$/);
export const programTexts = (): string[] => [
  ...textsBelow('test/oracle/c/programs', /\.c$/),
  ...textsBelow('test/oracle/c/conformance', /\.[ch]$/),
  ...textsBelow('test/golden/c', /\.c$/),
];
/** What is linked to kernels: it includes many headers, so that each run takes long. */
export const libraryTexts = (): string[] => textsBelow('src/kernel/lib', /\.c$/);
/** The kernel code that the fixtures are patches to. */
export const treeFolder = join(test, 'fixtures/seed-tree');

/** The corpus of real patches, where a folder of it is given: IOMEM_REVIEW_FUZZ_CORPUS. */
export function corpusTexts(): string[] {
  const folder = process.env.IOMEM_REVIEW_FUZZ_CORPUS;
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
