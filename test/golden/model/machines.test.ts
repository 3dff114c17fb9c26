import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineResource } from '../../../src/model/api.ts';
import { builtInMachines } from '../../../src/model/machines.ts';

const file = join(import.meta.dirname, 'machines.txt');

function lines(resources: readonly MachineResource[], depth: number): string[] {
  return resources.flatMap(({ name, start, end, flags, desc, children }) => [
    `${'  '.repeat(depth)}${start.toString(16).padStart(8, '0')}-${end.toString(16).padStart(8, '0')} : ${name}  flags=0x${flags.toString(16)} desc=${desc}`,
    ...lines(children, depth + 1),
  ]);
}

describe('built-in machines', () => {
  it('are as written down', () => {
    const text = [...builtInMachines.values()]
      .map(({ name, description, profile, iomem, srat }) =>
        [
          `== ${name} (${profile.name}): ${description}`,
          ...lines(iomem, 0),
          ...srat.map(
            (r) => `srat node ${r.node} ${r.start.toString(16)}-${r.end.toString(16)}${r.hotplug ? ' hotplug' : ''}`,
          ),
        ].join('\n'),
      )
      .join('\n\n');
    if (process.env.RESET_RESULTS === '1' || !existsSync(file)) writeFileSync(file, `${text}\n`);
    const actual = `${file}.actual`;
    const expected = readFileSync(file, 'utf8');
    if (expected === `${text}\n`) rmSync(actual, { force: true });
    else writeFileSync(actual, `${text}\n`);
    assert.equal(`${text}\n`, expected);
  });
});
