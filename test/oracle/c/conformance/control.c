// Loops, goto into and out of blocks, break and continue, dangling else. C11 6.8
#include "test.h"

static int collatz(u64 n)
{
	int steps = 0;
	while (n != 1) {
		n = n & 1 ? 3 * n + 1 : n / 2;
		steps++;
	}
	return steps;
}
static int first_multiple(int of, int from)
{
	int i = from;
	for (;;) {
		if (i % of)
			goto next;
		return i;
next:
		i++;
	}
}
static int dangling(int a, int b)
{
	if (a)
		if (b)
			return 1;
		else
			return 2;
	return 3;
}
static int unwind(int fail_at)
{
	int log = 0;

	if (fail_at == 1)
		goto out;
	log = log * 10 + 1;
	if (fail_at == 2)
		goto undo1;
	log = log * 10 + 2;
	if (fail_at == 3)
		goto undo2;
	return log;
undo2:
	log = log * 10 + 8;
undo1:
	log = log * 10 + 9;
out:
	return -log;
}
static int into_block(int n)
{
	int sum = 0;

	goto middle;
	while (n > 0) {
		sum += 100;
middle:
		sum++;
		n--;
	}
	return sum;
}
static int nested(void)
{
	int count = 0;

	for (int i = 0; i < 10; i++) {
		for (int j = 0; ; j++) {
			if (j == i)
				break;
			if (j & 1)
				continue;
			if (i == 8)
				goto out;
			count++;
		}
	}
out:
	return count;
}

void test(void)
{
	int i, n = 0, j;
	int *p = &n;

	ASSERT(111, collatz(27));
	ASSERT(21, first_multiple(7, 15));
	ASSERT(1, dangling(1, 1));
	ASSERT(2, dangling(1, 0));
	ASSERT(3, dangling(0, 1));
	ASSERT(0, unwind(1));
	ASSERT(-19, unwind(2));
	ASSERT(-1289, unwind(3));
	ASSERT(12, unwind(4));
	ASSERT(303 - 100 + 1 - 1, into_block(3));
	ASSERT(16, nested());

	for (i = 0; i < 5; i++)
		n += i;
	ASSERT(10, n);
	ASSERT(5, i);
	do
		n--;
	while (n > 20);
	ASSERT(9, n);
	do {
		if (n == 5)
			continue;
		if (n == 4)
			break;
	} while (n-- > 0);
	ASSERT(4, n);
	while (i --> 2)
		;
	ASSERT(1, i);
	for (i = 0, j = 10; i < j; i++, j--)
		;
	ASSERT(5, i);
	ASSERT(5, j);
	for (int i = 7, k = 3; i > k; i--)
		n = i * 10 + k;
	ASSERT(43, n);
	ASSERT(5, i);
	if (0)
inside:
		n = 1000;
	else
		n = 2;
	if (n == 2)
		goto inside;
	ASSERT(1000, *p);
	{
		int n = 5;
		{
			int n = 6;
			ASSERT(6, n);
		}
		ASSERT(5, n);
	}
	ASSERT(1000, n);
	if ((i = n))
		ASSERT(1000, i);
	while ((j = i--) > 998)
		;
	ASSERT(998, j);
	for (u8 b = 250; b >= 250; b++)
		n++;
	ASSERT(1006, n);
	;;;
}
