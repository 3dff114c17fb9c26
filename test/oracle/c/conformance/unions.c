// Unions and enums: punning, anonymous members, sizes, enumerators' types and values.
#include "test.h"

union word { u32 w; u16 h[2]; u8 b[4]; s8 sb; };
struct variant {
	enum kind { NUMBER, POINTER = 4, PAIR } kind;
	union {
		s64 number;
		void *pointer;
		struct { short lo, hi; };
	};
};
enum { A, B, C = 10, D, E = -1, F, G = C + 5 };
enum big { SMALL = 1, LARGE = 0x80000000 };
enum huge { HUGE = 0x100000000 };
enum { X = 'x', SZ = sizeof(struct variant), MASK = (1 << 4) - 1 };
static union word global = { .b = { 1, 2, 3, 4 } };
static union { int i; char c; } first = { 65 };
static union word pass(union word w) { w.h[1]++; return w; }

void test(void)
{
	union word w = { 0x11223344 }, copy = w;
	struct variant v = { .kind = PAIR, .lo = 1, .hi = -1 };
	enum kind k = POINTER;
	enum big big = LARGE;

	ASSERT(0x04030201, global.w);
	ASSERT(65, first.c);
	ASSERT(0x3344, w.h[0]);
	ASSERT(0x11, w.b[3]);
	ASSERT(0x44, w.sb);
	w.b[0] = 0xff;
	ASSERT(0x112233ff, w.w);
	ASSERT(-1, w.sb);
	ASSERT(0x11223344, copy.w);
	ASSERT(0x11233344, pass(copy).w);
	ASSERT(4, sizeof(union word));
	ASSERT(0xffff0001, v.number & 0xffffffff);
	v.number = -1;
	ASSERT(-1, v.hi);
	ASSERT(16, sizeof(struct variant));
	ASSERT(5, v.kind);
	ASSERT(4, k);
	k++;
	ASSERT(1, k == PAIR);
	ASSERT(1, B);
	ASSERT(11, D);
	ASSERT(0, F);
	ASSERT(15, G);
	ASSERT('x', X);
	ASSERT(16, SZ);
	ASSERT(15, MASK);
	ASSERT(4, sizeof(enum kind));
	ASSERT(0x80000000, big);
	ASSERT(1, big > 0);
	ASSERT(0x100000000, HUGE);
	ASSERT(8, sizeof(enum huge));
	ASSERT(4, sizeof(A));
	{
		enum { A = 50 };
		ASSERT(50, A);
	}
	ASSERT(0, A);
}
