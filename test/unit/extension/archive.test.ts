import assert from 'node:assert/strict';
import { parseThread, threadUrl, webServer } from '../../../src/extension/archive.ts';

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
});
