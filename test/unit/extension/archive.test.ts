import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { fetchThread, parseThread, threadUrl, webServer } from '../../../src/extension/archive.ts';

describe('extension/archive', () => {
  const lore = 'https://lore.kernel.org/all/';
  const url = (text: string, server = lore) => {
    const address = parseThread(text, server);
    return address && threadUrl(address);
  };

  it('reads Message-IDs in the forms that people copy', () => {
    for (const text of ['a.b@c.d', '<a.b@c.d>', 'id:a.b@c.d', ' mid:<a.b@c.d>\n'])
      assert.equal(url(text), 'https://lore.kernel.org/all/a.b@c.d/t.mbox.gz', text);
  });
  it('reads links to a message, whatever view of it they name', () => {
    for (const tail of ['', '/', '/T/#u', '/raw', '/t.mbox.gz'])
      assert.equal(
        url(`https://lore.kernel.org/linux-mm/a@c.d${tail}`),
        'https://lore.kernel.org/linux-mm/a@c.d/t.mbox.gz',
      );
    assert.equal(url('https://lore.kernel.org/r/a@c.d'), 'https://lore.kernel.org/all/a@c.d/t.mbox.gz');
    assert.equal(url('http://127.0.0.1:8080/l/a%2Fb@c.d/'), 'http://127.0.0.1:8080/l/a%2Fb@c.d/t.mbox.gz');
  });
  it('reads nothing else', () => {
    for (const text of [
      '',
      'words',
      'a@b c',
      'file:///etc/passwd',
      'https://lore.kernel.org/all/',
      'a/../b@c',
      'javascript:a@b/',
    ])
      assert.equal(parseThread(text, lore), undefined, text);
    assert.equal(parseThread('a@b', 'ftp://x'), undefined);
    assert.equal(webServer('https://u:p@h/x?y#z'), 'https://h/x');
  });

  describe('a hostile server', () => {
    let server: Server;
    let origin = '';
    /** How it answers, by the last part of the path. */
    const answers = new Map<string, (response: ServerResponse) => void>();
    before(async () => {
      server = createServer((request, response) => {
        const id = decodeURIComponent(request.url?.split('/').at(-2) ?? '');
        (answers.get(id) ?? ((other) => other.writeHead(404).end()))(response);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/all`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    const bounds = { packed: 100_000, bytes: 1_000_000, milliseconds: 10_000 };
    const ask = (id: string, more: Partial<typeof bounds> = {}) =>
      fetchThread({ server: origin, messageId: id }, new AbortController().signal, { ...bounds, ...more });

    it('gets no more memory than a thread may have: a small answer that unpacks to much', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      assert.ok(bomb.length < bounds.packed, `${bomb.length}`);
      let closed = false;
      answers.set('bomb@x', (response) => response.on('close', () => (closed = true)).end(bomb));
      const before = process.memoryUsage().arrayBuffers;
      await assert.rejects(ask('bomb@x'), /larger than 1000000 bytes/);
      // What was unpacked is let go; it was never more than the bound and a few chunks.
      assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
      await until(() => closed);
    });

    it('is left when it sends without end', async () => {
      const noise = Buffer.from(Array.from({ length: 60_000 }, (_, k) => (k * 7919) & 0xff));
      let sent = 0;
      answers.set('endless@x', (response) => {
        response.write(gzipSync('x').subarray(0, 10));
        const more = () => {
          sent += noise.length;
          if (!response.destroyed) response.write(noise, () => setImmediate(more));
        };
        more();
      });
      await assert.rejects(ask('endless@x'));
      const then = sent;
      assert.ok(then < 10_000_000, `${then}`);
    });

    it('is left when it says nothing', async () => {
      answers.set('silent@x', () => {});
      await assert.rejects(ask('silent@x', { milliseconds: 50 }), { name: 'TimeoutError' });
    });

    it('leads nowhere else, and is not believed when it sends no gzip', async () => {
      answers.set('moved@x', (response) => response.writeHead(302, { location: '/all/other@x/t.mbox.gz' }).end());
      let led = false;
      answers.set('other@x', (response) => {
        led = true;
        response.end();
      });
      await assert.rejects(ask('moved@x'));
      assert.equal(led, false);
      answers.set('plain@x', (response) => response.end('From nobody'));
      await assert.rejects(ask('plain@x'));
      await assert.rejects(ask('gone@x'), /does not have the message gone@x/);
    });

    it('is read where it behaves', async () => {
      answers.set('good@x', (response) => response.end(gzipSync('From a\n\n')));
      assert.equal(await ask('good@x'), 'From a\n\n');
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(condition());
}
