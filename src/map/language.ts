/*
 * Texts of the pages in the person's language. What tools write for others (ASCII for mail, text, JSON, the command line)
 * stays English: nobody speaks for them.
 */

let texts: ReadonlyMap<string, string> = new Map();

/** Texts by their English, as the editor's bundle has them. */
export function speak(bundle: Readonly<Record<string, string>>): void {
  texts = new Map(Object.entries(bundle));
}

export type Say = (text: string, ...values: readonly (string | number)[]) => string;

/** The text in the language of the page, with `{0}`, `{1}` … replaced. */
export const t: Say = (text, ...values) => english(texts.get(text) ?? text, ...values);

/** The same for what is read by others. */
export const english: Say = (text, ...values) => {
  if (values.length === 0) return text;
  return text.replace(/\{(\d)\}/g, (whole, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? whole : String(value);
  });
};
