import { fileId, type PatchMail, patchId, readPatchesSync } from '../patch/index.ts';
import { newest } from './trees.ts';

/** What a desk needs to know of a mail besides its review: by what to recognise it in another revision. */
export interface MailFacts {
  readonly subject: string;
  readonly version: number;
  /** The same for every mail whose diff is the same but for line numbers and white space. */
  readonly id: string;
  /** First line of the mail in the text, 1-based. */
  readonly patchLine: number;
  readonly files: readonly { readonly path: string; readonly id: string }[];
}

/** Of the patches that a review of this text reviews, in the order of its report. */
export function mailFacts(text: string | Uint8Array, name: string): readonly MailFacts[] {
  return newest(readPatchesSync(text, { name })).map(factsOf);
}

function factsOf({ subject, series, files, patchLine }: PatchMail): MailFacts {
  return {
    subject,
    version: series?.version ?? 1,
    id: patchId(files),
    patchLine,
    files: files.map((file) => ({ path: file.newPath ?? file.oldPath ?? '', id: fileId(file) })),
  };
}
