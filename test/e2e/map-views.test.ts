import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import { root } from '../../.ci/lib/paths.mjs';
import type { FromMap } from '../../src/protocol.ts';
import { sampleReport } from '../fixtures/sample-report.ts';
import { sampleTimeline } from '../fixtures/sample-timeline.ts';
import { skipOrFail } from '../support/tools.ts';
import { type MapPage, MapPages } from './map-page.ts';
import { type ThemeName, themes } from './map-themes.ts';

const shared = path.join(root, '../shared');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('e2e: views of the address map', function () {
  this.timeout(120_000);
  let pages: MapPages;
  let map: MapPage;
  before(async () => {
    pages = await MapPages.start();
  });
  after(() => pages?.stop());
  afterEach(async () => {
    assert.deepEqual(map?.problems, [], 'the page and its policy report no error');
    await map?.close();
  });

  const canvas = () => map.page.locator('canvas.map');
  const button = (name: string) => map.page.getByRole('button', { name, exact: true });
  const last = async <T extends FromMap['type']>(type: T) =>
    (await map.posted()).filter((m): m is Extract<FromMap, { type: T }> => m.type === type).at(-1)!;
  const boxes = async () => Number(await canvas().getAttribute('data-boxes'));
  /** Rules that are broken, with the elements. */
  const violations = async () => {
    const results = await map.page.evaluate(async (source) => {
      // The page's policy lets no other script in; the browser's own evaluation may.
      if (!('axe' in window)) (window as Window & { eval(text: string): void }).eval(source);
      return (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run();
    }, axe);
    return results.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
  };
  const timeline = async (open = true) => {
    await button('Timeline').click();
    const asked = await last('timeline');
    if (open)
      await map.post({
        type: 'timeline',
        key: asked.key,
        timelines: { before: sampleTimeline('before'), after: sampleTimeline('after') },
      });
    return asked;
  };

  for (const theme of Object.keys(themes) as ThemeName[])
    it(`has nothing for axe-core to find in ${theme}`, async () => {
      map = await pages.open(sampleReport(), { theme, bypassPolicy: true });
      const found = new Map<string, string[]>();
      const look = async (view: string) => {
        const list = await violations();
        if (list.length > 0) found.set(view, list);
      };
      await look('map');
      await canvas().focus();
      await map.page.keyboard.press('d');
      await look('a region');
      await timeline();
      await look('timeline');
      await map.picture(`timeline-${theme.replace('vscode-', '')}`);
      await button('Close the timeline').click();
      await button('Slider').click();
      await look('slider');
      await button('Table').click();
      await look('table');
      assert.deepEqual(Object.fromEntries(found), {});
    });

  it('shows before beside after, and one over the other', async () => {
    map = await pages.open(sampleReport());
    await button('Side').click();
    await map.settle();
    await map.picture('side');
    assert.ok((await map.colours()) > 20);
    const width = await canvas().evaluate((c: HTMLCanvasElement) => c.clientWidth);
    // The same region on both sides, told by the pointer.
    const box = (await canvas().boundingBox())!;
    const tips = new Set<string>();
    for (let x = 4; x < width; x += 24) {
      await map.page.mouse.move(box.x + x, box.y + 140);
      const tip = map.page.locator('.tip:visible strong');
      if (await tip.count()) tips.add(`${x < width / 2 ? 'left' : 'right'} ${await tip.textContent()}`);
    }
    assert.ok(tips.has('left System RAM') && tips.has('right System RAM'), [...tips].join(', '));
    await button('Slider').click();
    const divider = map.page.getByRole('slider', { name: /before is shown over after/ });
    const picture = () => canvas().evaluate((c: HTMLCanvasElement) => c.toDataURL());
    await divider.fill('0');
    await map.settle();
    const after = await picture();
    await divider.fill('1000');
    await map.settle();
    assert.notEqual(await picture(), after);
    await divider.fill('700');
    await map.settle();
    await map.picture('slider');
  });

  it('replays a scenario step by step, and tells the editor', async () => {
    map = await pages.open(sampleReport());
    const asked = await timeline();
    assert.equal(asked.patch, 0);
    assert.equal(asked.scenario, 1);
    const panel = map.page.getByRole('region', { name: 'Timeline' });
    await panel.waitFor();
    // It opens at the first step that changed the tree.
    const step = panel.locator('.step');
    assert.match((await step.textContent()) ?? '', /step 2 of 6, nouveau: write of 8 bytes/);
    assert.match((await step.textContent()) ?? '', /\+ dev \[0x3fff28000000-0x3fff67ffffff\]/);
    assert.match((await step.textContent()) ?? '', /nouveau resource_lock \(write\)/);
    assert.match(await map.factsText(), /^dev/, 'the map follows');
    assert.equal((await last('step')).place?.line, 193);
    const scrub = panel.getByRole('slider', { name: 'Step' });
    assert.equal(
      await scrub.getAttribute('aria-valuetext'),
      'step 2 of 6, nouveau: write of 8 bytes: iomem_resource+56',
    );
    await scrub.press('ArrowRight');
    assert.match((await step.textContent()) ?? '', /amdgpu: read_lock.*amdgpu resource_lock \(read\)/s);
    await button('Before the first step').click();
    assert.match((await step.textContent()) ?? '', /before the first step/);
    assert.equal((await last('step')).place, undefined);
    await button('Last step').click();
    assert.match((await step.textContent()) ?? '', /problem: something is amiss/);
    await button('Debug from here').click();
    const { finding, world, step: from } = await last('debug');
    assert.deepEqual(
      [finding, world, from],
      ['placement-change:kernel/resource.c:1850:free-region-server', 'after', (await last('step')).step],
    );
    // The other way round: a line of the source.
    await map.post({ type: 'line', file: 'kernel/resource.c', line: 597, world: 'before' });
    assert.match((await step.textContent()) ?? '', /step 4 of 6/);
    assert.equal((await last('step')).place?.world, 'before');
    await button('Before the first step').click();
    await button('Play the steps').click();
    await map.page.waitForFunction(() => document.querySelector('.step')?.textContent?.includes('step 2 of 6'));
    await button('Stop').click();
    await panel.locator('canvas').click({ position: { x: 5, y: 10 } });
    assert.match((await step.textContent()) ?? '', /step 1 of 6/);
    await button('Close the timeline').click();
    assert.equal(await panel.count(), 0);
    // What proves no finding cannot be debugged as a proof.
    await map.page.getByLabel('Scenario').selectOption({ label: 'free-region-crowded on crowded-top' });
    await timeline();
    assert.equal(await button('Debug from here').count(), 0);
  });

  it('says why there is no timeline', async () => {
    map = await pages.open(sampleReport());
    const { key } = await timeline(false);
    await map.post({ type: 'noTimeline', key, reason: 'the schedule does not fit' });
    assert.match((await map.page.locator('.timeline').textContent()) ?? '', /the schedule does not fit/);
  });

  it('measures with the shift key, the ruler and the keyboard', async () => {
    map = await pages.open(sampleReport());
    const box = (await canvas().boundingBox())!;
    await map.page.keyboard.down('Shift');
    await map.page.mouse.move(box.x + 100, box.y + 60);
    await map.page.mouse.down();
    await map.page.mouse.move(box.x + 300, box.y + 60, { steps: 4 });
    await map.page.mouse.up();
    await map.page.keyboard.up('Shift');
    assert.match(await map.factsText(), /measured/);
    await canvas().focus();
    await map.page.keyboard.press('Escape');
    await map.page.keyboard.press('d');
    await map.page.keyboard.press('m');
    await map.page.keyboard.press('m');
    assert.match(await map.factsText(), /^1 GiBmeasured.*pages0x40000sections8/s);
    await map.settle();
    await map.picture('ruler');
  });

  it('tells pfn and section numbers, and goes to them', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    assert.match(await map.factsText(), /section0x7ffe5 … 0x7ffec/);
    const find = map.page.getByRole('searchbox');
    await find.fill('section 0x7ffe6');
    await map.settle();
    assert.equal(await map.page.locator('.hits').textContent(), '0x3fff_3000_0000, in dev');
    await canvas().focus();
    await map.page.keyboard.press('c');
    assert.match(
      (await last('copy')).text,
      /^3fff28000000-3fff67ffffff : dev \(1 GiB, MEM \| BUSY, DEVICE_PRIVATE_MEMORY\)$/,
    );
  });

  it('exports what it shows', async () => {
    map = await pages.open(sampleReport());
    const choose = async (label: string) => {
      await map.page.getByLabel('Export').selectOption({ label });
      await map.settle();
    };
    await choose('Save as SVG…');
    const svg = await last('save');
    assert.match(svg.content, /^<svg xmlns=.*<title id="t">1 GiB of device memory on a busy server<\/title>/s);
    await choose('Save as PNG…');
    await map.page.waitForTimeout(200);
    const png = await last('save');
    assert.equal(png.encoding, 'base64');
    assert.equal(Buffer.from(png.content, 'base64').subarray(1, 4).toString(), 'PNG');
    await choose('Copy for mail (ASCII)');
    assert.ok((await last('copy')).text.split('\n').every((line) => line.length <= 72));
    await choose('Save as JSON…');
    assert.equal(JSON.parse((await last('save')).content).format, 'iomem-review-map');
  });

  it('draws texts of /proc/iomem and kernel logs without a patch', async function () {
    if (!existsSync(shared)) skipOrFail(this, `no texts at ${shared}`);
    map = await pages.open(undefined);
    for (const folder of ['iomem', 'dmesg'])
      for (const file of readdirSync(path.join(shared, folder))) {
        const text = readFileSync(path.join(shared, folder, file), 'utf8');
        await map.post({ type: 'machine', texts: [{ name: file, text }] });
        if (/x345-dmesg-head/.test(file)) {
          assert.match((await map.page.locator('.empty').textContent()) ?? '', /holds no/);
          continue;
        }
        assert.equal(await map.page.locator('h1').textContent(), file);
        const drawn = folder === 'iomem' ? await boxes() : await map.page.locator('canvas.map:visible').count();
        assert.ok(drawn > 0, `${file}: ${drawn} boxes`);
        assert.ok((await map.colours()) > 5, file);
        if (/laptop|3node|optane/.test(file)) await map.picture(`text-${file.replace('.txt', '')}`);
      }
    await map.post({ type: 'machine', texts: [{ name: 'iomem', text: '00000000-00000000 : System RAM\n' }] });
    assert.match((await map.page.locator('.empty').textContent()) ?? '', /all addresses are zero.*as root/s);
  });

  it('leads to the line of the text', async () => {
    map = await pages.open(undefined);
    await map.post({ type: 'machine', texts: [{ name: 'iomem', text: '# mine\n00001000-00001fff : System RAM\n' }] });
    await canvas().focus();
    await map.page.keyboard.press('ArrowRight');
    await map.facts.getByRole('button', { name: 'line 2' }).click();
    assert.equal((await last('textLine')).line, 2);
  });
});
