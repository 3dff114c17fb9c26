import { fileId, type PatchMail, patchId } from '../patch/index.ts';
import { readMails } from './mails.ts';

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
  return readMails(text, name).map(factsOf);
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
