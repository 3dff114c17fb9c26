// Wrap-around: unsigned by the standard, signed by -fwrapv, as the kernel is built. Inclusive ends at the edges.
#include "test.h"

static u64 size_of(u64 start, u64 end) { return end - start + 1; }
static u64 end_of(u64 start, u64 size) { return start + size - 1; }

void test(void)
{
	u64 top = ~0ULL;
	u32 u = 0xffffffff;
	int i = 2147483647;
	s64 l = 9223372036854775807LL;
	u16 h = 65535;
	s8 c = 127;

	ASSERT(0, top + 1);
	ASSERT(-1, (u64)0 - 1);
	ASSERT(0, size_of(0, top));
	ASSERT(1, size_of(top, top));
	ASSERT(-1, end_of(0, 0));
	ASSERT(0xfff, end_of(0, 0x1000));
	ASSERT(-1, end_of(0xfffffffffffff000, 0x1000));
	ASSERT(0xfff, end_of(0xfffffffffffff000, 0x2000));
	ASSERT(1, end_of(0xfffffffffffff000, 0x2000) < 0xfffffffffffff000);
	ASSERT(0, u + 1);
	ASSERT(0x100000000, u + 1LL);
	ASSERT(1, u * u);
	ASSERT(0xfffffffe00000001, (u64)u * u);
	ASSERT(0, 0x100000000ULL * 0x100000000ULL);
	ASSERT(1, top * top);
	ASSERT(-2147483647 - 1, i + 1);
	ASSERT(1, i + 1 < i);
	ASSERT(-2, i * 2);
	ASSERT(-9223372036854775807LL - 1, l + 1);
	ASSERT(l, l + 1 - 1);
	ASSERT(-2147483647 - 1, -(-2147483647 - 1));
	h++;
	ASSERT(0, h);
	h--;
	ASSERT(65535, h);
	c++;
	ASSERT(-128, c);
	c--;
	ASSERT(127, c);
	ASSERT(-2147483647 - 1, (-2147483647 - 1) / 1);

	/* division and remainder: towards zero */
	ASSERT(-3, -7 / 2);
	ASSERT(-1, -7 % 2);
	ASSERT(-3, 7 / -2);
	ASSERT(1, 7 % -2);
	ASSERT(2147483644, -7u / 2);
	ASSERT(1, -7u % 2);
	ASSERT(0x7fffffffffffffff, top / 2);
	ASSERT(1, top % 2);
	ASSERT(0x1999999999999999, top / 10);
	ASSERT(5, top % 10);
	ASSERT(0, (-9223372036854775807LL - 1) % 3 + 2);
	ASSERT(-3074457345618258602, (-9223372036854775807LL - 1) / 3);
	ASSERT(0, 3 / top);
	ASSERT(3, 3 % top);

	/* align up and down, with the wrap that a careful caller tests for */
#define ALIGN_UP(x, a) (((x) + (a) - 1) & ~((a) - 1))
	ASSERT(0x8000000, ALIGN_UP(1ULL, 0x8000000ULL));
	ASSERT(0, ALIGN_UP(top, 0x8000000ULL));
	ASSERT(0x8000000, ALIGN_UP(0x8000000ULL, 0x8000000ULL));
	/* the mask is only as wide as its type */
	ASSERT(0xf8000000, top & ~(0x8000000u - 1));
	ASSERT(0xfffffffff8000000, top & ~(0x8000000 - 1));
	ASSERT(0xfffffffff8000000, top & ~(0x8000000ULL - 1));
}
