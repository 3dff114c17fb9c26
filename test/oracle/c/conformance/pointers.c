// Pointers: arithmetic, difference, comparison, arrays, pointers to pointers, void *, list surgery. C11 6.5.6
#include "test.h"

#define NULL ((void *)0)
struct node {
	int key;
	struct node *next;
};
static struct node nodes[4] = { { 10 }, { 20 }, { 30 }, { 40 } };
static int values[5] = { 1, 2, 3, 4, 5 };
static int *const fixed = &values[2];
static int *past = values + 5;
static const char *text = "hello";
static char buffer[] = "world";

static void insert(struct node **at, struct node *new)
{
	while (*at && (*at)->key < new->key)
		at = &(*at)->next;
	new->next = *at;
	*at = new;
}
static int unlink(struct node **at, int key)
{
	struct node *n;

	for (; (n = *at); at = &n->next) {
		if (n->key == key) {
			*at = n->next;
			return 1;
		}
	}
	return 0;
}
static void set(int **pp, int *to) { *pp = to; }
static int sum(int a[], int n) { int s = 0; while (n--) s += *a++; return s; }
static int last(int (*row)[3]) { return (*row)[2]; }

void test(void)
{
	int *p = values, *q = &values[4], **pp = &p;
	struct node *head = NULL, *n;
	int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
	int (*row)[3] = grid;
	void *v = values;
	char *c;
	u64 x = 0x1122334455667788ULL;

	ASSERT(1, *p);
	ASSERT(3, *(p + 2));
	ASSERT(3, p[2]);
	ASSERT(3, 2[p]);
	ASSERT(4, q - p);
	ASSERT(-4, p - q);
	ASSERT(1, p < q);
	ASSERT(1, q >= p + 4);
	ASSERT(16, (char *)q - (char *)p);
	ASSERT(8, v + 8 - v);
	ASSERT(3, *(int *)(v + 8));
	ASSERT(3, *fixed);
	ASSERT(5, past[-1]);
	ASSERT(5, past - values);
	ASSERT(1, *p++);
	ASSERT(2, *p);
	ASSERT(3, *++p);
	ASSERT(4, ++*p);
	ASSERT(4, values[2]);
	ASSERT(4, (*p)--);
	ASSERT(3, values[2]);
	p -= 2;
	ASSERT(1, *p);
	p += 1u;
	ASSERT(2, *p);
	p = p + -1;
	ASSERT(1, *p);
	set(pp, q);
	ASSERT(5, *p);
	**pp = 50;
	ASSERT(50, values[4]);
	set(&p, values);
	ASSERT(60, sum(values, 5));
	ASSERT(50, sum(&values[4], 1));

	ASSERT('e', text[1]);
	ASSERT('l', *(text + 2));
	ASSERT(0, text[5]);
	ASSERT(6, sizeof(buffer));
	ASSERT(8, sizeof(text));
	buffer[0] = 'W';
	ASSERT('W', *buffer);
	ASSERT('o', "hello"[4]);
	ASSERT(6, sizeof("hello"));
	for (c = buffer; *c; c++)
		;
	ASSERT(5, c - buffer);

	ASSERT(4, grid[1][0]);
	ASSERT(6, *(*(grid + 1) + 2));
	ASSERT(4, **++row);
	ASSERT(6, last(row));
	ASSERT(3, last(grid));
	ASSERT(12, sizeof(*row));
	ASSERT(24, sizeof(grid));
	ASSERT(2, sizeof(grid) / sizeof(grid[0]));
	ASSERT(5, (&grid[0][0])[4]);

	insert(&head, &nodes[2]);
	insert(&head, &nodes[0]);
	insert(&head, &nodes[3]);
	insert(&head, &nodes[1]);
	ASSERT(10, head->key);
	ASSERT(20, head->next->key);
	ASSERT(40, head->next->next->next->key);
	ASSERT(1, !head->next->next->next->next);
	ASSERT(1, unlink(&head, 10));
	ASSERT(1, unlink(&head, 30));
	ASSERT(0, unlink(&head, 30));
	int keys = 0;
	for (n = head; n; n = n->next)
		keys = keys * 100 + n->key;
	ASSERT(2040, keys);

	ASSERT(0x88, *(u8 *)&x);
	ASSERT(0x5566, ((u16 *)&x)[1]);
	ASSERT(0x11223344, ((u32 *)&x)[1]);
	((u8 *)&x)[7] = 0xff;
	ASSERT(0xff22334455667788, x);
	*(u16 *)((u8 *)&x + 2) = 0;
	ASSERT(0xff22334400007788, x);

	ASSERT(1, p == v);
	ASSERT(1, !NULL);
	ASSERT(0, p == NULL);
	ASSERT(1, NULL == 0);
	ASSERT(1, (u64)(void *)0x1234 == 0x1234);
	ASSERT(-34, (long)(void *)-34L);
	ASSERT(1, (unsigned long)(void *)-34L >= (unsigned long)-4095);
	ASSERT(4, (u64)((int *)0 + 1));
	ASSERT(1, &values[2] == values + 2);
	ASSERT(1, &*p == p);
	ASSERT(1, &nodes[1].key == (int *)&nodes[1]);
	ASSERT(1, p ? 1 : 0);
	ASSERT(0, !p);
	ASSERT(1, p && head);
	ASSERT(8, sizeof(p - q));
}
