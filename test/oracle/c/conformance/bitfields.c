// Bit-fields: packing, sign, width, assignment's value, initialisers. C11 6.7.2.1
#include "test.h"

struct flags {
	u32 a : 1;
	u32 b : 3;
	int c : 4;
	u32 : 0;
	u32 d : 31;
	u32 e : 2;
	u64 f : 40;
	_Bool g : 1;
};
struct tight {
	u8 low : 4;
	u8 high : 4;
	u8 rest;
};
struct mixed {
	u8 first;
	u32 second : 9;
	u32 third : 23;
	u16 last;
};
struct wide {
	u64 lo : 12, mid : 40, hi : 12;
};
struct sticking {
	u32 a : 20;
	u32 b : 20;
};

static struct flags global = { .b = 5, .c = -3, .e = 2, .f = 0xabcdef1234 };

static u64 raw(const void *at, int n)
{
	const u8 *p = at;
	u64 x = 0;

	while (n--)
		x = x << 8 | p[n];
	return x;
}

void test(void)
{
	struct flags s = { 0 };
	struct tight t = { 3, 12, 7 };
	struct mixed m = { 1, 300, 0x7fffff, 0xffff };
	struct wide w = { .lo = 0xfff, .mid = 0x123456789a, .hi = 0x801 };
	struct sticking k = { 0xfffff, 1 };

	ASSERT(5, global.b);
	ASSERT(-3, global.c);
	ASSERT(2, global.e);
	ASSERT(0xabcdef1234, global.f);
	ASSERT(0, global.g);

	s.a = 3;
	ASSERT(1, s.a);
	ASSERT(0, s.b);
	s.b = 9;
	ASSERT(1, s.b);
	s.c = 7;
	ASSERT(7, s.c);
	s.c = 8;
	ASSERT(-8, s.c);
	ASSERT(-8, (s.c = 24));
	ASSERT(1, (s.b = 17));
	s.c++;
	ASSERT(-7, s.c);
	s.b--;
	s.b--;
	ASSERT(7, s.b);
	ASSERT(7, s.b++);
	ASSERT(0, s.b);
	s.b |= 6;
	ASSERT(6, s.b);
	s.d = ~0;
	ASSERT(0x7fffffff, s.d);
	ASSERT(0, s.e);
	s.f = ~0ULL;
	ASSERT(0xffffffffff, s.f);
	s.f <<= 4;
	ASSERT(0xfffffffff0, s.f);
	s.g = 4;
	ASSERT(1, s.g);
	/* a field narrower than int is an int in arithmetic */
	s.b = 0;
	ASSERT(-1, s.b - 1);
	ASSERT(1, s.b - 1 < 0);

	ASSERT(2, sizeof(struct tight));
	ASSERT(0xc3, raw(&t, 1));
	ASSERT(0x7c3, raw(&t, 2));
	ASSERT(300, m.second);
	ASSERT(0x7fffff, m.third);
	ASSERT(12, sizeof(struct mixed));
	ASSERT(8, sizeof(struct wide));
	ASSERT(0x801123456789afff >> 0, w.lo | (u64)w.mid << 12 | (u64)w.hi << 52);
	ASSERT(raw(&w, 8), w.lo | (u64)w.mid << 12 | (u64)w.hi << 52);
	ASSERT(8, sizeof(struct sticking));
	ASSERT(1, k.b);
	ASSERT(0xfffff, k.a);
	ASSERT(16, sizeof(struct flags));
	t.low = t.high = 5;
	ASSERT(0x55, raw(&t, 1));
	ASSERT(15, (t.low = 31));
}
