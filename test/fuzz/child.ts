/*
 * Runs of one target in a process of their own, so that one that never ends, or takes all memory, ends only this process.
 * The number of the run at hand stands in a file, written before the run: whoever watches knows which one it was.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { failureOf, inputOf, minimised, signatureOf } from './run.ts';
import { targets } from './targets.ts';
import type { FromChild, ToChild } from './watch.ts';

/** Bytes of the whole process, and milliseconds of processor time of one run, above which a run is a find. */
const MOST_MEMORY = 1500 * 1024 * 1024;
const MOST_TIME = 5000;
/** Runs between two looks at the memory. */
const STRIDE = 256;

const send = (message: FromChild): void => void process.send!(message);

function runs(job: Extract<ToChild, { what: 'runs' }>): void {
  const target = targets.get(job.target)!;
  const seeds = target.seeds();
  const progress = openSync(job.progress, 'w');
  const seen = new Set<string>();
  let worst = 0;
  let worstRun = job.from;
  for (let run = job.from; run < job.to; run++) {
    writeSync(progress, String(run).padEnd(16), 0);
    const input = inputOf(target, seeds, job.seed, run);
    const began = process.cpuUsage();
    const failure = failureOf(target, input);
    const { user, system } = process.cpuUsage(began);
    const spent = (user + system) / 1000;
    if (spent > worst) [worst, worstRun] = [spent, run];
    if (spent > MOST_TIME) send({ what: 'find', run, signature: `slow: ${Math.round(spent)} ms`, input });
    if (run % STRIDE === 0 && process.memoryUsage.rss() > MOST_MEMORY) {
      global.gc?.();
      const held = process.memoryUsage.rss();
      if (held > MOST_MEMORY) send({ what: 'find', run, signature: `memory: ${held >> 20} MiB`, input });
    }
    if (!failure) continue;
    const signature = signatureOf(failure);
    if (seen.has(signature)) continue;
    seen.add(signature);
    const least = minimised(input, (text) => {
      const other = failureOf(target, text);
      return other !== undefined && signatureOf(other) === signature;
    });
    send({ what: 'find', run, signature, input: least, stack: failure.stack ?? '' });
  }
  closeSync(progress);
  send({ what: 'done', worst, worstRun, memory: process.memoryUsage.rss() });
}

/** Reads one input: that it comes back at all is the answer. */
function one(job: Extract<ToChild, { what: 'one' }>): void {
  const { target, input } = JSON.parse(readFileSync(job.file, 'utf8')) as { target: string; input: string };
  const failure = failureOf(targets.get(target)!, input);
  if (failure) send({ what: 'find', run: -1, signature: signatureOf(failure), input, stack: failure.stack ?? '' });
  send({ what: 'done', worst: 0, worstRun: -1, memory: process.memoryUsage.rss() });
}

process.on('message', (job: ToChild) => {
  if (job.what === 'runs') runs(job);
  else one(job);
  process.disconnect();
});
