// Compiler built-ins that kernel headers use.
#include "test.h"

struct s { char a; u64 b; char c[5]; };
static int evaluated;
static int side(void) { return ++evaluated; }
/* What the built-ins call where they are not expanded; memcpy and memset are the machine's. */
int memcmp(const void *a, const void *b, unsigned long n)
{
	const u8 *x = a, *y = b;

	for (; n && *x == *y; n--, x++, y++)
		;
	return n ? *x - *y : 0;
}
unsigned long strlen(const char *s)
{
	unsigned long n = 0;

	while (s[n])
		n++;
	return n;
}
#define likely(x) __builtin_expect(!!(x), 1)
#define CHOOSE(c, a, b) __builtin_choose_expr(c, a, b)

void test(void)
{
	int x = 5, r;
	u64 w;
	u32 v;
	s8 b;
	struct s s1 = { 1, 2, "abcd" }, s2;
	char buf[8];

	ASSERT(1, likely(x == 5));
	ASSERT(0, __builtin_expect(x == 6, 0));
	ASSERT(1, __builtin_constant_p(3 + 4));
	ASSERT(1, __builtin_constant_p("abc"));
	ASSERT(1, CHOOSE(1, 1, "no"));
	ASSERT(2, CHOOSE(0, "no", 2));
	ASSERT(8, sizeof(CHOOSE(0, 1, 2LL)));
	ASSERT(1, __builtin_types_compatible_p(int, int));
	ASSERT(0, __builtin_types_compatible_p(int, unsigned));
	ASSERT(1, __builtin_types_compatible_p(typeof(x), const int));
	ASSERT(0, __builtin_types_compatible_p(typeof(buf), typeof(&buf[0])));
	ASSERT(0, __builtin_types_compatible_p(long, long long));
	ASSERT(16, __builtin_offsetof(struct s, c));
	ASSERT(31, __builtin_clz(1));
	ASSERT(0, __builtin_clz(0x80000000));
	ASSERT(63, __builtin_clzll(1));
	ASSERT(0, __builtin_ctz(1));
	ASSERT(46, __builtin_ctzll(1ULL << 46));
	ASSERT(47, __builtin_ffsll(1ULL << 46));
	ASSERT(0, __builtin_ffs(0));
	ASSERT(8, __builtin_popcount(0xff));
	ASSERT(64, __builtin_popcountll(~0ULL));
	ASSERT(0x78563412, __builtin_bswap32(0x12345678));
	ASSERT(0x3412, __builtin_bswap16(0x1234));
	ASSERT(0xefcdab8967452301, __builtin_bswap64(0x0123456789abcdefULL));

	ASSERT(0, __builtin_add_overflow(1, 2, &r));
	ASSERT(3, r);
	ASSERT(1, __builtin_add_overflow(2147483647, 1, &r));
	ASSERT(-2147483647 - 1, r);
	ASSERT(1, __builtin_add_overflow(~0ULL, 1ULL, &w));
	ASSERT(0, w);
	ASSERT(0, __builtin_add_overflow(0xffffffffu, 1, &w));
	ASSERT(0x100000000, w);
	ASSERT(1, __builtin_sub_overflow(0u, 1u, &v));
	ASSERT(0xffffffff, v);
	ASSERT(1, __builtin_sub_overflow(0, 1, &v));
	ASSERT(0, __builtin_sub_overflow(0, 1, &r));
	ASSERT(1, __builtin_mul_overflow(0x100000000ULL, 0x100000000ULL, &w));
	ASSERT(0, __builtin_mul_overflow(0x10000ULL, 0x10000ULL, &w));
	ASSERT(0x100000000, w);
	ASSERT(1, __builtin_mul_overflow(b = -1, (s8)-128, &b));
	ASSERT(-128, b);
	ASSERT(0, __builtin_mul_overflow((s8)-1, (s8)127, &b));
	ASSERT(-127, b);

	__builtin_memcpy(&s2, &s1, sizeof(s1));
	ASSERT(2, s2.b);
	ASSERT('c', s2.c[2]);
	__builtin_memset(buf, 0x5a, sizeof(buf));
	ASSERT(0x5a5a5a5a5a5a5a5a, *(u64 *)buf);
	ASSERT(0, __builtin_memcmp("abc", "abcd", 3));
	ASSERT(4, __builtin_strlen(s1.c));
	if (x == 6)
		__builtin_unreachable();
	ASSERT(0, sizeof(side()) - 4);
	ASSERT(0, evaluated);
	ASSERT(0, __builtin_constant_p(side()) + evaluated);
	ASSERT(1, __builtin_object_size(&x, 0) != 0);
	ASSERT(1, sizeof(__func__) == 5);
	ASSERT('t', __func__[0]);
	ASSERT('t', __FUNCTION__[0]);
}
