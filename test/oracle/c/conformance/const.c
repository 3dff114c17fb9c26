// Constant expressions wherever C wants one, and objects initialised with them.
#include "test.h"

#define SZ_1G 0x40000000
#define MAX_PHYSMEM_BITS 46
enum { N = 3 * 4 - 2, BIG = sizeof(int[N]), NEG = -5 / 2, TERN = N > 5 ? 7 : 8 };
static int sized[N + (1 ? 2 : 1000)];
static u64 limit = (1ULL << MAX_PHYSMEM_BITS) - 1;
static u64 wrapped = 0 - 1;
static u64 truncated = (u32)-1;
static u64 widened = -1;
static long negative = -0x7fffffffffffffff - 1;
static u64 shifted = (u64)1 << 63 >> 3;
static int chars = 'a' + '\x10';
static int logic = (1 && 0) || !(3 > 2) || (N == 10);
static unsigned long size = sizeof(sized) / sizeof(sized[0]);
static s8 narrow = (s8)0x1ff;
static int from_bool = (_Bool)256 + 1;
static u64 gig = 64ULL * SZ_1G;
static int overflow_in_int = (int)(4 * (u32)SZ_1G);
static char *end = (char *)&sized[2] + 4;
static long difference = (long)0x2000 - (long)(void *)0x1000;
static int *element = &sized[N - 1];
static int comma_free = ~0 & 0xff;
static const int readonly = 5;
static u32 cast_chain = (u32)(s8)(u8)0xff;
struct bits { int f : N - 6; };

void test(void)
{
	char local[BIG];
	int i = N;

	ASSERT(10, N);
	ASSERT(40, BIG);
	ASSERT(-2, NEG);
	ASSERT(7, TERN);
	ASSERT(12, size);
	ASSERT(0x3fffffffffff, limit);
	ASSERT(-1, wrapped);
	ASSERT(0xffffffff, truncated);
	ASSERT(-1, widened);
	ASSERT(1, negative < 0 && negative - 1 > 0);
	ASSERT(0x1000000000000000, shifted);
	ASSERT('a' + 16, chars);
	ASSERT(1, logic);
	ASSERT(-1, narrow);
	ASSERT(2, from_bool);
	ASSERT(0x1000000000, gig);
	ASSERT(0, overflow_in_int);
	ASSERT(12, end - (char *)sized);
	ASSERT(0x1000, difference);
	ASSERT(9, element - sized);
	ASSERT(0xff, comma_free);
	ASSERT(5, readonly);
	ASSERT(0xffffffff, cast_chain);
	ASSERT(40, sizeof(local));
	ASSERT(-8, ((struct bits){ 8 }).f);
	switch (i) {
	case N - 1 ... N + 1: i = 1; break;
	case sizeof(int): i = 2; break;
	}
	ASSERT(1, i);
}
