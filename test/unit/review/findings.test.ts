import assert from 'node:assert/strict';
import type { Claim } from '../../../src/review/compare.ts';
import { Findings } from '../../../src/review/findings.ts';
import type { Proof, SourcePlace } from '../../../src/review/report.ts';

const place = (line: number): SourcePlace => ({ file: 'mm/a.c', line, column: 1, world: 'before' });

function claim(cls: Claim['class'], line: number): Claim {
  return {
    class: cls,
    severity: cls === 'introduced' ? 'error' : 'info',
    rule: 'leak',
    message: `line ${line}`,
    at: place(line),
    related: [],
    world: cls === 'fixed' ? 'before' : 'after',
    key: `leak ${line}`,
    until: 1,
  };
}

function classes(...claims: readonly (readonly [Claim, string])[]): readonly string[] {
  const findings = new Findings();
  for (const [one, scenario] of claims)
    findings.add({ claim: one, scenario, machine: 'm', stubs: [], cost: 1, proof: () => ({}) as Proof });
  return findings.list().map((f) => `${f.class} ${f.message}`);
}

describe('findings where calls are made to fail', () => {
  it('what an error path loses no longer is fixed', () => {
    assert.deepEqual(classes([claim('fixed', 1), 'zone-plug+fail2']), ['fixed line 1']);
  });

  it('behind an error that the patch introduces it is a difference, unless a whole execution shows it mended', () => {
    const introduced = [claim('introduced', 9), 'zone-plug'] as const;
    assert.deepEqual(classes(introduced, [claim('fixed', 1), 'zone-plug+fail2']), [
      'introduced line 9',
      'change line 1 (not seen now, where a call is made to fail)',
    ]);
    assert.deepEqual(classes(introduced, [claim('fixed', 1), 'zone-plug+fail2'], [claim('fixed', 1), 'zone-plug']), [
      'introduced line 9',
      'fixed line 1',
    ]);
  });
});
