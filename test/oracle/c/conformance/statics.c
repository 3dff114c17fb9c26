// Static locals, tentative definitions, extern, shadowing, linkage. C11 6.2
#include "test.h"

int tentative;
int tentative;
extern int declared;
static int forward;
static int hits(void)
{
	static int count = 10;
	static struct { int a, b; } pair = { 1, 2 };

	pair.b += count;
	return ++count + pair.b * 1000;
}
static int other(void)
{
	static int count;
	return ++count;
}
static int *keep(int set)
{
	static int kept[2] = { 7, 8 };
	static int *where = &kept[1];
	if (set)
		*where = set;
	return where;
}
static int deep(int n)
{
	static int most;
	int here = n;

	if (n > most)
		most = n;
	if (n)
		deep(n - 1);
	return most * 10 + (here == n);
}
static int scoped(void)
{
	extern int declared;
	int declared_copy = declared;
	{
		static int declared = 3;
		declared_copy += declared++;
	}
	return declared_copy;
}

void test(void)
{
	ASSERT(12011, hits());
	ASSERT(23012, hits());
	ASSERT(1, other());
	ASSERT(2, other());
	ASSERT(8, *keep(0));
	ASSERT(9, *keep(9));
	ASSERT(9, *keep(0));
	ASSERT(41, deep(4));
	ASSERT(0, tentative);
	tentative = 5;
	ASSERT(5, tentative);
	ASSERT(77, declared);
	ASSERT(80, scoped());
	ASSERT(81, scoped());
	ASSERT(6, forward);
	for (int i = 0; i < 3; i++) {
		static int n;
		int m = 0;
		n++;
		m++;
		ASSERT(i + 1, n);
		ASSERT(1, m);
	}
}

int declared = 77;
static int forward = 6;
