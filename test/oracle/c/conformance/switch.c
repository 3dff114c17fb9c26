// switch: fall through, ranges, default in the middle, nesting, cases inside other statements, 64-bit values.
#include "test.h"

static int basic(int x)
{
	int r = 0;

	switch (x) {
	case 1:
		r += 1;
	case 2:
		r += 2;
		break;
	default:
		r += 100;
		/* fall through */
	case 3:
	case 4:
		r += 4;
		break;
	case -5:
		return -5;
	}
	return r;
}
static int ranges(int x)
{
	switch (x) {
	case 0 ... 9: return 1;
	case 10 ... 99: return 2;
	case -10 ... -1: return 3;
	case 'a' + 100 ... 'z' + 100: return 4;
	}
	return 0;
}
static int wide(u64 x)
{
	switch (x) {
	case 0x100000000ULL: return 1;
	case 0: return 2;
	case ~0ULL: return 3;
	case 0x3fff00000000 ... 0x3fffffffffff: return 4;
	default: return 5;
	}
}
static int byte(s8 x)
{
	switch (x) {
	case -1: return 1;
	case 255: return 2;
	default: return 3;
	}
}
static int converted(u32 x)
{
	switch (x) {
	case -1: return 1;
	case 0: return 2;
	}
	return 3;
}
static int duff(int n)
{
	int steps = 0, rounds = (n + 3) / 4;

	switch (n % 4) {
	case 0:
		do {
			steps++;
	case 3:
			steps++;
	case 2:
			steps++;
	case 1:
			steps++;
		} while (--rounds > 0);
	}
	return steps;
}
static int nested(int a, int b)
{
	switch (a) {
	case 1:
		switch (b) {
		case 1: return 11;
		default: break;
		}
		return 10;
	case 2:
		for (int i = 0; i < 10; i++) {
			switch (i) {
			case 5: goto found;
			case 6: return -1;
			default: continue;
			}
		}
		return -2;
found:
		return 25;
	}
	return 0;
}
enum colour { RED, GREEN = 5, BLUE };
static int colours(enum colour c)
{
	switch (c) {
	case RED: return 1;
	case GREEN: return 2;
	case BLUE: return 3;
	}
	return 0;
}
static int declared(int x)
{
	switch (x) {
		int y;
	case 1:
		y = 10;
		return y + x;
	case 2: {
		int z = 20;
		return z + x;
	}
	}
	return -1;
}
static int only_default(int x)
{
	switch (x) default: return 7;
}
static int calls;
static int once(void) { calls++; return 3; }

void test(void)
{
	ASSERT(3, basic(1));
	ASSERT(2, basic(2));
	ASSERT(4, basic(3));
	ASSERT(4, basic(4));
	ASSERT(104, basic(9));
	ASSERT(-5, basic(-5));
	ASSERT(1, ranges(0));
	ASSERT(1, ranges(9));
	ASSERT(2, ranges(10));
	ASSERT(2, ranges('a'));
	ASSERT(4, ranges('d' + 100));
	ASSERT(3, ranges(-1));
	ASSERT(0, ranges(-11));
	ASSERT(0, ranges(123));
	ASSERT(1, wide(0x100000000));
	ASSERT(2, wide(0));
	ASSERT(3, wide(-1));
	ASSERT(4, wide(0x3fff28000000));
	ASSERT(5, wide(0x400000000000));
	ASSERT(5, wide(0xffffffff));
	ASSERT(1, byte(255));
	ASSERT(3, byte(1));
	ASSERT(1, converted(0xffffffff));
	ASSERT(2, converted(0));
	ASSERT(7, duff(7));
	ASSERT(8, duff(8));
	ASSERT(1, duff(1));
	ASSERT(11, nested(1, 1));
	ASSERT(10, nested(1, 2));
	ASSERT(25, nested(2, 0));
	ASSERT(0, nested(3, 0));
	ASSERT(2, colours(GREEN));
	ASSERT(3, colours(6));
	ASSERT(0, colours(1));
	ASSERT(11, declared(1));
	ASSERT(22, declared(2));
	ASSERT(-1, declared(3));
	ASSERT(7, only_default(1));
	switch (once()) {
	case 1: calls += 10;
	case 3: calls += 100;
	case 4: ;
	}
	ASSERT(101, calls);
	switch (2) { }
}
