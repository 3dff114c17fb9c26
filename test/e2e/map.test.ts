import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../.ci/lib/paths.mjs';
import { largeReport, reportOfIomem, sampleReport } from '../fixtures/sample-report.ts';
import { HOSTILE } from '../support/hostile.ts';
import { skipOrFail } from '../support/tools.ts';
import { type MapPage, MapPages } from './map-page.ts';
import { type ThemeName, themes } from './map-themes.ts';
import { eventually, reads, testLimit } from './patience.ts';

const shared = path.join(root, '../shared/iomem');

describe('e2e: the address map', function () {
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
  const scenario = () => map.page.getByLabel('Scenario');

  it('shows the first scenario that differs, with its facts', async () => {
    map = await pages.open(sampleReport());
    await reads(scenario().locator('option:checked'), /free-region-server/);
    await reads(map.facts, /1 GiB of device memory on a busy server/);
    await eventually(async () => assert.equal(await map.page.locator('.findings li').count(), 3));
    assert.equal(
      await map.page.locator('.headline').innerText(),
      'dev moved up by 640 MiB, 0x3fff_0000_0000 → 0x3fff_2800_0000 · 4 → 20 tries\n◆ 2 changed\n■ 1 already there',
    );
    await eventually(async () => assert.ok((await map.colours()) > 50, 'something is drawn'));
  });

  for (const theme of Object.keys(themes) as ThemeName[])
    it(`has a picture in ${theme}`, async () => {
      map = await pages.open(sampleReport(), { theme });
      await map.picture(theme.replace('vscode-', ''));
      await eventually(async () => assert.ok((await map.colours()) > 20));
    });

  it('shows names of strangers as text', async () => {
    const said = JSON.stringify(HOSTILE).slice(1, -1);
    const text = JSON.stringify(sampleReport()).replace(
      /"(name|title|subject|message|verdict)":"[^"]*"/g,
      `"$1":"${said}"`,
    );
    map = await pages.open(JSON.parse(text));
    await canvas().focus();
    await map.page.keyboard.press('d');
    for (let i = 0; i < 4; i++) await map.page.keyboard.press('ArrowRight');
    await map.settle();
    await eventually(async () => assert.ok((await map.factsText()).includes('<img src=x')));
    await eventually(async () => assert.equal(await map.page.locator('img, a[href^="command:"]').count(), 0));
    assert.equal(await map.page.evaluate(() => '__pwned' in globalThis), false);
  });

  it('goes from difference to difference by keyboard and shows exact facts', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    await map.settle();
    const facts = await map.factsText();
    assert.match(facts, /dev/);
    assert.match(facts, /0x3fff_2800_0000 –0x3fff_67ff_ffff/);
    assert.match(facts, /1 GiB \(0x40000000\)/);
    assert.match(facts, /0x3fff28000 … 0x3fff67fff/);
    assert.match(facts, /MEM \| BUSY/);
    assert.match(facts, /DEVICE_PRIVATE_MEMORY/);
    assert.match(facts, /0x3fff_0000_0000/, 'the other world');
    await reads(map.page.locator('.unseen[aria-live]'), /dev, moved, after/);
    await map.picture('difference');
  });

  it('walks the tree with the arrow keys', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    const name = async () => map.page.locator('.facts h2 span').first().textContent();
    await map.page.keyboard.press('ArrowRight');
    await eventually(async () => assert.equal(await name(), 'Reserved'));
    for (let i = 0; i < 3; i++) await map.page.keyboard.press('ArrowRight');
    await eventually(async () => assert.equal(await name(), 'System RAM'));
    await map.page.keyboard.press('ArrowDown');
    await eventually(async () => assert.equal(await name(), 'Kernel code'));
    await map.page.keyboard.press('ArrowRight');
    await eventually(async () => assert.equal(await name(), 'Kernel rodata'));
    await map.page.keyboard.press('ArrowUp');
    await eventually(async () => assert.equal(await name(), 'System RAM'));
    await map.page.keyboard.press('Escape');
    await reads(map.facts, /scenario/);
  });

  it('opens the code and the proof', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    await map.facts.getByRole('button', { name: 'resource.c:1953' }).click();
    await map.facts.getByRole('button', { name: 'line 24 of the patch' }).click();
    await map.page.locator('.findings').getByRole('button', { name: 'proof' }).first().click();
    const posted = (await map.posted()).filter((m) => m.type !== 'ready');
    assert.deepEqual(
      posted.map((m) => (m.type === 'open' ? [m.type, m.patch, m.place.line, m.place.world] : [m.type])),
      [['open', 0, 1953, 'after'], ['open', 0, 1953, 'after'], ['proof']],
    );
    assert.equal(
      posted[2]?.type === 'proof' && posted[2].finding,
      'placement-change:kernel/resource.c:1850:free-region-server',
    );
  });

  it('hovers, clicks, zooms with the wheel and drags', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    await map.settle();
    // The selected region is centred; its lane is the second of the two.
    const box = (await canvas().boundingBox())!;
    const findRow = async (): Promise<number> => {
      for (let y = 120; y < box.height; y += 6) {
        await map.page.mouse.move(box.x + box.width / 2 + 90, box.y + y);
        if (await map.page.locator('.tip:visible strong', { hasText: 'dev' }).count()) return y;
      }
      throw new Error('the device is nowhere under the pointer');
    };
    const y = await findRow();
    await reads(map.page.locator('.tip'), /0x3fff_/);
    await map.page.mouse.click(box.x + box.width / 2 + 90, box.y + y);
    await reads(map.facts, /^dev/);
    const before = await map.kept();
    await map.page.mouse.wheel(0, -400);
    let zoomed = before;
    await eventually(async () => {
      zoomed = await map.kept();
      assert.ok(zoomed.magnification > before.magnification * 1.5);
    });
    await map.page.mouse.down();
    await map.page.mouse.move(box.x + box.width / 2 - 200, box.y + y, { steps: 4 });
    await map.page.mouse.up();
    await eventually(async () =>
      assert.ok(BigInt(`0x${(await map.kept()).left}`) > BigInt(`0x${zoomed.left}`), 'dragging to the left goes up'),
    );
    await button('All').click();
    await eventually(async () => assert.equal((await map.kept()).magnification, 1));
  });

  it('zooms in to one page and no farther', async () => {
    map = await pages.open(sampleReport());
    await canvas().focus();
    await map.page.keyboard.press('d');
    for (let i = 0; i < 60; i++) await map.page.keyboard.press('+');
    const before = await map.kept();
    await map.page.keyboard.press('Shift+ArrowRight');
    await eventually(async () => {
      const moved = BigInt(`0x${(await map.kept()).left}`) - BigInt(`0x${before.left}`);
      assert.ok(moved > 4096n / 6n && moved < 4096n / 4n, `a fifth of a page, not ${moved} bytes`);
    });
    await map.picture('one-page');
  });

  it('finds addresses, distances, page frames and names', async () => {
    map = await pages.open(sampleReport());
    const find = map.page.getByRole('searchbox');
    const hits = map.page.locator('.hits');
    await find.fill('0x3fff_2800_1000');
    await map.settle();
    await eventually(async () => assert.equal(await hits.textContent(), '0x3fff_2800_1000, in dev'));
    await find.fill('+1G');
    await map.settle();
    await reads(hits, /^0x3fff_6800_0000, in busy9$/);
    await find.fill('pfn 0x100');
    await map.settle();
    await eventually(async () => assert.equal(await hits.textContent(), '0x10_0000, in System RAM'));
    await find.fill('KERNEL');
    await map.settle();
    await eventually(async () => assert.equal(await hits.textContent(), '1 of 5'));
    await find.press('Enter');
    await eventually(async () => assert.equal(await hits.textContent(), '2 of 5'));
    await reads(map.facts, /^Kernel rodata/);
    await find.fill('nothing of the kind');
    await map.settle();
    await eventually(async () => assert.equal(await hits.textContent(), 'not found'));
  });

  it('changes scale, worlds and scenario', async () => {
    map = await pages.open(sampleReport());
    for (const mode of ['Log', 'Linear', 'Compressed']) {
      await button(mode).click();
      await map.settle();
      await eventually(async () => assert.equal(await button(mode).getAttribute('aria-pressed'), 'true'));
      await map.picture(mode.toLowerCase());
    }
    for (const showing of ['Before', 'After', 'Difference', 'Both']) {
      await button(showing).click();
      await map.settle();
      await eventually(async () => assert.ok((await map.colours()) > 15, showing));
    }
    await scenario().selectOption({ label: 'region-intersects on cxl-window' });
    await map.settle();
    await reads(map.facts, /what overlaps a window/);
    await eventually(async () => assert.equal(await map.page.locator('.findings li').count(), 0));
    await map.picture('cxl-window');
    await scenario().selectOption({ label: 'free-region-top on x86_64' });
    await map.settle();
  });

  it('has the same facts as a tree of rows', async () => {
    map = await pages.open(sampleReport());
    await button('Table').click();
    const grid = map.page.getByRole('treegrid', { name: 'Regions' });
    const rows = grid.getByRole('row');
    await rows.nth(1).focus();
    await eventually(async () => assert.equal(await grid.locator('tbody tr').count(), 25));
    const ram = grid.locator('tbody tr').nth(3);
    await ram.focus();
    await map.page.keyboard.press('ArrowRight');
    await eventually(async () => assert.equal(await ram.getAttribute('aria-expanded'), 'true'));
    await eventually(async () => assert.equal(await grid.locator('tbody tr').count(), 30));
    await map.page.keyboard.press('ArrowDown');
    await map.page.keyboard.press('Enter');
    await reads(map.facts, /^Kernel code/);
    await map.page.keyboard.press('ArrowLeft');
    await map.page.keyboard.press('ArrowLeft');
    await eventually(async () => assert.equal(await grid.locator('tbody tr').count(), 25));
    const devices = await grid.locator('tbody tr', { hasText: 'dev' }).locator('td:last-child').allTextContents();
    assert.deepEqual(devices, ['before, moved', 'after, moved']);
    await map.picture('table');
  });

  it('comes back after a reload to where it was', async () => {
    map = await pages.open(sampleReport());
    await scenario().selectOption({ label: 'free-region-crowded on crowded-top' });
    await button('Log').click();
    await canvas().focus();
    await map.page.keyboard.press('d');
    const was = await map.kept();
    await map.page.reload();
    await map.waitFor('ready');
    await map.send(sampleReport());
    await reads(scenario().locator('option:checked'), /free-region-crowded/);
    await eventually(async () => assert.equal(await button('Log').getAttribute('aria-pressed'), 'true'));
    await reads(map.facts, /^dev/);
    const again = await map.kept();
    assert.equal(again.left, was.left);
    assert.ok(Math.abs(again.magnification / was.magnification - 1) < 1e-6);
  });

  it('shows the finding that it is asked for', async () => {
    map = await pages.open(sampleReport(), {
      finding: 'hotplug-range-taken:kernel/resource.c:1850:free-region-server',
    });
    await reads(map.page.locator('.findings li.selected'), /hotplug-range-taken/);
  });

  it('writes names as text, never as HTML', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    map = await pages.open(reportOfIomem(evil, `00001000-00001fff : ${evil}\n`));
    await canvas().focus();
    await map.page.keyboard.press('ArrowRight');
    await eventually(async () => assert.equal(await map.page.locator('img').count(), 0));
    await reads(map.facts, /<img src=x/);
    await button('Table').click();
    await eventually(async () => assert.equal(await map.page.locator('img').count(), 0));
  });

  it('follows a change of theme', async () => {
    map = await pages.open(sampleReport());
    const corner = () =>
      canvas().evaluate((c: HTMLCanvasElement) => {
        const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
        let sum = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) sum += data[i]!;
        return sum;
      });
    const before = await corner();
    await map.page.evaluate((variables) => {
      document.body.className = 'vscode-light';
      for (const [name, value] of Object.entries(variables))
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }, themes['vscode-light']);
    await map.settle();
    await eventually(async () => assert.notEqual(await corner(), before));
  });

  it('fits beside an editor and on a screen of double density', async () => {
    map = await pages.open(sampleReport(), { width: 640, height: 900, ratio: 2 });
    const size = await canvas().evaluate((c: HTMLCanvasElement) => [c.width, c.clientWidth]);
    assert.equal(size[0], size[1]! * 2);
    assert.equal(await map.page.evaluate(() => document.documentElement.scrollWidth), 640);
    await map.picture('narrow');
  });

  it('draws 100,000 regions, in each frame no more boxes than its width has room for', async () => {
    map = await pages.open(largeReport(100_000));
    const width = await canvas().evaluate((c: HTMLCanvasElement) => c.clientWidth);
    const zoom = (deltaY: number) =>
      canvas().evaluate((target: HTMLCanvasElement, delta) => {
        const { left, top } = target.getBoundingClientRect();
        const at = { clientX: left + target.clientWidth * 0.6, clientY: top + 100, bubbles: true, cancelable: true };
        target.dispatchEvent(new WheelEvent('wheel', { deltaY: delta, ...at }));
      }, deltaY);
    for (const deltaY of [0, -60, -900, -900, -900, -900, 3000]) {
      await zoom(deltaY);
      await map.settle();
      // That bounds the work of a frame, whatever the number of regions; how long one takes is `npm run bench`'s to say.
      const drawn = Number(await canvas().getAttribute('data-boxes'));
      assert.ok(drawn > 0 && drawn <= 2 * width, `${drawn} boxes on ${width} pixels`);
      if (deltaY === -60) await map.picture('100000');
    }
  });

  it('draws every real iomem text', async function () {
    if (!existsSync(shared)) skipOrFail(this, `no iomem texts at ${shared}`);
    map = await pages.open(undefined);
    for (const file of readdirSync(shared)) {
      await map.send(reportOfIomem(file, readFileSync(path.join(shared, file), 'utf8')));
      await eventually(async () => assert.ok((await map.colours()) > 10, file));
      if (/laptop|two-windows|thunderx2/.test(file)) await map.picture(file.replace('.txt', ''));
    }
  });
});
