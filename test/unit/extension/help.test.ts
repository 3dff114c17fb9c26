/* What the accessibility help says of keys is what the manifest binds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  contributes: { keybindings: { command: string; key: string; when?: string }[]; commands: { command: string }[] };
};

describe('extension/help', () => {
  it('names every key of ours', () => {
    const help = readFileSync(join(ROOT, 'src/extension/desk/help.ts'), 'utf8');
    for (const { key } of contributes.keybindings) {
      const named = key.replace(/(^|\+)([a-z])/g, (_, plus: string, letter: string) => plus + letter.toUpperCase());
      assert.ok(help.includes(named), named);
    }
  });

  it('is of keys that mean something only where they should', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    for (const { command, when } of contributes.keybindings) {
      assert.ok(known.has(command), command);
      assert.match(when ?? '', /editorLangId == diff|focusedView == iomemReview\./, command);
    }
  });
});
