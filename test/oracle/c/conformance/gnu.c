// GNU: statement expressions, typeof, __auto_type, min and max as the kernel writes them, container_of, label addresses not.
#include "test.h"

#define min(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); (void)(&_a == &_b); _a < _b ? _a : _b; })
#define max(a, b) ({ __auto_type _a = (a); __auto_type _b = (b); _a > _b ? _a : _b; })
#define min_t(t, a, b) ({ t _a = (a); t _b = (b); _a < _b ? _a : _b; })
#define swap(a, b) do { typeof(a) _t = (a); (a) = (b); (b) = _t; } while (0)
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(p, t, m) ({ void *_p = (void *)(p); (t *)(_p - offsetof(t, m)); })
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]) + sizeof(struct { int : -!!0; }))
#define BUILD_BUG_ON_ZERO(e) ((int)sizeof(struct { int : (-!!(e)); }))
#define IS_CONST(x) (sizeof(int) == sizeof(*(8 ? ((void *)((long)(x) * 0l)) : (int *)8)))

struct inner { int x; };
struct outer { u64 pad; struct inner in; char c[3]; };
static int calls;
static int once(int x) { calls++; return x; }
static inline int checked(int x) { return ({ if (x < 0) return -1; x * 2; }); }
static int looped(int n)
{
	int s = 0;
	for (int i = 0; ({ s++; i < n; }); i++)
		s += ({ if (i == 3) break; if (i == 1) continue; i; });
	return s;
}
typeof(int *) global_pointer;
extern typeof(calls) calls;
_Static_assert(sizeof(int) == 4, "int");
_Static_assert(IS_CONST(5), "five");

void test(void)
{
	int a = 3, b = 4;
	u64 big = 1ULL << 40;
	struct outer o = { 1, { 2 } };
	struct inner *in = &o.in;
	int arr[7];
	typeof(arr) other;
	typeof(&arr[0]) p = arr;
	typeof(big) copy = big;
	__typeof__(o.in) typed = { 9 };
	const int c = 5;
	typeof(c + 0) plain = 1;
	__extension__ u64 ext = 1;

	ASSERT(3, min(a, b));
	ASSERT(4, max(a, b));
	ASSERT(2, min(once(2), once(5)));
	ASSERT(2, calls);
	ASSERT(0, min_t(u32, big, 1));
	ASSERT(1, min_t(u64, big, 1));
	ASSERT(4, max(min(a, b), max(a, b)));
	ASSERT(3, ({ int a = 1; int b = a + 1; a + b; }));
	ASSERT(3, a);
	ASSERT(5, ({ a = 5; a; }));
	ASSERT(5, a);
	ASSERT(8, ({ struct outer t = o; t.in.x = 8; t; }).in.x);
	ASSERT(2, o.in.x);
	ASSERT(6, checked(3));
	ASSERT(-1, checked(-3));
	ASSERT(6, looped(10));
	swap(a, b);
	ASSERT(4, a);
	ASSERT(1, container_of(in, struct outer, in) == &o);
	ASSERT(1, container_of(in, struct outer, in)->pad);
	ASSERT(8, offsetof(struct outer, in));
	ASSERT(14, offsetof(struct outer, c[2]));
	ASSERT(8, offsetof(struct outer, in.x));
	ASSERT(7, ARRAY_SIZE(arr));
	ASSERT(28, sizeof(other));
	ASSERT(1, p == arr);
	ASSERT(8, sizeof(typeof(p)));
	ASSERT(1, copy == big);
	ASSERT(9, typed.x);
	plain++;
	ASSERT(2, plain);
	ASSERT(0, BUILD_BUG_ON_ZERO(0));
	ASSERT(1, ext);
	ASSERT(1, IS_CONST(5 + 3));
	ASSERT(0, IS_CONST(a));
	global_pointer = &a;
	ASSERT(4, *global_pointer);
	(void)({ goto skip; 0; });
	a = 1000;
skip:
	ASSERT(4, a);
	ASSERT(1, __alignof__(char) + (sizeof(void) - 1));
	ASSERT(0, ({ ; 0; }));
	do { } while (0);
	ASSERT(10, ({ int x = 0; while (x < 10) x++; x; }));
	{
		__label__ local;
		int n = 0;
local:
		if (n++ < 3)
			goto local;
		ASSERT(4, n);
	}
}
