import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, reviewWell, ruleOf, sample, textOf, until } from './support.ts';

const run = (name: string, ...args: unknown[]) => vscode.commands.executeCommand(`iomemReview.${name}`, ...args);
const activeText = () => vscode.window.activeTextEditor?.document.getText() ?? '';

describe('The desk', () => {
  const patch = sample('patches/v1.mbox');
  before(() => reviewWell(patch));
  after(cleanUp);
  const lock = () => {
    const found = diagnosticsOf(patch).find((one) => ruleOf(one) === 'recursive-lock');
    assert.ok(found);
    return found;
  };
  /** What the editor offers at the line, of this finding: its id begins with its rule. */
  const fixes = async () => {
    const { range } = lock();
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      patch,
      range,
    );
    return all.filter((one) => String(one.command?.arguments?.[1]).startsWith('recursive-lock:'));
  };
  const fix = async (command: string) => {
    const found = (await fixes()).find((one) => one.command?.command === `iomemReview.${command}`);
    assert.ok(found?.command, command);
    return found.command;
  };

  it('offers quick fixes for a finding', async () => {
    const offered = (await fixes()).map((one) => one.command?.command.replace('iomemReview.', ''));
    for (const name of ['showProof', 'showMap', 'adoptFinding', 'copyScenario', 'copyReplay', 'dismissFinding'])
      assert.ok(offered.includes(name), name);
  });

  it('opens the proof and the map from there', async () => {
    const proof = await fix('showProof');
    await run('showProof', ...(proof.arguments ?? []));
    assert.match(activeText(), /^recursive-lock: /);
    const map = await fix('showMap');
    await run('showMap', ...(map.arguments ?? []));
    await until('the map is open', async () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .some((tab) => /^Address Map/.test(tab.label) && tab.input instanceof vscode.TabInputWebview),
    );
  });

  it('copies the scenario that proves a finding, and how to replay it', async () => {
    const scenario = await fix('copyScenario');
    await run('copyScenario', ...(scenario.arguments ?? []));
    assert.match(await vscode.env.clipboard.readText(), /#include <iomem-review.h>/);
    const replay = await fix('copyReplay');
    await run('copyReplay', ...(replay.arguments ?? []));
    assert.match(
      await vscode.env.clipboard.readText(),
      /^iomem-review run [\w.-]+\.c --tree \. --patch PATCH --machine /,
    );
  });

  it('keeps the scenario in the workspace: it runs first on the next revision', async () => {
    const { arguments: args = [] } = await fix('keepScenario');
    const folder = sample('.iomem-review');
    await run('keepScenario', ...args);
    try {
      // Keeping it again changes nothing.
      await run('keepScenario', ...args);
      const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
      assert.equal(names.length, 1, names.join());
      const [name = ''] = names;
      assert.match(name, /^[\w-]+-[\da-f]{16}\.c$/);
      const next = sample('patches/v2.mbox');
      await reviewWell(next);
      await run('exportReport', next, 'json');
      const report = JSON.parse(activeText()) as { patches: { scenarios: { name: string; source: string }[] }[] };
      const kept = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name)));
      for (const { scenarios } of report.patches.filter((one) => one.scenarios.length > 0)) {
        assert.equal(scenarios[0]?.name, `.iomem-review/${name}`);
        assert.equal(scenarios[0].source, kept);
      }
    } finally {
      await vscode.workspace.fs.delete(folder, { recursive: true });
      await run('clear');
      await reviewWell(patch);
    }
  });

  it('dismisses a finding with a reason, also in the next revision, and takes it back', async () => {
    const { arguments: args = [] } = await fix('dismissFinding');
    await run('dismissFinding', ...args, 'known, and fixed elsewhere');
    assert.ok(!diagnosticsOf(patch).some((one) => ruleOf(one) === 'recursive-lock'));
    const next = sample('patches/v2.mbox');
    await reviewWell(next);
    assert.ok(!diagnosticsOf(next).some((one) => ruleOf(one) === 'recursive-lock'), 'carried over');
    await run('restoreFinding', ...args);
    assert.ok(diagnosticsOf(patch).some((one) => ruleOf(one) === 'recursive-lock'));
    assert.ok(diagnosticsOf(next).some((one) => ruleOf(one) === 'recursive-lock'));
  });

  it('compares with the earlier revision, in text and in behaviour', async () => {
    await run('compareRevisions', sample('patches/v2.mbox'), patch);
    assert.match(activeText(), /since: v1\.mbox: 1 patch the same/);
    assert.match(activeText(), /since: reported then, still there: introduced recursive-lock/);
    await reviewWell(sample('patches/v3.mbox'));
    await run('compareRevisions', sample('patches/v3.mbox'), sample('patches/v2.mbox'));
    assert.match(activeText(), /since: reported then, fixed now: introduced recursive-lock/);
  });

  it('composes a reply of a finding that was made a comment, and saves it', async () => {
    const { arguments: args = [] } = await fix('adoptFinding');
    await run('adoptFinding', ...args);
    await run('composeReply', patch, { trailers: [] });
    const text = activeText();
    assert.match(text, /^In-Reply-To: <.+@example\.org>$/m);
    assert.match(text, /^Subject: Re: \[PATCH/m);
    assert.match(text, /^On .* wrote:\n> diff --git a\/kernel\/resource\.c/m);
    assert.match(
      text,
      /^> [+ -].*\n\nExecuted before and after, this introduces a recursive-lock\s\(kernel\/resource\.c:\d+, after the patch\):/m,
    );
    assert.ok(!/-by:/.test(text.split('\n\n')[0] ?? ''));
    const target = sample('reply.eml');
    await run('saveReply', target);
    try {
      assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(target)), text);
    } finally {
      await vscode.workspace.fs.delete(target);
    }
  });

  it('saves it as mbox, shows the command that sends it, and adds the trailers that were asked for, no others', async () => {
    await run('composeReply', patch, { trailers: ['Reviewed-by: R. Viewer <r@example.org>'] });
    const text = activeText();
    assert.match(text, /\n\nReviewed-by: R\. Viewer <r@example\.org>\n$/);
    const id = /^Message-I[Dd]: <(.+)>$/m.exec(await textOf(patch))?.[1] ?? '';
    const answered = /^In-Reply-To: <(.+)>$/m.exec(text)?.[1] ?? '';
    assert.ok((await textOf(patch)).includes(`<${answered}>`) && id !== '');
    assert.match(text, new RegExp(`^References: (?:<.+>\\n )*<${answered.replace(/[.+]/g, '\\$&')}>$`, 'm'));
    for (const line of text.slice(text.indexOf('\n\n')).split('\n'))
      assert.ok(line.length <= 72 || /^[>\s]/.test(line), line);
    assert.match(text, /^> [ +-]\t/m, 'tabs of the patch stay');
    const target = sample('reply.mbox');
    await run('saveReply', target);
    try {
      const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(target));
      assert.match(saved, /^From \S+ Mon Sep 17 00:00:00 2001\n/);
      assert.ok(saved.includes(`Reviewed-by: R. Viewer`));
    } finally {
      await vscode.workspace.fs.delete(target);
    }
    await run('copySendEmail');
    const command = await vscode.env.clipboard.readText();
    assert.match(command, /^git send-email --in-reply-to='<.+@example\.org>' --to=.* --suppress-cc=all reply\.eml$/);
    assert.ok(command.includes(answered));
  });

  it('keeps the comment in a revision that did not change the file', async () => {
    await run('composeReply', sample('patches/v2.mbox'), { trailers: [] });
    assert.match(activeText(), /this introduces a recursive-lock/);
  });

  it('tells above a changed function in how many scenarios it makes a difference', async () => {
    const lensesOf = (uri: vscode.Uri) =>
      vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 200);
    const source = sample('kernel/resource.c');
    const document = await vscode.workspace.openTextDocument(source);
    const here = (await lensesOf(source)).filter((lens) =>
      /differ in \d+ of \d+ scenario runs/.test(lens.command?.title ?? ''),
    );
    assert.ok(here.length > 0);
    assert.ok(
      here.some((lens) => /\w+\(/.test(document.lineAt(lens.range.start.line).text)),
      'at a function',
    );
  });

  it('tells on a changed line what its expressions had for values before and after, in the proving scenario', async () => {
    const document = await vscode.workspace.openTextDocument(patch);
    const added = document
      .getText()
      .split('\n')
      .findIndex((line) => line.startsWith('+\t\tif (__region_intersects(addr'));
    assert.ok(added >= 0);
    const at = new vscode.Position(added, document.lineAt(added).text.indexOf('addr') + 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', patch, at);
    const texts = hovers.flatMap((one) => one.contents).map((one) => (typeof one === 'string' ? one : one.value));
    const values = texts.find((one) => one.includes('Values in the proving scenario'));
    assert.ok(values, texts.join());
    assert.match(values, /^addr\n.*before: 0x[\da-f]+.*\n.*after: 0x[\da-f]+/m);
    assert.ok(!/__region_intersects\(/.test(values), 'nothing is told that was not read');
  });

  it('exports a review', async () => {
    await run('exportReport', patch, 'sarif');
    assert.equal(JSON.parse(activeText()).version, '2.1.0');
    await run('exportReport', patch, 'markdown');
    assert.match(activeText(), /^# Iomem Review/);
  });

  it('shows all files of a series before and after in one editor', async () => {
    await run('openChanges');
    await until('the multi-diff editor is open', async () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .some((tab) => /mbox/.test(tab.label) && !(tab.input instanceof vscode.TabInputText)),
    );
  });

  it('reviews what the clipboard holds', async () => {
    await vscode.env.clipboard.writeText(await textOf(sample('patches/single/comment-only.patch')));
    await run('reviewClipboard');
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor');
    assert.equal(document.isUntitled, true);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      20,
    );
    assert.ok(lenses.some((lens) => lens.command?.title.includes('no difference')));
  });

  it('offers the review to language models, with the same report', async () => {
    const names = vscode.lm.tools.map((tool) => tool.name);
    assert.ok(names.includes('iomem_review_patch') && names.includes('iomem_explain_rule'), names.join());
    const input = { patch: await textOf(sample('patches/single/comment-only.patch')), format: 'json' };
    const result = await vscode.lm.invokeTool('iomem_review_patch', { input, toolInvocationToken: undefined });
    const [part] = result.content as vscode.LanguageModelTextPart[];
    assert.equal(JSON.parse(part?.value ?? '').format, 'iomem-review-report');
  });
});
