/* Every text that a person sees exists in every language that we ship. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => new Map(Object.entries<string>(JSON.parse(readFileSync(join(ROOT, path), 'utf8'))));

/** The folders that speak to a person, and how they say it. */
const SPEAKERS = { 'src/extension': ['l10n.t'], 'src/map': ['t', 'say'], media: ['t'] };

/** The first argument of every call that says something. */
function texts(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [folder, calls] of Object.entries(SPEAKERS)) collect(join(ROOT, folder), calls, found);
  return found;
}

function collect(folder: string, calls: readonly string[], found: Set<string>): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of files.filter((one) => one.endsWith('.ts'))) {
    const source = ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && calls.includes(node.expression.getText(source))) {
        const [text] = node.arguments;
        // What is computed could not be translated.
        assert.ok(text && ts.isStringLiteralLike(text), `${name}: ${text?.getText(source)}`);
        found.add(text.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
}
const placeholders = (text: string) => [...new Set(text.match(/\{\d\}/g))].sort();

describe('translations', () => {
  const languages = readdirSync(join(ROOT, 'l10n')).map((name) => /^bundle\.l10n\.(\w+)\.json$/.exec(name)?.[1] ?? '?');

  it('there is one', () => assert.ok(languages.includes('de')));

  for (const language of languages) {
    it(`${language}: every text of the code, and no other`, () => {
      const bundle = read(`l10n/bundle.l10n.${language}.json`);
      const wanted = texts();
      assert.deepEqual(
        [...wanted].filter((text) => !bundle.has(text)),
        [],
        'not translated',
      );
      assert.deepEqual(
        [...bundle.keys()].filter((text) => !wanted.has(text)),
        [],
        'nobody says that any more',
      );
      for (const [text, translated] of bundle) assert.deepEqual(placeholders(translated), placeholders(text), text);
    });

    it(`${language}: every text of the manifest, and no other`, () => {
      const [own, other] = [read('package.nls.json'), read(`package.nls.${language}.json`)];
      assert.deepEqual([...other.keys()].sort(), [...own.keys()].sort());
      const links = (text: string) => text.match(/\(command:[\w.]+\)/g);
      for (const [key, text] of own) assert.deepEqual(links(other.get(key) ?? ''), links(text), key);
    });
  }

  it('the manifest has a text for each key that it names, and no other', () => {
    const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const named = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...named].sort(), [...read('package.nls.json').keys()].sort());
  });
});
