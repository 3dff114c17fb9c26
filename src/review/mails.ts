import { type PatchMail, readPatchesSync } from '../patch/index.ts';
import { newest } from './trees.ts';

/** The mails that a review of this text is about, in the order of its report. */
export const readMails = (text: string | Uint8Array, name: string): readonly PatchMail[] =>
  newest(readPatchesSync(text, { name }));

/** The input is a cover letter or a remark: there is nothing in it to review. */
export function holdsOnlyTalk(text: string | Uint8Array, name: string): boolean {
  const set = readPatchesSync(text, { name });
  return newest(set).length === 0 && (set.cover !== undefined || set.replies.length > 0);
}
