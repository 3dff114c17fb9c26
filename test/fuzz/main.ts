// `npm run fuzz -- [target…] [--runs N] [--seed N]`, `npm run fuzz -- sequences [--minutes N] [--seed N]`, `npm run fuzz -- replay FILE`.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fuzzSequences } from './sequences.ts';
import { targets } from './targets.ts';
import { fuzz, type Result, replay } from './watch.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    finds: { type: 'string', default: join(import.meta.dirname, 'finds') },
    log: { type: 'string' },
  },
});
const number = (name: 'runs' | 'seed' | 'minutes'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} wants a number, not ${values[name]}`);
  return value;
};

/** A row of the table in README.md. */
const row = (r: Result): string =>
  `| ${r.target} | ${r.runs} | ${r.seed} | ${Math.round(r.runs / r.seconds)} | ${Math.round(r.worst)} | ${r.memory >> 20} | ${r.finds.length} |`;

async function fuzzReaders(names: readonly string[]): Promise<number> {
  let found = 0;
  console.log(
    '| target | runs | seed | runs/s | longest run, ms CPU | process, MiB | finds |\n|---|---|---|---|---|---|---|',
  );
  for (const name of names) {
    const target = targets.get(name);
    if (!target) throw new Error(`no target “${name}”; there are ${[...targets.keys()].join(', ')}, sequences`);
    const result = await fuzz(target, number('runs'), number('seed'), values.finds);
    console.log(row(result));
    if (values.log) appendFileSync(values.log, `${row(result)}\n`);
    for (const find of result.finds) console.log(`  run ${find.run}: ${find.signature}\n    ${find.file}`);
    found += result.finds.length;
  }
  return found === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const [first, ...rest] = positionals;
  if (first === 'replay') {
    for (const file of rest) {
      const failure = await replay(file);
      console.log(`${file}: ${failure ?? 'reads well'}`);
      if (failure) return 1;
    }
    return 0;
  }
  if (first === 'sequences') return fuzzSequences(number('minutes'), number('seed'));
  return fuzzReaders(positionals.length > 0 ? positionals : [...targets.keys()]);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
