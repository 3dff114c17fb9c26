// Structs by value: assignment, parameters, results, nesting, arrays in structs, anonymous members. C11 6.5.2.3, 6.5.16
#include "test.h"

struct point { int x, y; };
struct range { u64 start, end; };
struct deep {
	char tag;
	struct point at;
	struct { struct range r; int list[3]; } inner;
	struct { int lone; };
	union { u32 word; u8 bytes[4]; };
};
struct big { int a[20]; };

static struct range make(u64 start, u64 size)
{
	struct range r = { start, start + size - 1 };
	return r;
}
static u64 size(struct range r)
{
	u64 n = r.end - r.start + 1;
	r.start = 99;
	return n;
}
static struct big fill(int first)
{
	struct big b;
	for (int i = 0; i < 20; i++)
		b.a[i] = first + i;
	return b;
}
static int sum(struct big b)
{
	int n = 0;
	for (int i = 0; i < 20; i++) {
		n += b.a[i];
		b.a[i] = 0;
	}
	return n;
}
static struct point swap(struct point p) { return (struct point){ p.y, p.x }; }
static struct point *same(struct point *p) { return p; }
static struct deep global = { 'x', { 1, 2 }, { { 3, 4 }, { 5, 6, 7 } }, { 8 }, { 0x01020304 } };

void test(void)
{
	struct range a = make(0x1000, 0x100), b, *p = &a;
	struct deep d = global, e;
	struct big big = fill(1);
	struct point pts[3] = { { 1, 2 }, { 3, 4 } }, q;

	ASSERT(0x10ff, a.end);
	ASSERT(0x100, size(a));
	ASSERT(0x1000, a.start);
	b = a;
	b.start++;
	ASSERT(0x1000, p->start);
	ASSERT(0x1001, b.start);
	*p = b;
	ASSERT(0x1001, a.start);
	p = &b;
	*p = make(1, 2);
	ASSERT(1, b.start);
	ASSERT(7, make(3, 5).end);
	ASSERT(5, size(make(3, 5)));
	ASSERT(210, sum(big));
	ASSERT(1, big.a[0]);
	ASSERT(410, sum(fill(11)));
	ASSERT(15, fill(1).a[14]);

	d.inner.list[1] = 60;
	e = d;
	ASSERT(60, e.inner.list[1]);
	ASSERT(6, global.inner.list[1]);
	ASSERT('x', e.tag);
	ASSERT(8, e.lone);
	ASSERT(4, e.bytes[0]);
	e.bytes[3] = 0xff;
	ASSERT(0xff020304, e.word);
	ASSERT(4, e.inner.r.end);
	e.inner = global.inner;
	ASSERT(6, e.inner.list[1]);

	ASSERT(0, pts[2].x);
	pts[2] = pts[1];
	ASSERT(4, pts[2].y);
	pts[0] = swap(pts[1]);
	ASSERT(4, pts[0].x);
	ASSERT(3, swap(swap(pts[1])).x);
	q = pts[0] = pts[2];
	ASSERT(3, q.x);
	ASSERT(3, same(&q)->x);
	same(&q)->y = 77;
	ASSERT(77, q.y);
	ASSERT(3, (1 ? pts[2] : q).x);
	ASSERT(77, (0 ? pts[2] : q).y);
	ASSERT(77, (pts[0], q).y);
	/* assignment to itself */
	q = *same(&q);
	ASSERT(77, q.y);
	ASSERT(8, sizeof(struct point));
	ASSERT(80, sizeof(struct big));
}
