/*
 * What a patch, a mail and a series are after reading, and what applying one gives. Plain data. Lines are 1-based;
 * texts of lines carry neither the newline nor the first column of the diff.
 */
import type { CodedError } from '../base/errors.ts';
import type { SourceTree } from '../base/tree.ts';

export type LineKind = ' ' | '+' | '-';

export interface HunkLine {
  readonly kind: LineKind;
  readonly text: string;
  /** 1-based line of the original input; undefined where none exists (a base64 part). */
  readonly patchLine: number | undefined;
  /** `\ No newline at end of file` follows. */
  readonly noNewline: boolean;
}

export interface Hunk {
  /** As the header says: 1-based; with a count of 0 the line before which nothing stands (0 in an empty file). */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** What follows the second `@@`, usually the name of the function. */
  readonly section: string;
  /** Line of the `@@` in the original input. */
  readonly patchLine: number | undefined;
  /** Last line of the hunk in the original input, `\ No newline…` included. */
  readonly patchEndLine: number | undefined;
  readonly lines: readonly HunkLine[];
}

/** `binary`: contents that are not text, whatever else happens to the file (the paths tell); it has no hunks. */
export type FileStatus = 'modified' | 'added' | 'deleted' | 'renamed' | 'copied' | 'mode' | 'binary';

export interface FilePatch {
  /** `/`-separated, relative, safe: without `..`, `.`, `.git` or empty components. Undefined for an added file. */
  readonly oldPath: string | undefined;
  /** Undefined for a deleted file. */
  readonly newPath: string | undefined;
  /** The names as the patch writes them, unquoted, before the leading component is taken off; for trees of another depth. */
  readonly rawOldPath: string | undefined;
  readonly rawNewPath: string | undefined;
  readonly status: FileStatus;
  /** Abbreviated blob ids of `index a..b`. */
  readonly oldBlob: string | undefined;
  readonly newBlob: string | undefined;
  /** Octal as written, e.g. `100644`. */
  readonly oldMode: string | undefined;
  readonly newMode: string | undefined;
  /** Per cent, of `similarity index`. */
  readonly similarity: number | undefined;
  readonly hunks: readonly Hunk[];
  /** Every line of the patch ended in CR LF and the CR was taken off. */
  readonly crlf: boolean;
  /** First line of the file's header in the original input. */
  readonly patchLine: number | undefined;
  /** Why this file cannot be applied: a truncated hunk, a count that lies, an unsafe path. Also in `PatchSet.problems`. */
  readonly broken: CodedError | undefined;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface SeriesPosition {
  /** 1 where the subject names none. */
  readonly version: number;
  readonly number: number;
  readonly of: number;
}

export interface Trailer {
  /** As written, e.g. `Reviewed-by`. */
  readonly key: string;
  readonly value: string;
  readonly patchLine: number | undefined;
}

/** What a mail says about itself. For a bare diff nearly everything is empty. */
export interface Envelope {
  /** Without `Re:` and bracketed tags. */
  readonly subject: string;
  /** Decoded and unfolded, as sent. */
  readonly rawSubject: string;
  /** Words inside the brackets, e.g. `RFC`, `PATCH`, `v5`, `net-next`. */
  readonly tags: readonly string[];
  readonly author: Person | undefined;
  /** The Date header, as sent. */
  readonly date: string | undefined;
  /** Without angle brackets. */
  readonly messageId: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  /** The header's From, To and Cc as sent: unfolded, not decoded. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cc: string | undefined;
  readonly series: SeriesPosition | undefined;
  /** Of `commit …` (git show) or `From <id> Mon Sep 17 00:00:00 2001`; undefined when it is all zeros. */
  readonly commit: string | undefined;
  /** First line of the mail in the original input. */
  readonly patchLine: number;
}

export interface PatchMail extends Envelope {
  /** The commit message without subject, notes, diff and signature; newlines are LF. */
  readonly body: string;
  readonly trailers: readonly Trailer[];
  readonly baseCommit: string | undefined;
  /** Ids of `prerequisite-patch-id:` lines. */
  readonly prerequisites: readonly string[];
  /** An answer in a thread that brings a patch of its own. */
  readonly isReply: boolean;
  readonly files: readonly FilePatch[];
}

export interface Cover extends Envelope {
  readonly body: string;
  readonly baseCommit: string | undefined;
  readonly prerequisites: readonly string[];
}

/** A mail that talks about a patch and is not applied. */
export interface Reply extends Envelope {
  readonly body: string;
  /** Paths of the patch that it quotes, in order, each once. */
  readonly quotedPaths: readonly string[];
  readonly quotesPatch: boolean;
  readonly trailers: readonly Trailer[];
}

export interface SeriesInfo {
  readonly version: number;
  readonly of: number;
  /** Numbers of which the input has no mail. */
  readonly missing: readonly number[];
  readonly patches: readonly PatchMail[];
  readonly cover: Cover | undefined;
}

export interface PatchSet {
  /** The name that was given, for messages. */
  readonly name: string;
  /** In order of application: by version and number where the subjects tell them, else as they came. */
  readonly patches: readonly PatchMail[];
  /** The cover letter of the newest version. */
  readonly cover: Cover | undefined;
  readonly replies: readonly Reply[];
  /** Patches that answers in a thread bring beside the patches that they answer: ideas, not to be applied upon them. */
  readonly alternatives: readonly PatchMail[];
  /** One for each version, oldest first. Empty where no subject is numbered. */
  readonly series: readonly SeriesInfo[];
  /** In order of their lines. A set with problems may still have patches that apply. */
  readonly problems: readonly CodedError[];
}

export type Direction = 'forward' | 'reverse';

export interface ApplyOptions {
  /** `auto` (the default): forward where that works, else reverse, and the result says which. */
  readonly direction?: Direction | 'auto';
  /** Context lines at each end of a hunk that may differ, as `patch -F` counts them. 0, the default, is `git apply`. */
  readonly maxFuzz?: number;
  /** Name of the patch in messages. */
  readonly name?: string;
}

/** Lines of two texts against each other; 1-based; undefined for a line without a counterpart, or beyond the file. */
export interface LineMap {
  oldToNew(line: number): number | undefined;
  newToOld(line: number): number | undefined;
}

/** Where a hunk went. `before` and `after` are lines of the two texts, whatever the direction. */
export interface AppliedHunk {
  readonly hunk: Hunk;
  /** Line in the before text of the hunk's first line; for an insertion without context, of the line that follows. */
  readonly beforeStart: number;
  readonly afterStart: number;
  /** Lines between where the hunk's header says it belongs and where it was found, as `git apply -v` tells it. */
  readonly offset: number;
  /** Context lines given up at each end. */
  readonly fuzz: number;
}

export interface Resemblance {
  /** 1-based line of the source at which the hunk would start. */
  readonly line: number;
  /** How many of the `of` lines that the hunk expects stand there. */
  readonly equal: number;
  readonly of: number;
  /** The first line that differs there. */
  readonly sourceLine: number;
  readonly expected: string;
  readonly found: string | undefined;
  readonly patchLine: number | undefined;
}

/** Why a hunk or file did not apply. */
export interface ApplyFailure {
  readonly error: CodedError;
  readonly path: string;
  readonly hunk: Hunk | undefined;
  /** The line of the patch that differs first from the source at the stated place. */
  readonly patchLine: number | undefined;
  /** 1-based. */
  readonly sourceLine: number | undefined;
  readonly expected: string | undefined;
  /** Undefined where the file ends before. */
  readonly found: string | undefined;
  readonly nearest: Resemblance | undefined;
}

export interface AppliedFile {
  readonly patch: FilePatch;
  /** Path in the before tree; undefined for an added file. */
  readonly beforePath: string | undefined;
  readonly afterPath: string | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly hunks: readonly AppliedHunk[];
  /** Old is before, new is after. */
  readonly map: LineMap;
  /** Line endings of the patch were changed to those of the tree: which the tree has. */
  readonly lineEndings: 'same' | 'crlf' | 'lf';
  /** Binary contents, symbolic links and submodules are named, not applied. */
  readonly skipped: CodedError | undefined;
  /** Source lines of a line of the patch: both for context, one for `+` and `-`, none outside the hunks. */
  sourceLines(patchLine: number): { readonly before: number | undefined; readonly after: number | undefined };
  /** The line of the patch that shows a source line, when one does. */
  patchLineOf(world: 'before' | 'after', line: number): number | undefined;
}

export interface ApplyResult {
  /** Nothing failed. Otherwise `files` holds only what did apply, and both trees must not be used. */
  readonly ok: boolean;
  /** `reverse`: the given tree is the after world. */
  readonly direction: Direction;
  /** Whether the direction was asked for or found. */
  readonly foundBy: 'asked' | 'tried';
  readonly files: readonly AppliedFile[];
  readonly before: SourceTree;
  readonly after: SourceTree;
  readonly failures: readonly ApplyFailure[];
  /** What a reader should know although it applied: reverse found, offsets' fuzz, skipped files, line endings. */
  readonly notes: readonly CodedError[];
}
