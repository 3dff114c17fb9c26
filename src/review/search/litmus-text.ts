import type { World } from '../report.ts';

/** What one thread does to what others see. `index`: of the location, or of the lock. */
export interface LitmusOperation {
  readonly kind: 'read' | 'write' | 'lock' | 'unlock';
  readonly index: number;
  /** Of locks: for reading. */
  readonly shared?: boolean;
  /** READ_ONCE(), WRITE_ONCE(), atomics: no data race with another such access. */
  readonly marked?: boolean;
  /** What it read or wrote. */
  readonly value?: bigint;
  /** The function that does it, where it is none of the code. */
  readonly what?: string;
}
export interface LitmusThread {
  readonly name: string;
  readonly operations: readonly LitmusOperation[];
}
export interface Litmus {
  readonly title: string;
  readonly schedule: string;
  readonly world: World;
  readonly threads: readonly LitmusThread[];
  readonly locations: readonly { readonly name: string; readonly initial: bigint }[];
  readonly locks: readonly string[];
}

const word = (n: bigint): string => (n < 10n ? `${n}` : `0x${n.toString(16)}`);
const comment = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *');

/** A litmus test as a program of plain C11: it counts how often its threads meet in the order of the report. */
export function litmusProgram(litmus: Litmus): string {
  const { threads, locations, locks, schedule, world } = litmus;
  const names = threads.map(({ name }, t) => (/^[A-Za-z]\w{0,40}$/.test(name) ? `thread_${name}` : `thread_${t}`));
  const used = {
    marked: threads.some((t) => t.operations.some((o) => o.marked)),
    read: threads.some((t) => t.operations.some((o) => o.shared)),
    write: threads.some((t) => t.operations.some((o) => o.shared === false)),
  };
  const lines = [
    ...wrap(
      `${comment(litmus.title)}\n\nWhat the threads do to memory that both touch, ${world} the patch, on the path of schedule ${schedule}; a read that ` +
        'sees another value would have gone another way, so that only rounds in which all reads see theirs count. Pointers are numbers here.\n\n' +
        'cc -std=c11 -pthread litmus.c && ./a.out [rounds]; with -fsanitize=thread the compiler looks for data races.',
    ),
    '#include <stdatomic.h>',
    '#include <stdint.h>',
    '#include <stdio.h>',
    '#include <stdlib.h>',
    '#include <threads.h>',
    '',
    ...locations.map(({ name }, i) => `static uint64_t x${i}; /* ${comment(name)} */`),
    ...locks.map((name, i) => `static _Atomic int lock${i}; /* ${comment(name)} */`),
    `static int followed[${threads.length}];`,
    'static _Atomic int ready;',
    'static long round_number;',
    '',
    ...waiting,
  ];
  if (used.marked)
    lines.push(
      '#define READ_ONCE(x) atomic_load_explicit((_Atomic uint64_t *)&(x), memory_order_relaxed)',
      '#define WRITE_ONCE(x, v) atomic_store_explicit((_Atomic uint64_t *)&(x), v, memory_order_relaxed)',
      '',
    );
  if (used.read) lines.push(...readLock);
  if (used.write) lines.push(...writeLock);
  threads.forEach(({ operations }, t) => {
    lines.push(
      `static int ${names[t]!}(void *unused)`,
      '{',
      '\tint as_told = 1;',
      '',
      '\t(void)unused;',
      `\tmeet(${t}, ${threads.length});`,
    );
    let held = 0;
    let last: string | undefined;
    for (const o of operations) {
      // What is done under a lock is left to run on, since others wait anyway, and so is what one function does.
      if (held === 0 && (o.what === undefined || o.what !== last)) lines.push('\tdawdle();');
      last = o.what;
      if (o.kind === 'lock') held++;
      else if (o.kind === 'unlock') held--;
      lines.push(`\t${operation(o)}`);
    }
    lines.push(`\tfollowed[${t}] = as_told;`, '\treturn 0;', '}', '');
  });
  lines.push(
    'int main(int argc, char **argv)',
    '{',
    '\tlong rounds = argc > 1 ? atol(argv[1]) : 10000, seen = 0;',
    '',
    '\tfor (long i = 0; i < rounds; i++) {',
    `\t\tthrd_t threads[${threads.length}];`,
    '\t\tint all = 1;',
    '',
    ...locations.map(({ initial }, i) => `\t\tx${i} = ${word(initial)};`),
    ...locks.map((_, i) => `\t\tlock${i} = 0;`),
    '\t\tready = 0;',
    '\t\tround_number = i;',
    ...names.map((name, t) => `\t\tif (thrd_create(&threads[${t}], ${name}, NULL) != thrd_success)\n\t\t\treturn 2;`),
    `\t\tfor (int t = 0; t < ${threads.length}; t++) {`,
    '\t\t\tthrd_join(threads[t], NULL);',
    '\t\t\tall &= followed[t];',
    '\t\t}',
    '\t\tseen += all;',
    '\t}',
    '\tprintf("as the report tells it: %ld of %ld rounds\\n", seen, rounds);',
    '\treturn 0;',
    '}',
  );
  return `${lines.join('\n')}\n`;
}

function operation(o: LitmusOperation): string {
  const x = `x${o.index}`;
  const by = o.what === undefined ? '' : ` /* ${comment(o.what)} */`;
  switch (o.kind) {
    case 'lock':
    case 'unlock':
      return `${o.shared ? 'read' : 'write'}_${o.kind}(&lock${o.index});`;
    case 'read': {
      const read = o.marked ? `READ_ONCE(${x})` : x;
      return `as_told &= ${read} == ${word(o.value ?? 0n)};${by}`;
    }
    case 'write': {
      const value = word(o.value ?? 0n);
      return o.marked ? `WRITE_ONCE(${x}, ${value});${by}` : `${x} = ${value};${by}`;
    }
  }
}

/** Threads begin together, and stay some time where others can come in between. */
const waiting = [
  'static _Thread_local unsigned int seed;',
  '',
  'static void dawdle(void)',
  '{',
  '\tseed = seed * 1664525 + 1013904223;',
  '\tfor (volatile unsigned int n = seed >> 22; n > 0; n--)',
  '\t\t;',
  '\tif (seed >> 30 == 0)',
  '\t\tthrd_yield();',
  '}',
  '',
  'static void meet(int thread, int threads)',
  '{',
  '\tseed = 2654435761u * (unsigned int)(round_number * threads + thread);',
  '\tatomic_fetch_add(&ready, 1);',
  '\twhile (atomic_load(&ready) < threads)',
  '\t\tthrd_yield();',
  '}',
  '',
];
const readLock = [
  'static inline void read_lock(_Atomic int *lock)',
  '{',
  '\tfor (;;) {',
  '\t\tint readers = atomic_load(lock);',
  '',
  '\t\tif (readers >= 0 && atomic_compare_exchange_weak(lock, &readers, readers + 1))',
  '\t\t\treturn;',
  '\t\tthrd_yield();',
  '\t}',
  '}',
  '',
  'static inline void read_unlock(_Atomic int *lock)',
  '{',
  '\tatomic_fetch_sub(lock, 1);',
  '}',
  '',
];
const writeLock = [
  'static inline void write_lock(_Atomic int *lock)',
  '{',
  '\tfor (;;) {',
  '\t\tint nobody = 0;',
  '',
  '\t\tif (atomic_compare_exchange_weak(lock, &nobody, -1))',
  '\t\t\treturn;',
  '\t\tthrd_yield();',
  '\t}',
  '}',
  '',
  'static inline void write_unlock(_Atomic int *lock)',
  '{',
  '\tatomic_store(lock, 0);',
  '}',
  '',
];

/** A comment of at most 90 columns. */
function wrap(text: string): string[] {
  const lines = ['/*'];
  for (const paragraph of text.split('\n')) {
    let line = ' *';
    for (const piece of paragraph.split(' ')) {
      if (line.length + 1 + piece.length > 90 && line !== ' *') {
        lines.push(line);
        line = ' *';
      }
      if (piece !== '') line += ` ${piece}`;
    }
    lines.push(line);
  }
  return [...lines, ' */'];
}
