import type { Failure } from '../protocol.ts';

/** What a person has agreed to tell besides where our code failed. */
export interface Consent {
  /** The error's own words: they may quote the patch. */
  readonly message: boolean;
  readonly patch?: string;
}

/** Characters of a patch that an issue takes. */
const MOST_PATCH = 50_000;

/** An error that no catalogue of ours foresees: our fault, and worth a report. */
export const isOurFault = (failure: Failure): boolean => failure.code === undefined;

/**
 * The text of an issue about a fault of ours. Unless the person consents it holds nothing of the patch: of the error only
 * its kind, and of its stack only the functions of this extension with their lines.
 */
export function problemText(failure: Failure, about: Readonly<Record<string, string>>, consent: Consent): string {
  const [first = '', ...rest] = failure.message.split('\n');
  const kind = /^(?:Uncaught )?([A-Z]\w{0,60}(?:Error|Exception))\b/.exec(first)?.[1] ?? 'Error';
  const frames = rest.flatMap((line) => {
    // The folder of an installation may name its owner.
    const named = /^ {4}at (?:async )?(?:new )?([\w.#$<>]{1,200}) \((.*)\)$/.exec(line);
    const place = named?.[2] ?? /^ {4}at (?:async )?(.*)$/.exec(line)?.[1] ?? '';
    const at = /(?:^|[\\/])([\w.-]{1,100}\.(?:js|ts):\d{1,7}:\d{1,7})$/.exec(place)?.[1];
    return at === undefined ? [] : [`at ${named?.[1] ?? '(anonymous)'} (${at})`];
  });
  const lines = [
    'A review ended with an internal error.',
    '',
    ...Object.entries(about).map(([what, value]) => `- ${what}: ${value}`),
    '',
    ...fenced([consent.message ? first : kind, ...frames.slice(0, 30)].join('\n')),
  ];
  if (consent.patch !== undefined) lines.push('', 'The patch:', '', ...fenced(consent.patch.slice(0, MOST_PATCH)));
  return `${lines.join('\n')}\n`;
}

/** A code block that nothing in the text can close. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence];
}
