// Shifts and bit operations on every width. The type is that of the promoted left operand. C11 6.5.7
#include "test.h"

static u64 left64(u64 x, int n) { return x << n; }
static u64 right64(u64 x, int n) { return x >> n; }
static s64 sar64(s64 x, int n) { return x >> n; }
static u32 left32(u32 x, u64 n) { return x << n; }
static int sar32(int x, u8 n) { return x >> n; }
static u32 rol32(u32 x, int n) { return x << (n & 31) | x >> (-n & 31); }

void test(void)
{
	u8 byte = 0x80;
	u64 pfn = 0x3fffff000ULL;
	u32 pfn32 = 0xfffff;

	ASSERT(0x100, byte << 1);
	ASSERT(0, (u8)(byte << 1));
	ASSERT(0x8000000000000000, left64(1, 63));
	ASSERT(1, right64(0x8000000000000000, 63));
	ASSERT(-1, sar64(-1, 63));
	ASSERT(-1, sar64(0x8000000000000000, 63));
	ASSERT(0x80000000, left32(1, 31));
	ASSERT(-1, sar32(-2147483647 - 1, 31));
	ASSERT(0x100000000, left64(1, 32));
	ASSERT(1, right64(0x100000000, 32));
	ASSERT(0x100000001, left64(0x100000001, 0));
	ASSERT(0x34567812, rol32(0x12345678, 8));
	ASSERT(0x12345678, rol32(0x12345678, 0));
	ASSERT(4, sizeof(1 << 40LL % 3));
	ASSERT(8, sizeof(1LL << 1));
	ASSERT(4, sizeof(byte << 1ULL));
	ASSERT(0x3fffff000000, pfn << 12);
	/* the classic: the shift happens in 32 bits */
	ASSERT(0xfffff000, pfn32 << 12);
	ASSERT(0xff000000, pfn32 << 24);
	ASSERT(0xfffff000000, (u64)pfn32 << 24);
	ASSERT(-1, -1 >> 1);
	ASSERT(0x7fffffff, -1u >> 1);
	ASSERT(-2, -1 << 1);

	ASSERT(0x0ff0, 0x0f0f ^ 0x00ff);
	ASSERT(0x0fff, 0x0f0f | 0x00ff);
	ASSERT(0x000f, 0x0f0f & 0x00ff);
	ASSERT(-1, ~0);
	ASSERT(0xffffffff, ~0u);
	ASSERT(-1, ~0ULL);
	ASSERT(0xffffffff00000000, ~0xffffffffULL);
	ASSERT(0, ~0xffffffff);
	ASSERT(1, !0x100000000ULL == 0);
	ASSERT(0x1ff, 0x100 | 0x80000000 >> 23 | 0xff);
	ASSERT(7, 1 | 2 ^ 4 & 12 | 6);
	ASSERT(1, (1UL << 46) - 1 == 0x3fffffffffff);
}
