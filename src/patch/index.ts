/** Mail, mbox, series, unified diff, apply forward and in reverse, line maps. The only door into this room. */
export { applyPatch } from './apply.ts';
export { applySeries, type SeriesPatch, type SeriesResult } from './apply-series.ts';
export { lineMap } from './line-map.ts';
export { fileId, hashText, patchId } from './patch-id.ts';
export { Positions } from './positions.ts';
export { INPUT_LIMIT, type ReadOptions, readPatches, readPatchesSync } from './read.ts';
export { reversePatch } from './reverse.ts';
export type * from './types.ts';
export { formatPatch, unifiedDiff } from './write.ts';
