// A whole: a resource tree in miniature, with everything that such code does to pointers and ends.
#include "test.h"

struct res { u64 start, end; const char *name; struct res *parent, *sibling, *child; };
static struct res root = { 0, ~0ULL, "root" };
static struct res pool[16];
static int used;

static struct res *request(struct res *root, struct res *new)
{
	struct res **p = &root->child, *tmp;

	if (new->end < new->start || new->start < root->start || new->end > root->end)
		return root;
	for (;;) {
		tmp = *p;
		if (!tmp || tmp->start > new->end) {
			new->sibling = tmp;
			*p = new;
			new->parent = root;
			return 0;
		}
		p = &tmp->sibling;
		if (tmp->end < new->start)
			continue;
		return tmp;
	}
}
static struct res *make(u64 start, u64 size)
{
	struct res *r = &pool[used++];

	*r = (struct res){ .start = start, .end = start + size - 1, .name = "r" };
	return r;
}
static int intersects(u64 start, u64 size)
{
	u64 end = start + size - 1;

	for (struct res *p = root.child; p; p = p->sibling)
		if (p->start <= end && p->end >= start)
			return 1;
	return 0;
}
static u64 search(u64 size, u64 step)
{
	u64 end = (1ULL << 46) - 1, addr;

	for (addr = end - size + 1; addr > size && addr >= root.start; addr -= step)
		if (!intersects(addr, size))
			return addr;
	return 0;
}
static struct res *next(struct res *p)
{
	if (p->child)
		return p->child;
	while (!p->sibling && p->parent)
		p = p->parent;
	return p->sibling;
}

void test(void)
{
	struct res *a, *b, *p;
	int count = 0, i;

	ASSERT(1, !request(&root, a = make(0x1000, 0x1000)));
	ASSERT(1, request(&root, make(0x1fff, 1)) == a);
	ASSERT(1, !request(&root, b = make(0x2000, 0x1000)));
	ASSERT(1, a->sibling == b);
	ASSERT(1, request(&root, make(5, 0)) == &root);
	ASSERT(1, request(a, make(0x2000, 1)) == a);
	ASSERT(1, !request(a, make(0x1000, 0x10)));
	ASSERT(1, !request(&root, make(~0ULL, 1)));
	for (p = root.child; p; p = next(p))
		count++;
	ASSERT(4, count);
	ASSERT(0x3fffc0000000, search(0x40000000, 0x40000000));
	for (i = 0; i < 5; i++)
		ASSERT(1, !request(&root, make((1ULL << 46) - (i + 1) * 0x10000000ULL + 0x8000000, 0x8000000)));
	ASSERT(0x3fff40000000, search(0x40000000, 0x40000000));
	ASSERT(0x3fff78000000, search(0x40000000, 0x8000000));
	ASSERT(0, search(1ULL << 46, 0x8000000));
}
