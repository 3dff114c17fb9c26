import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { cleanUp, sample, textOf } from '../support.ts';

/** An archive of our own, as public-inbox serves threads. */
describe('Review from Mailing List Archive', () => {
  let server: Server;
  let origin = '';
  const asked: string[] = [];
  const settings = () => vscode.workspace.getConfiguration('iomemReview');
  const id = '20210325091000-0-ada@example.org';

  before(async () => {
    const mbox = await textOf(sample('patches/v1.mbox'));
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === `/all/${id}/t.mbox.gz`) response.end(gzipSync(mbox));
      else if (request.url?.includes('elsewhere')) response.writeHead(302, { location: '/secret' }).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await settings().update('archive.server', `${origin}/all`, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    server.close();
    for (const name of ['archive.server', 'archive.allowed'])
      await settings().update(name, undefined, vscode.ConfigurationTarget.Global);
    await cleanUp();
  });
  const fetchIt = (what: string) => vscode.commands.executeCommand('iomemReview.reviewArchive', what);

  it('asks nobody before the person has allowed it', async () => {
    // The question stands on the screen until the window is gone; nothing is fetched meanwhile.
    void fetchIt(id);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.deepEqual(asked, []);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('fetches a thread by Message-ID from an allowed server, and reviews it', async () => {
    await settings().update('archive.allowed', [origin], vscode.ConfigurationTarget.Global);
    await fetchIt(`<${id}>`);
    assert.deepEqual(asked, [`/all/${id}/t.mbox.gz`]);
    const document = vscode.window.activeTextEditor?.document;
    assert.match(document?.getText() ?? '', /^From: Ada Linden/m);
    assert.ok(document && vscode.languages.getDiagnostics(document.uri).length > 0);
  });

  it('says so where the server has no such message, and follows no redirection', async () => {
    asked.length = 0;
    await fetchIt('nothing@example.org');
    await fetchIt('elsewhere@example.org');
    assert.ok(
      asked.every((url) => url.startsWith('/all/')),
      asked.join(),
    );
    assert.equal(asked.length, 2);
  });
});
