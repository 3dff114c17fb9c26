// __attribute__((cleanup)): on every way out of a scope, last first, after the result is computed.
#include "test.h"

static int log;
static void note(int *n) { log = log * 10 + *n; }
static void drop(void *p) { log = log * 10 + 9; *(int **)p = 0; }
#define tracked __attribute__((cleanup(note)))
#define guard(n) int tracked __attribute__((unused)) guard_##n = n

static int plain(void)
{
	int a tracked = 1;
	int b tracked = 2;

	return a + b;
}
static int early(int when)
{
	guard(1);
	if (when == 1)
		return 10;
	{
		guard(2);
		if (when == 2)
			return 20;
		guard(3);
		if (when == 3)
			goto out;
	}
	{
		guard(4);
		return 40;
	}
out:
	return 30;
}
static int loops(void)
{
	int rounds = 0;

	for (int i = 1; i < 5; i++) {
		int k tracked = i;
		if (i == 2)
			continue;
		if (i == 4)
			break;
		rounds++;
	}
	return rounds;
}
static int result_first(void)
{
	int x tracked = 5;
	return x++ + 0 * x;
}
static int switched(int n)
{
	switch (n) {
	case 1: {
		guard(1);
		break;
	}
	case 2: {
		guard(2);
		return 2;
	}
	default: {
		guard(3);
	}
	}
	return 0;
}
struct lock { int held; };
static struct lock the_lock;
static struct lock *take(struct lock *l) { l->held++; return l; }
static void release(struct lock **l) { if (*l) (*l)->held--; }
#define scoped_lock(l) for (struct lock *_s __attribute__((cleanup(release))) = take(l), *_once = (void *)1; _once; _once = 0)
static int under_lock(int leave)
{
	scoped_lock(&the_lock) {
		if (leave)
			return the_lock.held;
		log = the_lock.held;
	}
	return 100 + the_lock.held;
}
static int in_expression(void)
{
	int v = ({ int t tracked = 6; t + 1; });
	log = log * 10 + v;
	return v;
}
static int backwards(void)
{
	int n = 0;
again:
	{
		int k tracked = n + 1;
		if (++n < 3)
			goto again;
	}
	return n;
}
static int taken(int **out)
{
	int value = 3;
	int *p __attribute__((cleanup(drop))) = &value;
	*out = p;
	return *p;
}

#define RESET (log = 0)
void test(void)
{
	int *seen;

	ASSERT(3, plain());
	ASSERT(21, log);
	RESET;
	ASSERT(10, early(1));
	ASSERT(1, log);
	RESET;
	ASSERT(20, early(2));
	ASSERT(21, log);
	RESET;
	ASSERT(30, early(3));
	ASSERT(321, log);
	RESET;
	ASSERT(40, early(4));
	ASSERT(3241, log);
	RESET;
	ASSERT(2, loops());
	ASSERT(1234, log);
	RESET;
	ASSERT(5, result_first());
	ASSERT(6, log);
	RESET;
	ASSERT(0, switched(1));
	ASSERT(2, switched(2));
	ASSERT(0, switched(3));
	ASSERT(123, log);
	RESET;
	ASSERT(1, under_lock(1));
	ASSERT(0, the_lock.held);
	ASSERT(100, under_lock(0));
	ASSERT(1, log);
	RESET;
	ASSERT(7, in_expression());
	ASSERT(67, log);
	RESET;
	ASSERT(3, backwards());
	ASSERT(123, log);
	RESET;
	ASSERT(3, taken(&seen));
	ASSERT(9, log);
}
