/* What leaves the house: formats of other tools, and mails. `RESET_RESULTS=1` writes the expected texts anew. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { readPatchesSync } from '../../../src/patch/index.ts';
import { b4Checks, b4ReviewFile } from '../../../src/review/export/b4.ts';
import { exportReport } from '../../../src/review/export/exports.ts';
import { junitXml } from '../../../src/review/export/junit.ts';
import { sarifLog } from '../../../src/review/export/sarif.ts';
import { findingComment } from '../../../src/review/reply/finding.ts';
import { composeReply, type ReplyInput, replyMbox, sendEmailCommand } from '../../../src/review/reply/reply.ts';
import { exportedReport, hostile } from './report.ts';

const mbox = readFileSync(join(import.meta.dirname, '../../fixtures/seed-series/v5.mbox'));
const mails = readPatchesSync(mbox, { name: 'v5.mbox' }).patches;
const third = mails[2]!;
const report = exportedReport();

function matchesFile(name: string, actual: string): void {
  const file = join(import.meta.dirname, name);
  if (process.env.RESET_RESULTS) {
    writeFileSync(file, actual);
    rmSync(`${file}.actual`, { force: true });
  }
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (actual !== expected) writeFileSync(`${file}.actual`, actual);
  assert.equal(actual, expected);
}

describe('exports', () => {
  for (const [format, file] of [
    ['markdown', 'report.md'],
    ['junit', 'report.junit.xml'],
    ['ktap', 'report.ktap'],
    ['b4-check', 'report.b4-check.json'],
    ['reply', 'report.reply.mbox'],
    ['sarif', 'report.sarif'],
  ] as const) {
    it(`${format} is as in ${file}`, () => matchesFile(file, exportReport(format, report, mails)));
  }

  it('SARIF holds to the schema of OASIS', () => {
    // A draft-04 schema: what it uses means nearly the same in draft-07.
    const file = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    const {
      $schema: _,
      id: __,
      ...schema
    } = JSON.parse(readFileSync(file, 'utf8'), (_key, value) => {
      // A bound that is excluded is written as a flag there.
      if (value?.exclusiveMinimum === true) return { ...value, exclusiveMinimum: value.minimum, minimum: undefined };
      return value;
    }) as Record<string, unknown>;
    const validate = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true }).compile(
      schema,
    );
    const log = sarifLog(report);
    assert.ok(validate(log), JSON.stringify(validate.errors));
    assert.equal(validate({ ...log, version: '2.0.0' }), false);
    const [run] = (
      log as {
        runs: {
          results: { baselineState: string; ruleIndex: number }[];
          tool: { driver: { rules: { id: string }[] } };
        }[];
      }
    ).runs;
    assert.deepEqual(
      run?.results.map((one) => one.baselineState),
      ['new', 'updated'],
    );
    assert.deepEqual(
      run?.results.map((one) => run.tool.driver.rules[one.ruleIndex]?.id),
      ['use-after-free', 'return-change'],
    );
  });

  it('JUnit is well-formed whatever messages hold', () => {
    const change = report.patches[2]!.findings[1]!;
    const bad = { ...change, class: 'introduced' as const };
    const text = junitXml({ ...report, patches: [{ ...report.patches[2]!, subject: hostile, findings: [bad] }] });
    assert.ok(!/(?![\t\n])\p{Cc}/u.test(text));
    // Every tag that is opened is closed, and nothing else looks like one.
    const open: string[] = [];
    for (const [tag, close, name, self] of text.matchAll(/<(\/?)([a-z-]+)(?:\s[a-z]+="[^"<]*")*(\/?)>/g)) {
      assert.ok(tag);
      if (close) assert.equal(open.pop(), name);
      else if (!self) open.push(name!);
    }
    assert.deepEqual(open, []);
    assert.equal(text.match(/</g)?.length, [...text.matchAll(/<[?/]?[a-z-]+[^<>]*>/g)].length);
  });

  it('a check of b4 fails on errors, warns where nothing is known, else passes', () => {
    assert.deepEqual(
      b4Checks(report).map((one) => one.status),
      ['pass', 'pass', 'fail'],
    );
    const last = report.patches[2]!;
    const unexercised = { ...last.findings[1]!, rule: 'unexercised-change', severity: 'info' as const };
    const of = (findings: typeof last.findings) => b4Checks({ ...report, patches: [{ ...last, findings }] })[0]?.status;
    assert.equal(of([unexercised]), 'warn');
    assert.equal(of([last.findings[1]!]), 'pass');
    assert.equal(of([{ ...last.findings[0]!, severity: 'warning' }]), 'warn');
  });

  it('a review file of b4 quotes the whole diff', () => {
    matchesFile('0003.b4-review.txt', b4ReviewFile(report.patches[2]!, third) ?? '');
    assert.equal(b4ReviewFile(report.patches[0]!, mails[0]!), undefined);
    const quoted =
      b4ReviewFile(report.patches[2]!, third)
        ?.split('\n')
        .filter((line) => line.startsWith('> +') || line === '>') ?? [];
    const added = third.files
      .flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))
      .filter((line) => line.kind === '+');
    assert.ok(quoted.length > added.length);
  });
});

describe('a reply', () => {
  const input = (more: Partial<ReplyInput>): ReplyInput => ({ mail: third, comments: [], ...more });
  const line = (pattern: RegExp) =>
    third.files[0]?.hunks[0]?.lines.find((one) => pattern.test(one.text))?.patchLine ??
    assert.fail(`no line ${pattern}`);

  it('quotes the hunk to the point, comments below, 72 columns, tabs kept', () => {
    const long =
      'This answers 0 for success since the second patch, so the test is the wrong way round: every region that is found is given up, and the node is freed while it is linked.';
    const draft = composeReply(
      input({
        comments: [
          {
            patchLine: line(/!__request_region_locked/),
            text: `${long}\n\n\tif (__request_region_locked(…) == 0)\n\nDid you mean this?`,
          },
          { patchLine: line(/devres_free/), text: 'And this frees what is in use.' },
          { text: 'Thanks for splitting it.' },
        ],
        from: 'Rüdiger Öhlers <r@example.org>',
        trailers: ['Tested-by: R <r@example.org>', 'no trailer\nInjected: x'],
      }),
    );
    matchesFile('reply.eml', draft.eml);
    const [header = '', ...rest] = draft.eml.split('\n\n');
    assert.match(header, /^In-Reply-To: <20210419110000-3-ada@example.org>$/m);
    assert.match(header, /^References: <20210419110000-0-ada@example.org>\n <20210419110000-3-ada@example.org>$/m);
    assert.match(header, /^From: =\?UTF-8\?Q\?R=C3=BCdiger_=C3=96hlers\?= <r@example.org>$/m);
    assert.ok(!draft.eml.includes('Injected'));
    for (const one of rest.join('\n\n').split('\n')) if (!/^(>|\s)/.test(one)) assert.ok(one.length <= 72, one);
    assert.match(draft.eml, /^> \+\t\tif \(!__request_region_locked/m);
    assert.ok(!draft.eml.includes('> +\tres = new_node(GFP_KERNEL);'), 'what nobody speaks of is not quoted');
  });

  it('says what was executed, with scenario and schedule and the map that it is given', () => {
    const map = '0x0 |----####----| 0xfff\n     free  taken';
    const patch = report.patches[2]!;
    const text = findingComment(patch, patch.findings[0]!, map);
    matchesFile('finding.txt', text);
    assert.match(text, /scenario devm-free-region on x86_64, schedule a2-b4-a2/);
    const { eml } = composeReply(input({ comments: [{ patchLine: 317, text }] }));
    assert.match(eml, /^ {2}0x0 \|----####----\| 0xfff$/m);
  });

  it('adds no trailer by itself', () => {
    assert.ok(!/-by:/.test(composeReply(input({ comments: [{ text: 'Hm.' }] })).eml));
  });

  it('keeps hostile headers out of its own, and out of the shell', () => {
    const mail = {
      ...third,
      rawSubject: 'x\nBcc: evil@example.org\r\n\r\nbody',
      from: `"O'Brien; rm -rf ~" <a@example.org>`,
      to: '"a, b" <c@example.org>, $(id)@example.org, A@example.org\n X: y',
      cc: undefined,
    };
    const draft = composeReply(input({ mail, comments: [{ text: 'Hm.' }] }));
    const [header = ''] = draft.eml.split('\n\n');
    assert.ok(!/^(Bcc|X):/m.test(header));
    const command = sendEmailCommand(draft, 'my reply.eml');
    assert.ok(command.includes(`--to='"O'\\''Brien; rm -rf ~" <a@example.org>'`));
    assert.ok(command.includes(`--cc='$(id)@example.org'`));
    assert.ok(command.endsWith(`'my reply.eml'`));
  });

  it('is an mbox that is read again', () => {
    const draft = composeReply(input({ comments: [{ text: 'From here on it is wrong.' }] }));
    const again = readPatchesSync(replyMbox(draft), { name: 'reply' });
    assert.equal(again.replies.length, 1);
    assert.equal(again.replies[0]?.inReplyTo, third.messageId);
    assert.match(again.replies[0]?.body ?? '', /^From here on/m);
  });
});
