// Integer promotions, the usual arithmetic conversions, conversions between types. C11 6.3.1
#include "test.h"

static u8 byte(int x) { return x; }
static s8 sbyte(int x) { return x; }
static u16 word(int x) { return x; }
static s16 sword(int x) { return x; }
static u64 wide(u32 x) { return x; }
static s64 swide(int x) { return x; }
static u64 sign_extended(int x) { return x; }

void test(void)
{
	u8 uc = 200, uc2 = 100;
	s8 sc = -1;
	u16 us = 65535;
	s16 ss = -1;
	u32 ui = 4294967295u;
	int si = -1;
	u64 ul = ~0ULL;
	s64 sl = -1;
	_Bool b = 2;

	/* promotion to int before arithmetic */
	ASSERT(300, uc + uc2);
	ASSERT(44, (u8)(uc + uc2));
	ASSERT(-56, (s8)uc);
	ASSERT(-201, ~uc);
	ASSERT(55, (u8)~uc);
	ASSERT(-200, -uc);
	ASSERT(1, uc << 1 == 400);
	ASSERT(4294836225u, (u32)us * us);
	ASSERT(4, sizeof(uc + uc2));
	ASSERT(4, sizeof(+uc));
	ASSERT(4, sizeof(b + b));
	ASSERT(1, sizeof(uc = 5));
	uc = 200;

	/* comparisons between types */
	ASSERT(0, si < ui - ui);
	ASSERT(1, si == ui);
	ASSERT(1, sc == si);
	ASSERT(0, sc == us);
	ASSERT(0, ss == us);
	ASSERT(1, sl == si);
	ASSERT(1, ul == si);
	ASSERT(0, ul == ui);
	ASSERT(0, si < 1u);
	ASSERT(1, si < 1LL);
	ASSERT(1, sl < ui);
	ASSERT(1, ui > sl);
	ASSERT(0, ul < 0);
	ASSERT(0, -1 < sizeof(int));
	ASSERT(1, -1 < (int)sizeof(int));

	/* types of arithmetic */
	ASSERT(4294967295LL, si + 0u);
	ASSERT(-1, si + 0);
	ASSERT(4294967294LL, (u64)(si + ui));
	ASSERT(4294967294LL, sl + ui);
	ASSERT(-2, sl + si);
	ASSERT(8, sizeof(ui + sl));
	ASSERT(4, sizeof(ui + si));
	ASSERT(8, sizeof(1 ? 0 : 0L));
	ASSERT(-1, 0 ? 0u : -1LL);
	ASSERT(4294967295LL, 1 ? -1 : 0u);

	/* narrowing and widening */
	ASSERT(255, byte(-1));
	ASSERT(0, byte(256));
	ASSERT(-128, sbyte(128));
	ASSERT(65535, word(-1));
	ASSERT(-32768, sword(32768));
	ASSERT(4294967295LL, wide(-1));
	ASSERT(-1, swide(-1));
	ASSERT(-1, sign_extended(-1));
	ASSERT(0x9abcdef0, (u32)0x123456789abcdef0ULL);
	ASSERT((int)0x9abcdef0, (int)0x123456789abcdef0ULL);
	ASSERT(-16, (s8)0x123456789abcdef0ULL);
	ASSERT(0xfffffffffffffff0, (u64)(s8)0xf0);
	ASSERT(0xf0, (u64)(u8)0xf0);
	ASSERT(0xffffffff80000000, (u64)(int)0x80000000);

	/* _Bool is a question, not a truncation */
	ASSERT(1, b);
	ASSERT(1, (_Bool)256);
	ASSERT(1, (_Bool)0x100000000ULL);
	ASSERT(0, (_Bool)0);
	b = 0x8000000000000000ULL;
	ASSERT(1, b);
	b = !b;
	ASSERT(0, b);
	b--;
	ASSERT(1, b);
	b++;
	ASSERT(1, b);
	ASSERT(1, (_Bool)&b);

	/* types of constants: the first in which it fits */
	ASSERT(4, sizeof(2147483647));
	ASSERT(8, sizeof(2147483648));
	ASSERT(4, sizeof(0x80000000));
	ASSERT(8, sizeof(0x100000000));
	ASSERT(1, 0x80000000 > 0);
	ASSERT(1, -2147483648 < 0);
	ASSERT(0, -0x80000000 < 0);
	ASSERT(1, 0xffffffffffffffff > 0);
	ASSERT(4, sizeof('a'));
	ASSERT(8, sizeof(0u + 1l));
	ASSERT(83, 0123);
	ASSERT(5, 0b101);
	ASSERT(-1, '\377');
	ASSERT(10, '\n');
	ASSERT(0, '\0');
	ASSERT(127, '\x7f');
	ASSERT(27, '\e');
}
