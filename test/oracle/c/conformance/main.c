// Not a program of the set: the native side. Prints `line expected actual` for each ASSERT.
#include <stdio.h>
#include "test.h"

void report(int line, long long expected, long long actual)
{
	printf("%d %lld %lld\n", line, expected, actual);
}
int main(void)
{
	test();
	return 0;
}
