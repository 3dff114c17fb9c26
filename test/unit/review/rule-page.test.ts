import assert from 'node:assert/strict';
import { rulePage } from '../../../src/review/rule-page.ts';
import { rules } from '../../../src/review/rules.ts';

describe('pages of rules', () => {
  it('say of every rule what it means, depends on, and how it is silenced', () => {
    for (const id of Object.keys(rules)) {
      const page = rulePage(id) ?? '';
      assert.match(page, new RegExp(`^# ${id}\\n`));
      assert.match(page, /\n## What it depends on\n\n- [\s\S]*\n## How to silence it\n\n- /);
    }
    assert.match(rulePage('leak') ?? '', /## Example\n\n```c\n/);
    assert.equal(rulePage('toString'), undefined);
  });
});
