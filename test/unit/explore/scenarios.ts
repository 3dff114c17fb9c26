/** Published programs as scenarios: C without any kernel code, whose numbers of traces are known. */

const threads = (count: number, body: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `THREAD(t${i}) { ${body(i)} }`).join('\n');

/** Threads that increment a variable under a lock. */
export const increments = (count: number, times: number): string => `#include <iomem-review.h>
static DEFINE_SPINLOCK(lock);
static int x;
static void increment(void)
{
	spin_lock(&lock);
	x++;
	spin_unlock(&lock);
}
${threads(count, () => `for (int i = 0; i < ${times}; i++) increment();`)}
CHECK { EXPECT(x == ${count * times}); OBSERVE(x); }
`;

/**
 * The race of a search and a claim in two sections: drivers try slots from the top; one section looks whether the slot is
 * taken, a second one looks again and takes it, or gives up.
 */
export function drivers(count: number, lock: 'mutex' | 'rwlock'): string {
  const [look, looked, claim, claimed] =
    lock === 'mutex'
      ? ['mutex_lock', 'mutex_unlock', 'mutex_lock', 'mutex_unlock']
      : ['read_lock', 'read_unlock', 'write_lock', 'write_unlock'];
  return `#include <iomem-review.h>
${lock === 'mutex' ? 'static DEFINE_MUTEX(lock);' : 'static DEFINE_RWLOCK(lock);'}
struct element { struct element *next; int slot; };
static struct element *list, elements[${count}];
static int taken(int slot)
{
	for (struct element *e = list; e; e = e->next)
		if (e->slot == slot)
			return 1;
	return 0;
}
static void driver(int me)
{
	for (int slot = 9; slot >= 0; slot--) {
		int busy;

		${look}(&lock);
		busy = taken(slot);
		${looked}(&lock);
		if (busy)
			continue;
		${claim}(&lock);
		if (!taken(slot)) {
			elements[me].slot = slot;
			elements[me].next = list;
			list = &elements[me];
		}
		${claimed}(&lock);
		return;
	}
}
${threads(count, (i) => `driver(${i});`)}
CHECK { for (int i = 0; i < ${count}; i++) OBSERVE(elements[i].slot); }
`;
}

/**
 * The executions of `drivers` at the grain of whole sections, each as the order of every two sections that do not commute;
 * sections that only look commute where they share the lock. Counts the orders, and the classes of equal ones.
 */
export function countByHand(count: number): { readonly orders: number; readonly shared: number } {
  interface State {
    readonly slot: number;
    readonly phase: 'look' | 'claim' | 'done';
  }
  let orders = 0;
  const shared = new Set<string>();
  const go = (states: readonly State[], taken: ReadonlySet<number>, past: readonly string[]): void => {
    if (states.every((s) => s.phase === 'done')) {
      orders++;
      const pairs: string[] = [];
      past.forEach((a, i) => {
        for (const b of past.slice(i + 1)) if (a[0] !== b[0] && (a[1] === 'w' || b[1] === 'w')) pairs.push(`${a}<${b}`);
      });
      shared.add(pairs.sort().join());
      return;
    }
    states.forEach((s, t) => {
      if (s.phase === 'done') return;
      const name = `${t}${s.phase === 'look' ? 'r' : 'w'}${s.slot}`;
      if (s.phase === 'look') {
        const next: State = taken.has(s.slot) ? { slot: s.slot - 1, phase: 'look' } : { slot: s.slot, phase: 'claim' };
        go(states.with(t, next), taken, [...past, name]);
      } else go(states.with(t, { ...s, phase: 'done' }), new Set([...taken, s.slot]), [...past, name]);
    });
  };
  go(
    Array.from({ length: count }, () => ({ slot: 9, phase: 'look' as const })),
    new Set(),
    [],
  );
  return { orders, shared: shared.size };
}
