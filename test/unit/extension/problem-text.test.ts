import assert from 'node:assert/strict';
import { isOurFault, problemText } from '../../../src/extension/problem-text.ts';

const hostile = '<img src=x onerror=alert(1)> $(touch x) ../../x ```';
const failure = {
  message: [
    `TypeError: cannot read '${hostile}'`,
    '    at Lowering.expression (/home/ada/.vscode/extensions/iomem-review/dist/worker.js:12:345)',
    `    at ${hostile} (evil)`,
    '    at async /home/ada/secret patch/dist/cli.js:7:8',
  ].join('\n'),
};
const about = { 'VS Code': '1.99.0' };

describe('the text of an issue', () => {
  it('holds nothing of the patch, and no folder of the person', () => {
    const text = problemText(failure, about, { message: false });
    assert.match(text, /- VS Code: 1\.99\.0/);
    assert.match(text, /^TypeError$/m);
    assert.match(text, /^at Lowering\.expression \(worker\.js:12:345\)$/m);
    assert.match(text, /^at \(anonymous\) \(cli\.js:7:8\)$/m);
    assert.doesNotMatch(text, /onerror|touch|\.\.\/|ada|secret/);
  });

  it('tells message and patch with consent, in blocks that they cannot close', () => {
    const text = problemText(failure, about, { message: true, patch: `+${hostile}\n\`\`\`\`\n` });
    assert.ok(text.includes(`cannot read '${hostile}'`));
    const fences = text.match(/^`{3,}(?:text)?$/gm)!;
    assert.deepEqual(fences, ['````text', '````', '`````text', '````', '`````']);
  });

  it('is for errors without a code only', () => {
    assert.ok(isOurFault(failure));
    assert.ok(!isOurFault({ message: 'the hunk is cut off', code: 'P001' }));
  });
});
