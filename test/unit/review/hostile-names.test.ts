import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree, type SourceTree } from '../../../src/base/tree.ts';
import { readPatchesSync } from '../../../src/patch/index.ts';
import { exportFormats, exportReport } from '../../../src/review/export/exports.ts';
import { readMails } from '../../../src/review/mails.ts';
import { printable } from '../../../src/review/printable.ts';
import { review } from '../../../src/review/review.ts';
import { HOSTILE, HOSTILE_PATH, HOSTILE_TREE, hostileMail, hostileScenario } from '../../support/hostile.ts';
import { readModelFiles } from '../../support/model-files.ts';

const root = join(import.meta.dirname, '../../..');
const mail = new TextEncoder().encode(hostileMail());

/** A tree that remembers what it was asked for. */
class AskedTree implements SourceTree {
  readonly asked = new Set<string>();
  readonly #tree = new MemoryTree(HOSTILE_TREE);
  read(path: string): string | undefined {
    this.asked.add(path);
    return this.#tree.read(path);
  }
}
async function hostileReview() {
  const tree = new AskedTree();
  const { report } = await review({
    patchText: mail,
    patchName: `${HOSTILE}.patch`,
    tree,
    model: readModelFiles(),
    builtIns: false,
    scenarios: [{ name: `${HOSTILE}.c`, text: hostileScenario }],
  });
  return { report, asked: tree.asked };
}

describe('hostile names', function () {
  this.timeout(60_000);
  let made: Awaited<ReturnType<typeof hostileReview>>;
  before(async () => {
    made = await hostileReview();
  });

  it('are reviewed like any other, and never lead out of the tree', () => {
    const { report, asked } = made;
    const [patch] = report.patches;
    assert.equal(patch!.subject, HOSTILE);
    assert.ok(patch!.files.some((f) => f.path === HOSTILE_PATH));
    assert.ok(patch!.findings.some((f) => f.class === 'introduced' && f.rule === 'null-dereference'));
    for (const path of asked) assert.ok(!path.startsWith('/') && !path.split('/').includes('..'), path);
  });

  it('never make a path that leads out of the tree, nor one of .git or of a drive', () => {
    for (const path of [
      '../../x',
      'kernel/../../x',
      '/etc/passwd',
      '.git/hooks/post-checkout',
      'C:/x',
      'a\\..\\..\\x',
    ]) {
      const text = `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`;
      const files = readPatchesSync(text, { name: 'p' }).patches.flatMap((p) => p.files);
      for (const file of files)
        for (const name of [file.oldPath, file.newPath])
          assert.ok(name === undefined || !/(^|[\\/])(\.\.|\.git)([\\/]|$)|^\/|^[A-Z]:/.test(name), name);
    }
  });

  for (const format of exportFormats)
    it(`${format}: hold no escape sequence and no markup`, () => {
      const text = exportReport(format, made.report, readMails(mail, 'p'), { verbose: true });
      assert.ok(text.length > 0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
      if (format === 'reply') {
        // A mail quotes the patch as it is; its headers are lines of their own.
        const head = text.slice(0, text.indexOf('\n\n'));
        assert.ok(!controls.test(head) && !head.includes('\u202e'), head);
        for (const line of head.split('\n').slice(1)) assert.match(line, /^([A-Za-z-]+: |[ \t])/);
        return;
      }
      assert.ok(!controls.test(text), JSON.stringify(text.slice(text.search(controls) - 40).slice(0, 80)));
      assert.ok(!text.includes('\u202e'));
      if (format === 'junit') assert.ok(!text.includes('<img'));
      if (format === 'markdown') {
        // Markup stands in code only: spans and blocks are taken away first.
        const prose = text.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, '').replace(/(`+)[^\n]*?[^`\n]\1(?!`)/g, '');
        assert.ok(!/(^|[^\\])<img/m.test(prose), prose);
      }
    });

  it('are shown with what would steer a terminal spelled out', () => {
    assert.equal(printable('a\tb\n\x1b[31m\u202e\u2066\x9b\r'), 'a\tb\n\\u001b[31m\\u202e\\u2066\\u009b\\u000d');
    assert.equal(printable('Grüße, 世界 – “x”'), 'Grüße, 世界 – “x”');
  });
});

/** Where text could become markup, a command or a process: everything that is not on the list is a mistake. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ['webview.html =', ['src/extension/cost-panel.ts', 'src/extension/map/panel.ts', 'src/extension/schedule-panel.ts']],
  ['isTrusted = {', ['src/extension/hover.ts']],
  ['child_process', ['src/extension/platform.node.ts']],
]);
const DANGERS: Readonly<Record<string, RegExp>> = {
  'webview.html =': /\.html\s*=(?!=)/,
  'isTrusted = {': /\.isTrusted\s*=(?!=)/,
  child_process: /child_process/,
  supportHtml: /supportHtml/,
  innerHTML: /\b(inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|document\.write|DOMParser|srcdoc/,
  'a shell': /shell:\s*true|\bexecSync\b|\bexecFile\b|[^.\w]exec\(/,
  'code of text': /[^.\w]eval\(|new Function\(|\bimportScripts\b/,
  'a handler of text': /setAttribute\(\s*['"`]on|javascript:/,
};

describe('places where text could become more than text', () => {
  const files = ['src', 'media'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|js|mjs)$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  for (const [name, pattern] of Object.entries(DANGERS))
    it(name, () => {
      assert.ok(files.length > 200);
      const found = files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
      assert.deepEqual(found.sort(), [...(ALLOWED.get(name) ?? [])].sort());
    });

  it('trusts only commands of its own, by name', () => {
    const text = readFileSync(join(root, 'src/extension/hover.ts'), 'utf8');
    assert.match(text, /isTrusted = \{ enabledCommands: \['iomemReview\.showProof', 'iomemReview\.showMap'\] \}/);
  });
});
