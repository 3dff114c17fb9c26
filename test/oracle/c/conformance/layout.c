// Sizes, alignments and offsets: packed, aligned, flexible arrays, empty structs, nesting. System V x86-64.
#include "test.h"
#define offsetof(t, m) __builtin_offsetof(t, m)

struct a { char c; int i; char d; };
struct b { char c; u64 l; };
struct c { struct a x; char e; };
struct __attribute__((packed)) p { char c; int i; u16 h; };
struct q { char c; struct p p; } __attribute__((packed, aligned(2)));
struct al { char c; int i __attribute__((aligned(16))); };
struct part { char c; u64 l __attribute__((packed)); };
struct flex { u16 n; u32 items[]; };
struct zero { int n; u64 items[0]; };
struct empty { };
struct holder { struct empty e; int i; struct empty f; };
struct ptrs { char c; void *p; int (*f)(void); char d; };
struct res { u64 start, end; const char *name; unsigned long flags, desc; struct res *parent, *sibling, *child; };
struct arr { char a[3]; short b[2]; char c; };
struct inner_union { char c; union { u64 l; char d[12]; } u; };
typedef int aligned_int __attribute__((aligned(8)));
struct typed { char c; aligned_int i; };
struct over { char c; } __attribute__((aligned(64)));
typedef struct { u32 lock; } spin;
struct pgmap {
	int nr;
	union { struct { u64 s, e; } range; struct { struct { } dummy; struct { u64 s, e; } ranges[]; }; };
};

static struct { struct flex f; u32 space[4]; } storage = { { 3 }, { 10, 20, 30 } };
static int aligned_global __attribute__((aligned(64)));

void test(void)
{
	struct flex *f = (struct flex *)&storage;
	struct p packed = { 1, 0x12345678, 9 };

	ASSERT(1, sizeof(char));
	ASSERT(2, sizeof(short));
	ASSERT(8, sizeof(long));
	ASSERT(8, sizeof(void *));
	ASSERT(1, sizeof(_Bool));
	ASSERT(12, sizeof(struct a));
	ASSERT(8, offsetof(struct a, d));
	ASSERT(16, sizeof(struct b));
	ASSERT(16, sizeof(struct c));
	ASSERT(12, offsetof(struct c, e));
	ASSERT(7, sizeof(struct p));
	ASSERT(1, offsetof(struct p, i));
	ASSERT(1, _Alignof(struct p));
	ASSERT(8, sizeof(struct q));
	ASSERT(2, _Alignof(struct q));
	ASSERT(32, sizeof(struct al));
	ASSERT(16, offsetof(struct al, i));
	ASSERT(9, sizeof(struct part));
	ASSERT(4, sizeof(struct flex));
	ASSERT(4, offsetof(struct flex, items));
	ASSERT(8, sizeof(struct zero));
	ASSERT(8, offsetof(struct zero, items));
	ASSERT(0, sizeof(struct empty));
	ASSERT(4, sizeof(struct holder));
	ASSERT(32, sizeof(struct ptrs));
	ASSERT(64, sizeof(struct res));
	ASSERT(56, offsetof(struct res, child));
	ASSERT(10, sizeof(struct arr));
	ASSERT(4, offsetof(struct arr, b));
	ASSERT(24, sizeof(struct inner_union));
	ASSERT(16, sizeof(struct typed));
	ASSERT(8, offsetof(struct typed, i));
	ASSERT(64, sizeof(struct over));
	ASSERT(64, _Alignof(struct over));
	ASSERT(4, sizeof(spin));
	ASSERT(24, sizeof(struct pgmap));
	ASSERT(8, offsetof(struct pgmap, ranges));
	ASSERT(40, offsetof(struct pgmap, ranges[2].s));
	ASSERT(8, __alignof__(u64));
	ASSERT(0, (u64)&aligned_global & 63);

	ASSERT(10, f->items[0]);
	ASSERT(30, f->items[2]);
	f->items[3] = f->n;
	ASSERT(3, storage.space[3]);
	ASSERT(0x12345678, packed.i);
	packed.i++;
	ASSERT(0x12345679, packed.i);
	ASSERT(9, packed.h);
	ASSERT(0x79, ((u8 *)&packed)[1]);
}
