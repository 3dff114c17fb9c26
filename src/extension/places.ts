import { Location, Position, Uri } from 'vscode';
import type { FileTexts } from '../protocol.ts';
import type { Finding, PatchReport, SourcePlace } from '../review/report.ts';
import { scenarioAddress, sideAddress } from './addresses.ts';
import { correspondingLine } from './line-map.ts';
import type { Review } from './reviews.ts';

/** Where a person can look at a place: the document of exactly that world, or the file that the patch leaves alone. */
export function locate(review: Review, report: PatchReport, place: SourcePlace): Location {
  const position = new Position(Math.max(0, place.line - 1), Math.max(0, (place.column ?? 1) - 1));
  return new Location(documentOf(review, report, place), position);
}

function documentOf(review: Review, report: PatchReport, place: SourcePlace): Uri {
  const index = review.result?.report.patches.indexOf(report) ?? 0;
  const side = sideAddress(review.patch, index, place.world, place.file);
  if (textsOf(review, index, place.file)) return side;
  // Built-in scenarios are compiled as scenarios/NAME.c, the reviewer's own under their path.
  const scenario = report.scenarios.find(({ name }) => name === place.file || `scenarios/${name}.c` === place.file);
  if (scenario) return scenarioAddress(review.patch, scenario.name);
  return review.tree?.root ? Uri.joinPath(review.tree.root, place.file) : side;
}

/** The texts of a file around one patch of the document; undefined for a file that this patch leaves alone. */
export function textsOf(review: Review, index: number, path: string): FileTexts | undefined {
  const oldPath = review.result?.report.patches[index]?.files.find((file) => file.oldPath === path)?.path;
  return review.result?.files.find((file) => file.patch === index && (file.path === path || file.path === oldPath));
}

/**
 * The line of the file on the disk for a place, 0-based: the line that corresponds to it, or the one after which it would
 * stand. Undefined where the disk has no such file.
 */
export function lineOnDisk(review: Review, report: PatchReport, place: SourcePlace): number | undefined {
  const patches = review.result?.report.patches ?? [];
  const from = textsOf(review, patches.indexOf(report), place.file)?.[place.world];
  if (from === undefined) return place.line - 1;
  // The disk has what stood before the first patch that touches the file, or after the last one where it has them all.
  const touching = patches.map((_, index) => textsOf(review, index, place.file)).filter((texts) => texts !== undefined);
  const onDisk = report.direction === 'reverse' ? touching.at(-1)?.after : touching[0]?.before;
  if (onDisk === undefined) return undefined;
  return from === onDisk ? place.line - 1 : correspondingLine(from, onDisk, place.line - 1);
}

/** The line of the patch at which a finding is shown, 0-based; the first hunk where it has none of its own. */
export function patchLineOf(report: PatchReport, finding: Finding): number {
  const line = finding.patchLine ?? finding.at.patchLine ?? report.files[0]?.hunks[0]?.patchLine ?? 1;
  return line - 1;
}
