/** A case as a suite's text lists it. `line`: 0-based, of its function where the file defines it, else of the listing. */
export interface ListedCase {
  readonly name: string;
  readonly line: number;
}

const listed = /\bKUNIT_CASE(?:_SLOW|_PARAM|_ATTR|_PARAM_ATTR)?\s*\(\s*(\w+)/g;

/** The cases that a C file lists, in order, each once; none where it registers no suite. Reads text, compiles nothing. */
export function findKunitCases(text: string): readonly ListedCase[] {
  if (!/\bkunit_test_(?:init_section_)?suites?\s*\(/.test(text)) return [];
  const code = withoutComments(text);
  const definitions = new Map<string, number>();
  const lines = code.split('\n');
  for (const [line, content] of lines.entries()) {
    const name = /^(?:static\s+)?void\s+(\w+)\s*\(/.exec(content)?.[1];
    if (name !== undefined && !definitions.has(name) && !content.includes(';')) definitions.set(name, line);
  }
  const cases = new Map<string, ListedCase>();
  for (const [line, content] of lines.entries())
    for (const [, name = ''] of content.matchAll(listed))
      if (!cases.has(name)) cases.set(name, { name, line: definitions.get(name) ?? line });
  return [...cases.values()];
}

/** Comments become blanks, lines stay. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
