import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf } from './run.ts';
import type { Target } from './target.ts';

export type ToChild =
  | { what: 'runs'; target: string; seed: number; from: number; to: number; progress: string }
  | { what: 'one'; file: string };
export type FromChild =
  | { what: 'find'; run: number; signature: string; input: string; stack?: string }
  | { what: 'done'; worst: number; worstRun: number; memory: number };

export interface Find {
  readonly run: number;
  readonly signature: string;
  readonly file: string;
}
export interface Result {
  readonly target: string;
  readonly runs: number;
  readonly seed: number;
  readonly seconds: number;
  /** Processor time of the longest run, in milliseconds. */
  readonly worst: number;
  readonly worstRun: number;
  readonly memory: number;
  readonly finds: readonly Find[];
}

/** Wall time in which the number of the run must change. Generous: others use the machine too. */
const HANG = 60_000;
/** MiB of JavaScript objects. */
const HEAP = 1024;
/** Starts over behind a run that ended the process this often, then gives up. */
const MOST_DEATHS = 8;

function start(job: ToChild) {
  const child = fork(join(import.meta.dirname, 'child.ts'), [], {
    execArgv: ['--import=tsx', `--max-old-space-size=${HEAP}`, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  child.send(job);
  return child;
}

/** Executes `runs` runs of a target in child processes, and keeps what it finds in `folder`. */
export async function fuzz(target: Target, runs: number, seed: number, folder: string): Promise<Result> {
  const work = mkdtempSync(join(tmpdir(), 'iomem-fuzz-'));
  const progress = join(work, 'run');
  const began = performance.now();
  const finds: Find[] = [];
  let [worst, worstRun, memory] = [0, 0, 0];
  const keep = (run: number, signature: string, input: string, stack = ''): void => {
    if (finds.some((find) => find.signature === signature)) return;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${target.name}-${seed}-${run}.json`);
    writeFileSync(file, `${JSON.stringify({ target: target.name, seed, run, signature, input, stack }, null, 2)}\n`);
    finds.push({ run, signature, file });
  };
  try {
    let from = 0;
    for (let deaths = 0; from < runs && deaths < MOST_DEATHS; deaths++) {
      writeFileSync(progress, String(from));
      const end = await watched(
        start({ what: 'runs', target: target.name, seed, from, to: runs, progress }),
        () => readFileSync(progress, 'utf8'),
        (message) => {
          if (message.what === 'find') keep(message.run, message.signature, message.input, message.stack);
          else {
            if (message.worst > worst) [worst, worstRun] = [message.worst, message.worstRun];
            memory = Math.max(memory, message.memory);
          }
        },
      );
      if (end === 'done') {
        from = runs;
        break;
      }
      const run = Number(readFileSync(progress, 'utf8'));
      const input = inputOf(target, target.seeds(), seed, run);
      keep(run, end, await smallest(target, input, end, work));
      from = run + 1;
    }
    const seconds = (performance.now() - began) / 1000;
    return { target: target.name, runs: from, seed, seconds, worst, worstRun, memory, finds };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Waits for a child's end: `done`, or how it failed. */
function watched(
  child: ReturnType<typeof start>,
  progress: () => string,
  onMessage: (message: FromChild) => void,
  hang = HANG,
): Promise<string> {
  return new Promise((resolve) => {
    let done = false;
    let hanging = false;
    let [last, since] = ['', performance.now()];
    const timer = setInterval(() => {
      const now = progress();
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > hang) {
        hanging = true;
        child.kill('SIGKILL');
      }
    }, 500);
    child.on('message', (message: FromChild) => {
      onMessage(message);
      done ||= message.what === 'done';
    });
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve(done ? 'done' : hanging ? `hang: nothing for ${hang} ms` : `the process ended: ${signal ?? code}`);
    });
  });
}

/** A smaller input that ends the process, too. Each try is a process, so there are few. */
async function smallest(target: Target, input: string, how: string, work: string): Promise<string> {
  const file = join(work, 'input.json');
  const halves = async (text: string): Promise<string> => {
    let best = text;
    for (let size = Math.ceil(text.length / 2), tries = 0; size > 16 && tries < 24; size = Math.ceil(size / 2)) {
      for (let at = 0; at < best.length && tries < 24; tries++) {
        const less = best.slice(0, at) + best.slice(at + size);
        writeFileSync(file, JSON.stringify({ target: target.name, input: less }));
        const end = await watched(
          start({ what: 'one', file }),
          () => '',
          () => undefined,
          15_000,
        );
        if (end.split(':')[0] === how.split(':')[0]) best = less;
        else at += size;
      }
    }
    return best;
  };
  return halves(input);
}

/** Reads one kept input again. Answers its failure, or undefined. */
export async function replay(file: string): Promise<string | undefined> {
  let said: string | undefined;
  const end = await watched(
    start({ what: 'one', file }),
    () => '',
    (message) => {
      if (message.what === 'find') said = message.stack ?? message.signature;
    },
  );
  return said ?? (end === 'done' ? undefined : end);
}
