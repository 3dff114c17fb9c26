// Short circuit, comma, conditional, precedence, assignment as a value, sequence points. C11 6.5
#include "test.h"

static int log;
static int t(int n) { log = log * 10 + n; return n; }
static int f(int n) { log = log * 10 + n; return 0; }

void test(void)
{
	int a = 1, b = 2, c, *p = &a;
	u64 w = 5;
	u8 byte = 250;
	s8 small = 100;

	ASSERT(0, f(1) && t(2));
	ASSERT(1, log);
	log = 0;
	ASSERT(1, t(1) && t(2));
	ASSERT(12, log);
	log = 0;
	ASSERT(1, t(1) || t(2));
	ASSERT(1, log);
	log = 0;
	ASSERT(1, f(1) || t(2) && !f(3));
	ASSERT(123, log);
	log = 0;
	ASSERT(4, f(1) ? t(2) : f(3) ?: t(4));
	ASSERT(134, log);
	log = 0;
	ASSERT(7, t(7) ?: t(8));
	ASSERT(7, log);
	log = 0;
	ASSERT(3, (t(1), t(2), t(3)));
	ASSERT(123, log);
	ASSERT(1, 0x100000000ULL && 1);
	ASSERT(1, 0 || 0x100000000ULL);
	ASSERT(4, sizeof(a && w));

	ASSERT(3, a + b);
	ASSERT(7, 1 + 2 * 3);
	ASSERT(9, (1 + 2) * 3);
	ASSERT(1, 7 - 4 - 2);
	ASSERT(2, 100 / 10 / 5);
	ASSERT(1, 1 < 2 == 1);
	ASSERT(1, 5 & 3 == 3);
	ASSERT(1, 1 << 2 > 3);
	ASSERT(16, 1 << 2 + 2);
	ASSERT(1, !0 + 0);
	ASSERT(-2, ~1);
	ASSERT(2, - -2);
	ASSERT(1, - - -1 == -1);
	ASSERT(1, 1 ? 1 : 0 ? 2 : 3);
	ASSERT(3, 0 ? 1 : 0 ? 2 : 3);
	ASSERT(0, 3 > 2 > 1);

	c = a = b = 9;
	ASSERT(9, c);
	ASSERT(9, *p);
	a += b -= 2;
	ASSERT(16, a);
	ASSERT(7, b);
	ASSERT(7, b++);
	ASSERT(9, ++b);
	ASSERT(9, b--);
	ASSERT(7, --b);
	ASSERT(16, (*p)++);
	ASSERT(17, *p);

	/* op= computes in the common type, then converts */
	byte += 10;
	ASSERT(4, byte);
	byte -= 5;
	ASSERT(255, byte);
	byte *= 2;
	ASSERT(254, byte);
	byte /= -2;
	ASSERT(129, byte);
	byte %= 100;
	ASSERT(29, byte);
	byte <<= 4;
	ASSERT(0xd0, byte);
	byte >>= 2;
	ASSERT(0x34, byte);
	byte ^= 0xff;
	ASSERT(0xcb, byte);
	byte |= 0x100;
	ASSERT(0xcb, byte);
	byte &= 0x0f;
	ASSERT(0x0b, byte);
	small += 100;
	ASSERT(-56, small);
	small >>= 1;
	ASSERT(-28, small);
	ASSERT(100, (small = 100 + 256));
	a = -1;
	a /= 2u;
	ASSERT(2147483647, a);
	a = 5;
	a += 0x100000000LL;
	ASSERT(5, a);
	w += -6;
	ASSERT(-1, w);
	w >>= 60;
	ASSERT(15, w);
	w = byte = 0x1ff;
	ASSERT(255, w);
	a = 3;
	a = a++ + 1 - a * 0;
	ASSERT(4, a);
	a <<= 1ULL;
	ASSERT(8, a);
	(void)0;
	(void)(a, b);
	ASSERT(12, (a, b, 12));
	ASSERT(5, (a > 3 ? b : c) - 2);
	(a > 3 ? p : &b)[0] = 55;
	ASSERT(55, a);
	*(a ? &b : &c) = 66;
	ASSERT(66, b);
}
