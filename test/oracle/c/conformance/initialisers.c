// Initialisers: designated, nested, partly, brace elision, ranges, strings, overriding, of static and automatic objects.
#include "test.h"

struct pair { int a, b; };
struct rec {
	char name[8];
	struct pair p[2];
	union { int i; struct { short lo, hi; } s; } u;
	int tail[];
};
struct res {
	u64 start, end;
	const char *name;
	unsigned long flags;
	struct res *parent, *sibling, *child;
};

static struct res root = { .name = "root", .start = 0, .end = -1, .flags = 0x200 };
static struct res kid = { 1, 2, "kid", .parent = &root, };
static int array[] = { 1, [5] = 6, 7, [2] = 3 };
static int ranged[10] = { [0 ... 3] = 4, [6 ... 8] = 9, [7] = 1 };
static char word[3] = "abc";
static char longer[8] = "abc";
static char braced[] = { "xyz" };
static struct pair pairs[] = { { 1, 2 }, 3, 4, { .b = 6 } };
static struct rec rec = { "abcdefg", { { 1, 2 }, 3, 4 }, { .s = { .hi = 7 } } };
static struct pair deep[2][2] = { [1][0].b = 5, [0] = { { 1, 2 }, { 3 } } };
static const int *const table[] = { &array[1], array + 5, &ranged[6] };
static u64 computed = sizeof(struct res) + (1ULL << 40) + (0 ? 1 : 2);
static struct pair *first = &pairs[2];
static int *inner = &pairs[1].b;
static struct { int x; } zeroed;
static int neg = -1;
static u8 narrowed = 300 - 45;
static unsigned long addr = (unsigned long)0x3fff00000000;
static const char *strings[] = { "one", "two" "three", 0 };

static int n(void) { static int i; return ++i; }

void test(void)
{
	struct res r = { .start = 5 }, copy = r;
	struct pair q = { n(), n() };
	int local[6] = { 1, [3] = 4 };
	char text[16] = "hi";
	struct pair over = { .a = 1, .b = 2, .a = 3 };
	struct { struct pair p; int c; } nest = { .p = { 1, 2 }, .p.b = 9, .c = 3 };
	union { u32 w; u8 b[4]; } u = { 0x01020304 }, v = { .b = { [3] = 1 } };
	int scalar = { 5 };
	struct pair empty = {};
	struct res assigned;

	ASSERT(-1, root.end);
	ASSERT('r', root.name[0]);
	ASSERT(0x200, root.flags);
	ASSERT(1, kid.start);
	ASSERT(2, kid.end);
	ASSERT('k', *kid.name);
	ASSERT(1, kid.parent == &root);
	ASSERT(0, kid.flags);
	ASSERT(1, !kid.child);
	ASSERT(7, sizeof(array) / sizeof(*array));
	ASSERT(6, array[5]);
	ASSERT(7, array[6]);
	ASSERT(3, array[2]);
	ASSERT(0, array[3]);
	ASSERT(4, ranged[3]);
	ASSERT(0, ranged[4]);
	ASSERT(1, ranged[7]);
	ASSERT(9, ranged[8]);
	ASSERT('c', word[2]);
	ASSERT(3, sizeof(word));
	ASSERT(0, longer[3] | longer[7]);
	ASSERT(4, sizeof(braced));
	ASSERT(3, sizeof(pairs) / sizeof(*pairs));
	ASSERT(4, pairs[1].b);
	ASSERT(0, pairs[2].a);
	ASSERT(6, first->b);
	ASSERT(4, *inner);
	ASSERT('g', rec.name[6]);
	ASSERT(4, rec.p[1].b);
	ASSERT(7 << 16, rec.u.i);
	ASSERT(5, deep[1][0].b);
	ASSERT(3, deep[0][1].a);
	ASSERT(0, deep[1][1].a);
	ASSERT(6, *table[1]);
	ASSERT(9, *table[2]);
	ASSERT(0x1000000003a, computed);
	ASSERT(0, zeroed.x);
	ASSERT(-1, neg);
	ASSERT(255, narrowed);
	ASSERT(0x3fff00000000, addr);
	ASSERT('t', strings[1][3]);
	ASSERT(1, !strings[2]);

	ASSERT(5, r.start);
	ASSERT(0, r.end);
	ASSERT(1, !r.child);
	ASSERT(5, copy.start);
	ASSERT(3, q.a + q.b);
	ASSERT(4, local[3]);
	ASSERT(0, local[1] | local[2] | local[4] | local[5]);
	ASSERT(0, text[2] | text[15]);
	ASSERT('i', text[1]);
	ASSERT(3, over.a);
	ASSERT(9, nest.p.b);
	ASSERT(1, nest.p.a);
	ASSERT(4, u.b[0]);
	ASSERT(0x01000000, v.w);
	ASSERT(5, scalar);
	ASSERT(0, empty.a);
	assigned = (struct res){ .start = r.start + 1, .end = 9 };
	ASSERT(6, assigned.start);
	ASSERT(1, !assigned.name);
	/* the old value may be used in the new one */
	assigned = (struct res){ .start = assigned.end, .end = assigned.start };
	ASSERT(9, assigned.start);
	ASSERT(6, assigned.end);
	for (int i = 0; i < 2; i++) {
		struct pair again = { .b = i };
		ASSERT(0, again.a);
		ASSERT(i, again.b);
		again.a = 77;
	}
}
