/*
 * Programs on which stateless model checkers are measured, written down as scenarios in our own words, with the numbers of
 * executions that the papers give for an optimal search.
 *
 * - POPL 2014: P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, “Optimal Dynamic Partial Order Reduction”, tables 1 and 2.
 * - POPL 2005: C. Flanagan, P. Godefroid, “Dynamic Partial-Order Reduction for Model Checking Software”, section 5 (the
 *   file system and the indexer).
 * - SV-COMP: fib_bench of the pthread programs of the competition on software verification.
 *
 * The tables' numbers are quoted from memory; lastzero(5) and readers were found again in results of another checker.
 * Where no paper gives a number it is said so, and found by brute force or derived.
 */
import assert from 'node:assert/strict';
import { Together } from './together.ts';

const threads = (from: number, to: number, body: (i: number) => string): string =>
  Array.from({ length: to - from }, (_, i) => `THREAD(t${from + i}) { ${body(from + i)} }`).join('\n');

/** One writes, the others read: each of these before or after the write. POPL 2014, table 2: 4, 256. */
const readers = (count: number): string => `static int x, seen[${count}];
THREAD(writer) { WRITE_ONCE(x, 42); }
${threads(0, count, (i) => `seen[${i}] = READ_ONCE(x);`)}`;

/** One looks for the last element that is 0, others make each one greater than its neighbour. POPL 2014, table 2: 64, 3,328. */
const lastZero = (count: number): string => `static int array[${count + 1}];
THREAD(reader) { int i = ${count}; while (READ_ONCE(array[i]) != 0) i--; }
${threads(1, count + 1, (i) => `WRITE_ONCE(array[${i}], READ_ONCE(array[${i - 1}]) + 1);`)}`;

/** Files ask for the first free block from a hash on. POPL 2005, figure 11; POPL 2014, table 1: 2, 8, 32, 64. */
const fileSystem = (count: number): string => `#define INODES 32
#define BLOCKS 26
static struct mutex of_inode[INODES], of_block[BLOCKS];
static int inode[INODES], busy[BLOCKS];
SETUP
{
	for (int i = 0; i < INODES; i++) mutex_init(&of_inode[i]);
	for (int b = 0; b < BLOCKS; b++) mutex_init(&of_block[b]);
}
static void create(int id)
{
	int i = id % INODES, found = 0;

	mutex_lock(&of_inode[i]);
	for (int b = (i * 2) % BLOCKS; inode[i] == 0 && !found; b = (b + 1) % BLOCKS) {
		mutex_lock(&of_block[b]);
		if (!busy[b]) {
			busy[b] = 1;
			inode[i] = b + 1;
			found = 1;
		}
		mutex_unlock(&of_block[b]);
	}
	mutex_unlock(&of_inode[i]);
}
${threads(0, count, (i) => `create(${i});`)}
CHECK { for (int i = 0; i < ${count}; i++) EXPECT(inode[i] != 0); }`;

/** Threads put four messages each into a hash table. POPL 2005, figure 10; POPL 2014, table 1: 8, 4,096. */
const indexer = (count: number): string => `#define SIZE 128
static atomic_t table[SIZE];
static void put(int id)
{
	for (int m = 1; m <= 4; m++) {
		int w = m * 11 + id, h = (w * 7) % SIZE;

		while (atomic_cmpxchg(&table[h], 0, w) != 0)
			h = (h + 1) % SIZE;
	}
}
${threads(0, count, (i) => `put(${i});`)}`;

/**
 * Two threads that add to each other’s number (SV-COMP). `looked`: a third one looks at both while they do. With it, four rounds
 * take 19,605 executions.
 */
const fibonacci = (times: number, looked = false): string => `static int i = 1, j = 1;
THREAD(first) { for (int k = 0; k < ${times}; k++) WRITE_ONCE(i, READ_ONCE(i) + READ_ONCE(j)); }
THREAD(second) { for (int k = 0; k < ${times}; k++) WRITE_ONCE(j, READ_ONCE(i) + READ_ONCE(j)); }
${looked ? 'THREAD(main) { int a = READ_ONCE(i), b = READ_ONCE(j); (void)a; (void)b; }' : ''}
CHECK { EXPECT(i <= ${largest(times)}); EXPECT(j <= ${largest(times)}); OBSERVE(i); OBSERVE(j); }`;
/** Fibonacci’s number after two rounds of both for each time. */
function largest(times: number): number {
  let [last, next] = [1, 1];
  for (let k = 0; k < 2 * times; k++) [last, next] = [next, last + next];
  return next;
}

/** E. W. Dijkstra’s philosophers: each takes the fork on one side, then the one on the other; the last one as told. */
const philosophers = (count: number, last: 'same' | 'other'): string => `static DEFINE_MUTEX(f0);
${Array.from({ length: count - 1 }, (_, i) => `static DEFINE_MUTEX(f${i + 1});`).join(' ')}
static void eat(struct mutex *one, struct mutex *two)
{
	mutex_lock(one);
	mutex_lock(two);
	mutex_unlock(two);
	mutex_unlock(one);
}
${threads(0, count, (i) =>
  i === count - 1 && last === 'other' ? `eat(&f0, &f${i});` : `eat(&f${i}, &f${(i + 1) % count});`,
)}`;

/** Writers and a reader of one place: every order. */
const writers = (count: number): string => `static int x;
${threads(0, count, (i) => `WRITE_ONCE(x, ${i + 1});`)}
THREAD(reader) { (void)READ_ONCE(x); }`;

interface Published {
  readonly text: string;
  readonly count: number;
  /** All schedules can be gone through. */
  readonly brute?: true;
  readonly rules?: readonly string[];
}
const programs: Record<string, Published> = {
  'readers(2)': { text: readers(2), count: 4, brute: true },
  'readers(8)': { text: readers(8), count: 256 },
  'lastzero(2)': { text: lastZero(2), count: 5, brute: true },
  'lastzero(5)': { text: lastZero(5), count: 64 },
  'lastzero(10)': { text: lastZero(10), count: 3328 },
  'filesystem(14)': { text: fileSystem(14), count: 2 },
  'filesystem(16)': { text: fileSystem(16), count: 8 },
  'filesystem(18)': { text: fileSystem(18), count: 32 },
  'filesystem(19)': { text: fileSystem(19), count: 64 },
  'indexer(12)': { text: indexer(12), count: 8 },
  // Counted here.
  'indexer(13)': { text: indexer(13), count: 64 },
  'fib_bench(2)': { text: fibonacci(2), count: 19, brute: true },
  'fib_bench(1), looked at': { text: fibonacci(1, true), count: 11, brute: true },
  'fib_bench(3), looked at': { text: fibonacci(3, true), count: 1698 },
  // Each pair of neighbours in either order, 8; one of the two rings is the deadlock, and the other is no order.
  'philosophers(3)': { text: philosophers(3, 'same'), count: 7, brute: true, rules: ['deadlock'] },
  'philosophers(3), one of them the other way round': { text: philosophers(3, 'other'), count: 6, brute: true },
  'n_writers_a_reader(4)': { text: writers(4), count: 120, brute: true },
};

describe('published programs', function () {
  this.timeout(60_000);
  let together: Together;
  before(() => {
    together = new Together(
      new Map(Object.entries(programs).map(([name, { text }]) => [name, text])),
      '#include <iomem-review.h>\n#include <linux/mutex.h>',
    );
  });
  for (const [name, { text: _text, count, brute, rules = [] }] of Object.entries(programs)) {
    it(`${name}: ${count} executions`, async () => {
      // Long enough to be split into parts.
      if (count > 2000) {
        assert.equal(together.executions(name), count);
        return;
      }
      const found = await together.explore(name);
      assert.deepEqual(found.rules, rules);
      assert.deepEqual([found.executions, found.blocked, found.complete], [count, 0, true]);
      if (brute) assert.deepEqual(together.count(name), { executions: count, traces: count });
    });
  }
});
