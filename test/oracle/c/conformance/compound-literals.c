// Compound literals: lifetime, address, as arguments, static ones, arrays. C11 6.5.2.5
#include "test.h"

struct range { u64 start, end; };
#define RANGE(s, n) ((struct range) { .start = (s), .end = (s) + (n) - 1 })

static struct range constant = RANGE(0x1000, 0x1000);
static int *numbers = (int[]){ 5, 6, 7 };
static u64 size(struct range r) { return r.end - r.start + 1; }
static u64 size_at(const struct range *r) { return r->end - r->start + 1; }
static int total(const int *a, int n) { int s = 0; while (n--) s += a[n]; return s; }

void test(void)
{
	struct range *p = &(struct range){ 1, 2 }, *first = 0;
	int i, sum = 0;

	ASSERT(0x1fff, constant.end);
	ASSERT(7, numbers[2]);
	numbers[2] = 8;
	ASSERT(8, numbers[2]);
	ASSERT(2, p->end);
	p->end = 10;
	ASSERT(10, size(*p));
	ASSERT(4096, size(RANGE(0, 4096)));
	ASSERT(16, size_at(&RANGE(0xf0, 16)));
	ASSERT(0xff, RANGE(0xf0, 16).end);
	ASSERT(6, total((int[]){ 1, 2, 3 }, 3));
	ASSERT(6, total((const int[3]){ [2] = 6 }, 3));
	ASSERT(12, sizeof((int[]){ 1, 2, 3 }));
	ASSERT(3, *(int[]){ 3 });
	ASSERT(9, (int){ 9 });
	ASSERT('b', ((char[]){ "abc" })[1]);
	ASSERT('b', (&(char[4]){ 'a', 'b' }[0])[1]);
	for (i = 0; i < 3; i++) {
		struct range *r = &(struct range){ i, i * 2 };
		if (!first)
			first = r;
		sum += r->start * 10 + r->end;
		r->start = 100;
	}
	ASSERT(36, sum);
	*p = (struct range){ .end = p->end };
	ASSERT(0, p->start);
	ASSERT(10, p->end);
	(struct range){ 0 }.start++;
	int *same = &(int){ 4 };
	++*same;
	ASSERT(5, *same);
}
