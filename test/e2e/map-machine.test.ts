import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Editor, stepsOf, type Window } from './editor.ts';
import { eventually, reads, testLimit } from './patience.ts';

const iomem = `00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
100000000-23fffffff : System RAM
`;

/* A machine is imported, constants are changed, and a map that was hidden comes back to where it was. */
describe('e2e: machines in the editor', function () {
  this.timeout(testLimit);
  let editor: Editor;
  let window: Window;
  let patch = '';
  before(async () => {
    editor = await Editor.start({
      settings: { 'workbench.colorTheme': 'Default Light Modern', 'files.simpleDialog.enable': true },
    });
    const [name = ''] = readdirSync(path.join(editor.workspace, 'patches/v1')).filter((one) => one.endsWith('.patch'));
    patch = `patches/v1/${name}`;
    writeFileSync(path.join(editor.workspace, 'box-iomem.txt'), iomem);
    window = await editor.open('box-iomem.txt');
  });
  after(() => editor?.stop());
  const step = stepsOf(() => window);

  step('imports a machine: what the file tells, then a file of its own where the person agrees', async () => {
    await window.lens('Draw this memory as a map').first().waitFor();
    await window.command('Iomem Review: Import Machine…');
    await window.page.locator('.quick-input-widget', { hasText: 'Files of one machine' }).waitFor();
    await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'box-iomem.txt' }).click();
    const dialog = window.page.locator('.monaco-dialog-box', { hasText: 'box-iomem.machine.json' });
    await dialog.waitFor();
    await window.page.locator('.view-lines', { hasText: 'box-iomem.txt (iomem): 3 regions' }).first().waitFor();
    await window.picture('machine-1-import');
    await dialog.getByRole('button', { name: 'Write and Use' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const read = (file: string) => readFileSync(path.join(editor.workspace, file), 'utf8');
    await eventually(() => assert.equal(JSON.parse(read('box-iomem.machine.json')).memory.length, 3));
    await eventually(() =>
      assert.match(read('.vscode/settings.json'), /"iomemReview\.machine": "box-iomem\.machine\.json"/),
    );
  });

  step('checks a machine file against its schema while it is written', async () => {
    await window.command('View: Close All Editors');
    const file = path.join(editor.workspace, 'box-iomem.machine.json');
    const right = readFileSync(file, 'utf8');
    writeFileSync(file, right.replace('"profile": "x86_64"', '"profile": "z80"'));
    await window.openFile('box-iomem.machine.json');
    await window.page.locator('.squiggly-warning').first().waitFor();
    await window.picture('machine-2-schema');
    writeFileSync(file, right);
  });

  step('answers What If… with a text, a map of both worlds and the curve of capacity', async () => {
    await window.command('View: Close All Editors');
    await window.openFile('box-iomem.txt');
    await window.command('Iomem Review: What If…');
    const input = window.page.locator('.quick-input-widget input[type=text]');
    const asked = (question: string) => window.page.locator('.quick-input-widget', { hasText: question }).waitFor();
    await asked('Constants under other values');
    await input.fill('MAX_PHYSMEM_BITS=47');
    await input.press('Enter');
    await asked('Which device memory is allocated?');
    await input.fill('6x8G');
    await input.press('Enter');
    const map = window.webview();
    await map.locator('canvas.curve').waitFor();
    await reads(map.locator('.findings'), /MAX_PHYSMEM_BITS46→ 47/);
    await window.page.locator('.view-lines', { hasText: 'what if: MAX_PHYSMEM_BITS=47' }).first().waitFor();
    await window.picture('machine-3-what-if');
  });

  step('comes back to scenario and step of the timeline when the map was hidden by another tab', async () => {
    await window.command('View: Close All Editors');
    await window.openFile(path.basename(patch));
    await window.lens('Review this patch').first().waitFor();
    await window.command('Iomem Review: Review Patch');
    await window
      .lens(/\d introduced/)
      .first()
      .waitFor();
    await window.command('Iomem Review: Show Address Map');
    const map = window.webview();
    await map.getByRole('button', { name: 'Timeline', exact: true }).click();
    const now = map.locator('.timeline .what');
    await now.waitFor();
    await map.getByRole('button', { name: 'Last step' }).click();
    const was = await reads(now, /^step (\d+) of \1,/);
    const scenario = await map.getByLabel('Scenario').inputValue();
    await window.webviewRests();
    // Another tab over it, in its own group, and back.
    await map.locator('canvas.map').click({ position: { x: 5, y: 5 } });
    await window.openFile('Makefile');
    await window.page.locator('iframe.webview.ready').waitFor({ state: 'hidden' });
    await window.page.locator('.tab', { hasText: 'Address Map' }).first().click();
    await now.filter({ hasText: was }).waitFor();
    assert.equal(await map.getByLabel('Scenario').inputValue(), scenario);
    await window.picture('machine-4-map-again');
  });
});
