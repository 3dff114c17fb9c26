import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, reviewWell, ruleOf, sample, textOf, until } from '../support.ts';

const run = (name: string, ...args: unknown[]) => vscode.commands.executeCommand(`iomemReview.${name}`, ...args);

async function opened(content: string): Promise<vscode.Uri> {
  return (await vscode.workspace.openTextDocument({ language: 'diff', content })).uri;
}

/** Nobody looked whether a neighbour's last byte is taken: no scenario does, the search for calls comes upon it. */
const blind = `--- a/kernel/resource.c
+++ b/kernel/resource.c
@@ -284,7 +284,7 @@
 		if (start < res->parent->start || end > res->parent->end)
 			return -EBUSY;
 		for (other = res->parent->child; other; other = other->sibling)
-			if (other != res && other->start <= end && other->end >= start)
+			if (other != res && other->start < end && other->end >= start)
 				return -EBUSY;
 	}
 	for (other = res->child; other; other = other->sibling)
`;

/** The search for a place begins one size lower than it did. */
const lower = (source: string): string => {
  const at = source.split('\n').findIndex((line) => line.includes('addr = end - size + 1;'));
  const [before, line, after] = source.split('\n').slice(at - 1, at + 2);
  return `--- a/kernel/resource.c\n+++ b/kernel/resource.c\n@@ -${at},3 +${at},3 @@\n ${before}\n-${line}\n+${line?.replace('+ 1', '+ 1 - size')}\n ${after}\n`;
};

describe('The desk: a finding about a place', () => {
  after(cleanUp);

  it('is answered with the map in characters, which fits a mail', async () => {
    const patch = await opened(lower(await textOf(sample('kernel/resource.c'))));
    await reviewWell(patch);
    const found = diagnosticsOf(patch).find((one) => ruleOf(one) === 'placement-change');
    assert.ok(found, diagnosticsOf(patch).map(ruleOf).join());
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      patch,
      found.range,
    );
    const adopt = all.find(
      ({ command }) =>
        command?.command === 'iomemReview.adoptFinding' &&
        String(command.arguments?.[1]).startsWith('placement-change:'),
    );
    assert.ok(adopt);
    await run('adoptFinding', ...(adopt.command?.arguments ?? []));
    await run('composeReply', patch, { trailers: [] });
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^ {2}0x0 .*2\^\d\d$/m, 'the axis');
    assert.match(text, /^ {2}[+\-/|]{40,}$/m, 'and what lies on it');
    const body = text.slice(text.indexOf('\n\n'));
    for (const line of body.split('\n'))
      assert.ok(line.length <= 72 || line.startsWith('>') || line.includes('\t'), line);
  });
});

describe('The desk: what the search found', () => {
  const settings = () => vscode.workspace.getConfiguration('iomemReview');
  before(() => settings().update('fullReview', true, vscode.ConfigurationTarget.Global));
  after(async () => {
    await settings().update('fullReview', undefined, vscode.ConfigurationTarget.Global);
    await cleanUp();
  });

  it('is copied as a KUnit test, by the quick fix', async () => {
    const patch = await opened(blind);
    await reviewWell(patch);
    const found = () => diagnosticsOf(patch).find((one) => /before -EBUSY, after 0|search-1/.test(one.message));
    const fixesOf = async () => {
      const line = blind.split('\n').findIndex((one) => one.startsWith('+\t'));
      const range = found()?.range ?? new vscode.Range(line, 0, line, 0);
      const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        patch,
        range,
      );
      return all.find((one) => one.command?.command === 'iomemReview.copyKunit');
    };
    await until('the full review offers it', async () => (await fixesOf()) !== undefined);
    const { command } = (await fixesOf()) ?? assert.fail();
    await run('copyKunit', ...(command?.arguments ?? []));
    assert.match(await vscode.env.clipboard.readText(), /^static void \w+\(struct kunit \*test\)$/m);
  });
});

/** Mails of a series of this many patches and bytes: texts, and in two of them code that takes a lock and forgets it, and mends it. */
function largeSeries(source: string, patches: number, bytes: number): string {
  const lines = source.split('\n');
  const at = lines.findIndex((line) => line.includes('read_unlock(&resource_lock);'));
  const [before, unlock, after] = lines.slice(at - 1, at + 2);
  const filler = Array.from(
    { length: Math.ceil(bytes / patches / 80) },
    (_, k) => `+${String(k).padEnd(78, ' words')}`,
  );
  const text = filler.join('\n');
  const file = '--- a/kernel/resource.c\n+++ b/kernel/resource.c\n';
  const code = new Map([
    [20, `${file}@@ -${at},3 +${at},2 @@\n ${before}\n-${unlock}\n ${after}\n`],
    [40, `${file}@@ -${at},2 +${at},3 @@\n ${before}\n+${unlock}\n ${after}\n`],
  ]);
  return Array.from({ length: patches }, (_, k) => {
    const n = k + 1;
    const head = `From ${String(n).padStart(40, '0')} Mon Sep 17 00:00:00 2001\nFrom: Ada Linden <ada@example.org>\nDate: Mon, 19 Apr 2021 11:00:00 +0000\nSubject: [PATCH ${n}/${patches}] docs: part ${n}\nMessage-ID: <part-${n}@example.org>\n\nText.\n---\n`;
    const added = `--- /dev/null\n+++ b/Documentation/part-${n}.rst\n@@ -0,0 +1,${filler.length} @@\n${text}\n`;
    return `${head}${added}${code.get(n) ?? ''}-- \n2.40\n\n`;
  }).join('');
}

/** Looks at the event loop every few milliseconds: how long it could not go on. */
function watchLoop() {
  const gaps: number[] = [];
  const began = performance.now();
  let last = began;
  const timer = setInterval(() => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    const whole = performance.now() - began;
    const stalled = gaps.filter((gap) => gap > 100).reduce((sum, gap) => sum + gap, 0);
    return { whole, stalled, longest: Math.max(0, ...gaps), turns: gaps.length };
  };
}

describe('The desk: a series of 100 patches and 10 MB', () => {
  after(cleanUp);
  let patch: vscode.Uri;

  it('is reviewed while the editor goes on', async () => {
    patch = await opened(largeSeries(await textOf(sample('kernel/resource.c')), 100, 10_000_000));
    const { length } = await textOf(patch);
    assert.ok(length > 10_000_000, `${length}`);
    const heap = process.memoryUsage().heapUsed;
    const stop = watchLoop();
    await reviewWell(patch);
    const { whole, stalled, longest, turns } = stop();
    const grown = process.memoryUsage().heapUsed - heap;
    const mb = (bytes: number) => Math.round(bytes / 1e5) / 10;
    console.log(
      `    series: ${mb(length)} MB in ${Math.round(whole)} ms; the extension host stood for ${Math.round(stalled)} ms, at most ${Math.round(longest)} ms at a time; its heap grew by ${mb(grown)} MB`,
    );
    // How long it stood depends on who else uses the machine; that it went on in between does not.
    assert.ok(turns > 20, `${turns} turns of the loop in ${whole} ms`);
    // The text in the editor, in the request and, as the files after each patch, in the result.
    assert.ok(grown < 20 * length, `${mb(grown)} MB`);
  });

  it('tells which patch brought a defect, and which one mended it', () => {
    const locked = diagnosticsOf(patch).filter((one) =>
      /fixed by 40\/100 “docs: part 40”: bisecting stops/.test(one.message),
    );
    assert.ok(
      locked.length > 0,
      diagnosticsOf(patch)
        .map((one) => `${ruleOf(one)}: ${one.message}`)
        .join('\n'),
    );
    assert.ok(diagnosticsOf(patch).some((one) => /introduced by 20\/100 “docs: part 20”/.test(one.message)));
  });

  it('is walked, marked, commented and answered without long waits', async () => {
    const stop = watchLoop();
    await run('nextFinding');
    await run('toggleReviewed');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), patch.toString());
    const [first] = diagnosticsOf(patch);
    assert.ok(first);
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      patch,
      first.range,
    );
    const adopt = all.find((one) => one.command?.command === 'iomemReview.adoptFinding');
    assert.ok(adopt);
    await run('adoptFinding', ...(adopt.command?.arguments ?? []));
    await run('composeReply', patch, { trailers: [] });
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /^Subject: Re: \[PATCH \d+\/100\]/m);
    const { whole, longest } = stop();
    console.log(
      `    series: marked, commented, answered in ${Math.round(whole)} ms, at most ${Math.round(longest)} ms at a time`,
    );
  });
});
