import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import { root } from '../../.ci/lib/paths.mjs';
import { packWhatIf } from '../../src/map/what-if.ts';
import type { FromMap } from '../../src/protocol.ts';
import { sampleReport } from '../fixtures/sample-report.ts';
import { sampleTimeline } from '../fixtures/sample-timeline.ts';
import { sampleWhatIf } from '../fixtures/sample-what-if.ts';
import { skipOrFail } from '../support/tools.ts';
import { type MapPage, MapPages } from './map-page.ts';
import { type ThemeName, themes } from './map-themes.ts';
import { eventually, reads, testLimit } from './patience.ts';

const shared = path.join(root, '../shared');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('e2e: views of the address map', function () {
  this.timeout(testLimit);
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
    await eventually(async () => assert.ok((await map.colours()) > 20));
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
    await eventually(async () => assert.notEqual(await picture(), after));
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
    await reads(step, /step 2 of 6, nouveau: write of 8 bytes/);
    await reads(step, /\+ dev \[0x3fff28000000-0x3fff67ffffff\]/);
    await reads(step, /nouveau resource_lock \(write\)/);
    await reads(map.facts, /^dev/);
    await eventually(async () => assert.equal((await last('step')).place?.line, 193));
    const scrub = panel.getByRole('slider', { name: 'Step' });
    assert.equal(
      await scrub.getAttribute('aria-valuetext'),
      'step 2 of 6, nouveau: write of 8 bytes: iomem_resource+56',
    );
    await scrub.press('ArrowRight');
    await reads(step, /amdgpu: read_lock.*amdgpu resource_lock \(read\)/s);
    await button('Before the first step').click();
    await reads(step, /before the first step/);
    await eventually(async () => assert.equal((await last('step')).place, undefined));
    await button('Last step').click();
    await reads(step, /problem: something is amiss/);
    await button('Debug from here').click();
    const { finding, world, step: from } = await last('debug');
    assert.deepEqual(
      [finding, world, from],
      ['placement-change:kernel/resource.c:1850:free-region-server', 'after', (await last('step')).step],
    );
    // The other way round: a line of the source.
    await map.post({ type: 'line', file: 'kernel/resource.c', line: 597, world: 'before' });
    await reads(step, /step 4 of 6/);
    await eventually(async () => assert.equal((await last('step')).place?.world, 'before'));
    await button('Before the first step').click();
    await button('Play the steps').click();
    await map.page.waitForFunction(() => document.querySelector('.step')?.textContent?.includes('step 2 of 6'));
    await button('Stop').click();
    // Each state has its share of the width, the one before the first step to begin with.
    const lanes = panel.locator('canvas');
    const share = (await lanes.boundingBox())!.width / 7;
    await lanes.click({ position: { x: share * 1.5, y: 10 } });
    await reads(step, /step 1 of 6/);
    await lanes.click({ position: { x: 5, y: 10 } });
    await reads(step, /before the first step/);
    await button('Close the timeline').click();
    await eventually(async () => assert.equal(await panel.count(), 0));
    // What proves no finding cannot be debugged as a proof.
    await map.page.getByLabel('Scenario').selectOption({ label: 'free-region-crowded on crowded-top' });
    await timeline();
    await eventually(async () => assert.equal(await button('Debug from here').count(), 0));
  });

  it('says why there is no timeline', async () => {
    map = await pages.open(sampleReport());
    const { key } = await timeline(false);
    await map.post({ type: 'noTimeline', key, reason: 'the schedule does not fit' });
    await reads(map.page.locator('.timeline'), /the schedule does not fit/);
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
    await reads(map.facts, /measured/);
    await canvas().focus();
    await map.page.keyboard.press('Escape');
    await map.page.keyboard.press('d');
    await map.page.keyboard.press('m');
    await map.page.keyboard.press('m');
    await reads(map.facts, /^1 GiBmeasured.*pages0x40000sections8/s);
    await map.settle();
    await map.picture('ruler');
  });

  it('tells pfn and section numbers, and goes to them', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    await reads(map.facts, /section0x7ffe5 … 0x7ffec/);
    const find = map.page.getByRole('searchbox');
    await find.fill('section 0x7ffe6');
    await map.settle();
    await eventually(async () =>
      assert.equal(await map.page.locator('.hits').textContent(), '0x3fff_3000_0000, in dev'),
    );
    await canvas().focus();
    await map.page.keyboard.press('c');
    assert.match(
      (await last('copy')).text,
      /^3fff28000000-3fff67ffffff : dev \(1 GiB, MEM \| BUSY, DEVICE_PRIVATE_MEMORY\)$/,
    );
  });

  it('lights up the try that a step makes, and goes to the step of a try', async () => {
    map = await pages.open(sampleReport());
    const { key } = await timeline(false);
    const own = sampleTimeline('after');
    const rows = own.rows.map((row, i) => (i === 2 ? { ...row, tried: 5 } : i === 3 ? { ...row, tried: 6 } : row));
    await map.post({ type: 'timeline', key, timelines: { after: { ...own, rows } } });
    const picture = () => canvas().evaluate((c: HTMLCanvasElement) => c.toDataURL());
    const scrub = map.page.getByRole('slider', { name: 'Step', exact: true });
    await scrub.press('ArrowRight');
    await map.settle();
    await reads(map.facts, /^Try \d+ of 20/);
    await reads(map.page.locator('.step .try'), /^looks at 0x[\da-f_]+ – 0x[\da-f_]+: /);
    const first = await picture();
    await map.picture('try');
    await scrub.press('ArrowRight');
    await map.settle();
    await eventually(async () => assert.notEqual(await picture(), first));
    // The other way round: from a cross to its step.
    await scrub.press('Home');
    await reads(map.page.locator('.step'), /before the first step/);
    const box = (await canvas().boundingBox())!;
    const tip = map.page.locator('.tip:visible strong');
    let found = false;
    for (let y = 90; y < box.height && !found; y += 20)
      for (let x = box.width - 30; x > box.width * 0.6 && !found; x -= 13) {
        await map.page.mouse.move(box.x + x, box.y + y);
        found = (await tip.count()) > 0 && /tried|chosen/.test((await tip.textContent()) ?? '');
        if (found) await map.page.mouse.click(box.x + x, box.y + y);
      }
    assert.ok(found, 'there are tries to point at');
    await reads(map.page.locator('.step'), /^step [34] of 6/);
  });

  it('zooms by pinching, and goes where the strip above is clicked', async () => {
    map = await pages.open(sampleReport());
    const zoom = async () => Number((await map.kept()).magnification);
    const left = async () => BigInt(`0x${(await map.kept()).left}`);
    const touch = await map.page.context().newCDPSession(map.page);
    const box = (await canvas().boundingBox())!;
    const y = box.y + 140;
    const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: number[]) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
    await fingers('touchStart', 500, 600);
    await fingers('touchMove', 480, 620);
    await fingers('touchMove', 400, 700);
    await fingers('touchEnd');
    let near = 1;
    await eventually(async () => {
      near = await zoom();
      assert.ok(Math.abs(near - 3) < 0.5, `fingers three times as far apart: ${near} times as large`);
    });
    const strip = (await map.page.locator('canvas.overview').boundingBox())!;
    await map.page.mouse.click(strip.x + strip.width - 20, strip.y + 10);
    let right = 0n;
    await eventually(async () => {
      right = await left();
      assert.ok(right > 0x1_0000_0000n);
    });
    await map.page.mouse.move(strip.x + strip.width - 20, strip.y + 10);
    await map.page.mouse.down();
    await map.page.mouse.move(strip.x + 20, strip.y + 10, { steps: 4 });
    await map.page.mouse.up();
    await eventually(async () => assert.ok((await left()) < right));
    await eventually(async () =>
      assert.ok(Math.abs((await zoom()) / near - 1) < 1e-6, 'the strip moves, and keeps the size'),
    );
    // A distance from what is selected.
    const find = map.page.getByRole('searchbox');
    await find.fill('0x3fff28000000');
    await find.fill('+1G');
    await map.settle();
    await reads(map.page.locator('.hits'), /^0x3fff_6800_0000, /);
  });

  it('comes back to the step of its timeline after it was hidden, and does not jump to an old wish', async () => {
    const finding = 'hotplug-range-taken:kernel/resource.c:1850:free-region-server';
    map = await pages.open(undefined);
    await map.send(sampleReport(), finding, 1);
    await eventually(async () => assert.equal(await map.page.locator('.findings li.selected').count(), 1));
    await map.page.getByLabel('Scenario').selectOption({ label: 'free-region-server on server with a busy top' });
    await timeline();
    await map.page.getByRole('slider', { name: 'Step', exact: true }).press('ArrowRight');
    await reads(map.page.locator('.step'), /step 3 of 6/);
    await map.kept();
    // An editor takes a hidden page away, and sends the same again when it is shown.
    await map.page.reload();
    await map.waitFor('ready');
    await map.send(sampleReport(), finding, 1);
    const { key } = await last('timeline');
    await map.post({
      type: 'timeline',
      key,
      timelines: { before: sampleTimeline('before'), after: sampleTimeline('after') },
    });
    await reads(map.page.locator('.step'), /step 3 of 6/);
    await eventually(async () => assert.equal(await map.page.locator('.findings li.selected').count(), 0));
    await map.send(sampleReport(), finding, 2);
    await eventually(async () =>
      assert.equal(await map.page.locator('.findings li.selected').count(), 1, 'a new wish is another matter'),
    );
  });

  it('speaks the language of the person', async () => {
    const texts = JSON.parse(readFileSync(path.join(root, 'l10n/bundle.l10n.de.json'), 'utf8'));
    map = await pages.open(sampleReport(), { texts });
    await reads(map.facts, /Szenariofree-region-server/);
    for (const name of ['Gestaucht', 'Zeitleiste', 'Nächster Unterschied']) await button(name).waitFor();
    await reads(map.page.locator('.findings h2'), /^Befunde hier \(3\)$/);
    // What others read stays English.
    await map.page.getByLabel('Export').selectOption({ label: 'Für Mail kopieren (ASCII)' });
    await map.settle();
    await eventually(async () => assert.match((await last('copy')).text, /^before: 35 regions, 4 tries$/m));
    await map.picture('german');
  });

  it('shows what other constants come to: map, price, capacity, what fails later', async () => {
    map = await pages.open(undefined, { height: 1000 });
    await map.post({ type: 'whatIf', whatIf: packWhatIf(sampleWhatIf()) });
    await reads(map.page.locator('h1'), /^server: MAX_PHYSMEM_BITS=47/);
    const facts = (await map.page.locator('.findings').textContent()) ?? '';
    for (const said of ['SECTIONS_SHIFT19→ 20', 'Allocation 37 fails with -ERANGE', 'now fails with -EEXIST'])
      assert.ok(facts.includes(said), `${said} in ${facts}`);
    await eventually(async () => assert.ok((await map.colours()) > 20));
    const drawn = await map.page.locator('canvas.curve').evaluate((c: HTMLCanvasElement) => {
      const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
      return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join())).size;
    });
    assert.ok(drawn > 10, 'the curve is drawn');
    await eventually(async () => assert.equal(await button('Timeline').count(), 0, 'there is nothing to replay'));
    await canvas().focus();
    await map.page.keyboard.press('t');
    await map.page.keyboard.press('d');
    await reads(map.facts, /^device memory of what-if/);
    await button('Save curve as SVG…').click();
    await eventually(async () => assert.match((await last('save')).content, /^<svg .*>allocations</s));
    await map.picture('what-if');
  });

  it('saves the arrangement that it shows', async () => {
    map = await pages.open(sampleReport());
    const saved = async () => {
      await map.page.getByLabel('Export').selectOption({ label: 'Save as SVG…' });
      await map.settle();
      return last('save');
    };
    await button('Side').click();
    const side = await saved();
    assert.match(side.name, /-side-by-side\.svg$/);
    assert.match(side.content, /before on the left, after on the right/);
    await button('Slider').click();
    await map.page.getByRole('slider', { name: /before is shown over after/ }).fill('250');
    const over = await saved();
    assert.match(over.name, /-before-over-after\.svg$/);
    assert.match(over.content, /before up to the line at 25 %/);
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
    await eventually(async () => {
      const png = await last('save');
      assert.equal(png.encoding, 'base64');
      assert.equal(Buffer.from(png.content, 'base64').subarray(1, 4).toString(), 'PNG');
    });
    await choose('Copy for mail (ASCII)');
    await eventually(async () => assert.ok((await last('copy')).text.split('\n').every((line) => line.length <= 72)));
    await choose('Save as JSON…');
    await eventually(async () => assert.equal(JSON.parse((await last('save')).content).format, 'iomem-review-map'));
  });

  it('draws texts of /proc/iomem and kernel logs without a patch', async function () {
    if (!existsSync(shared)) skipOrFail(this, `no texts at ${shared}`);
    map = await pages.open(undefined);
    for (const folder of ['iomem', 'dmesg'])
      for (const file of readdirSync(path.join(shared, folder))) {
        const text = readFileSync(path.join(shared, folder, file), 'utf8');
        await map.post({ type: 'machine', texts: [{ name: file, text }] });
        if (/x345-dmesg-head/.test(file)) {
          await reads(map.page.locator('.empty'), /holds no/);
          continue;
        }
        await eventually(async () => assert.equal(await map.page.locator('h1').textContent(), file));
        const drawn = folder === 'iomem' ? await boxes() : await map.page.locator('canvas.map:visible').count();
        assert.ok(drawn > 0, `${file}: ${drawn} boxes`);
        await eventually(async () => assert.ok((await map.colours()) > 5, file));
        if (/laptop|3node|optane/.test(file)) await map.picture(`text-${file.replace('.txt', '')}`);
      }
    await map.post({ type: 'machine', texts: [{ name: 'iomem', text: '00000000-00000000 : System RAM\n' }] });
    await reads(map.page.locator('.empty'), /all addresses are zero.*as root/s);
  });

  it('leads to the line of the text', async () => {
    map = await pages.open(undefined);
    await map.post({ type: 'machine', texts: [{ name: 'iomem', text: '# mine\n00001000-00001fff : System RAM\n' }] });
    await canvas().focus();
    await map.page.keyboard.press('ArrowRight');
    await map.facts.getByRole('button', { name: 'line 2' }).click();
    await eventually(async () => assert.equal((await last('textLine')).line, 2));
  });
});
