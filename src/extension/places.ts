import { Location, Position, Uri } from 'vscode';
import type { FileTexts, ReviewResult } from '../protocol.ts';
import { correspondingLine } from '../review/line-map.ts';
import type { Finding, PatchReport, SourcePlace, World } from '../review/report.ts';
import { modelAddress, scenarioAddress, sideAddress } from './addresses.ts';
import type { Review } from './reviews.ts';

/** How the report names files of our own model of the kernel, and what the compiler predefines. */
const modelPrefix = '<model>/';
const noFile = /^</;

/**
 * Where a person can look at a place: the document of exactly that world, or the file that the patch leaves alone.
 * Undefined for what stands in no file.
 */
export function locate(review: Review, report: PatchReport, place: SourcePlace): Location | undefined {
  const uri = documentOf(review, report, place);
  const position = new Position(Math.max(0, place.line - 1), Math.max(0, (place.column ?? 1) - 1));
  return uri && new Location(uri, position);
}

function documentOf(review: Review, report: PatchReport, place: SourcePlace): Uri | undefined {
  const scenario = scenarioOf(report, place.file);
  if (scenario !== undefined) return scenarioAddress(review.patch, scenario);
  if (place.file.startsWith(modelPrefix)) return modelAddress(place.file.slice(modelPrefix.length));
  if (noFile.test(place.file)) return undefined;
  const index = indexOf(review, report);
  const side = sideOf(review, index, place);
  if (side) return sideAddress(review.patch, side.texts.patch, side.world, side.texts.path);
  return review.tree?.root
    ? Uri.joinPath(review.tree.root, place.file)
    : sideAddress(review.patch, index, place.world, place.file);
}

/** Built-in scenarios are compiled as scenarios/NAME.c, the reviewer's own under their path. */
function scenarioOf(report: PatchReport, file: string): string | undefined {
  return report.scenarios.find(({ name }) => name === file || `scenarios/${name}.c` === file)?.name;
}

/** Files of a long series are asked for once for each finding and patch. */
const byName = new WeakMap<ReviewResult, ReadonlyMap<string, FileTexts>>();

/** The texts of a file around one patch of the document; undefined for a file that this patch leaves alone. */
export function textsOf({ result }: Review, index: number, path: string): FileTexts | undefined {
  if (!result) return undefined;
  let files = byName.get(result);
  if (!files) {
    files = new Map(result.files.map((file) => [`${file.patch} ${file.path}`, file]));
    byName.set(result, files);
  }
  const known = files.get(`${index} ${path}`);
  if (known) return known;
  const renamed = result.report.patches[index]?.files.find((file) => file.oldPath === path)?.path;
  return renamed === undefined ? undefined : files.get(`${index} ${renamed}`);
}

interface Side {
  readonly texts: FileTexts;
  readonly world: World;
}

/** The text that a file has in one world of a patch, which another patch of the series may have given it. */
function sideOf(review: Review, index: number, place: SourcePlace): Side | undefined {
  const own = textsOf(review, index, place.file);
  if (own) return { texts: own, world: place.world };
  for (let earlier = index - 1; earlier >= 0; earlier--) {
    const texts = textsOf(review, earlier, place.file);
    if (texts) return { texts, world: 'after' };
  }
  for (let later = index + 1; later < (review.result?.report.patches.length ?? 0); later++) {
    const texts = textsOf(review, later, place.file);
    if (texts) return { texts, world: 'before' };
  }
  return undefined;
}

/**
 * The line of the file on the disk for a place, 0-based: the line that corresponds to it, or the one after which it would
 * stand. Undefined where the disk has no such file.
 */
export function lineOnDisk(review: Review, report: PatchReport, place: SourcePlace): number | undefined {
  if (noFile.test(place.file) || scenarioOf(report, place.file) !== undefined) return undefined;
  const side = sideOf(review, indexOf(review, report), place);
  if (!side) return place.line - 1;
  const from = side.texts[side.world];
  // The disk has what stood before the first patch that touches the file, or after the last one where it has them all.
  const patches = review.result?.report.patches ?? [];
  const touching = patches.map((_, index) => textsOf(review, index, place.file)).filter((texts) => texts !== undefined);
  const onDisk = report.direction === 'reverse' ? touching.at(-1)?.after : touching[0]?.before;
  if (from === undefined || onDisk === undefined) return undefined;
  return from === onDisk ? place.line - 1 : correspondingLine(from, onDisk, place.line - 1);
}

const indexOf = (review: Review, report: PatchReport): number => review.result?.report.patches.indexOf(report) ?? 0;

/** The line of the patch at which a finding is shown, 0-based; the first hunk where it has none of its own. */
export function patchLineOf(report: PatchReport, finding: Finding): number {
  const line = finding.patchLine ?? finding.at.patchLine ?? report.files[0]?.hunks[0]?.patchLine ?? 1;
  return line - 1;
}
