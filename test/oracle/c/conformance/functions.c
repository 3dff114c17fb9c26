// Functions and pointers to them, in tables, as parameters and results; recursion; arguments in order of conversion.
#include "test.h"

typedef int (*op)(int, int);

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return a * b; }
static op table[] = { add, sub, &mul };
struct ops {
	const char *name;
	op fn;
	void (*note)(void *arg, u64 value);
};
static void store(void *arg, u64 value) { *(u64 *)arg = value; }
static const struct ops ops[] = {
	{ "add", add, store },
	{ .name = "none" },
	{ .fn = sub, .name = "sub" },
};

static op pick(int i) { return table[i]; }
static int (*pick2(int i))(int, int) { return i ? add : sub; }
static int apply(int f(int, int), int a, int b) { return f(a, b); }
static int twice(op f, int x) { return f(f(x, 3), 3); }
static int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }
static int is_odd(int n);
static int is_even(int n) { return n ? is_odd(n - 1) : 1; }
static int is_odd(int n) { return n ? is_even(n - 1) : 0; }
static int ackermann(int m, int n)
{
	if (!m)
		return n + 1;
	return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}
static u64 many(u8 a, s8 b, u16 c, s16 d, u32 e, int f, u64 g, s64 h, _Bool i, char j)
{
	return a + b + c + d + e + f + g + h + i + j;
}
static int counter;
static int next(void) { return ++counter; }
static void nothing(void) { return; }
extern int later(int);
inline static int __attribute__((always_inline)) squared(int x) { return x * x; }

void test(void)
{
	op f = add, *pf = &table[1];
	u64 kept = 0;
	int (*arr[2])(int, int) = { mul, add };
	void *v = (void *)add;

	ASSERT(5, f(2, 3));
	ASSERT(5, (*f)(2, 3));
	ASSERT(5, (***f)(2, 3));
	ASSERT(-1, (*pf)(2, 3));
	ASSERT(6, pick(2)(2, 3));
	ASSERT(-1, pick2(0)(2, 3));
	ASSERT(6, apply(mul, 2, 3));
	ASSERT(7, twice(add, 1));
	ASSERT(9, twice(mul, 1));
	ASSERT(6, arr[0](2, 3));
	ASSERT(1, f == add);
	ASSERT(1, f == &add);
	ASSERT(0, f == sub);
	ASSERT(1, ops[1].fn == 0);
	ASSERT(1, !ops[1].note);
	ASSERT(9, ops[0].fn(4, 5));
	ops[0].note(&kept, 0x123456789abcdefULL);
	ASSERT(0x123456789abcdef, kept);
	ASSERT(-1, ops[2].fn(4, 5));
	ASSERT(9, ((op)v)(4, 5));
	f = 0 ? add : sub;
	ASSERT(1, f(3, 2));
	ASSERT(6, (1 ? mul : sub)(3, 2));

	ASSERT(3628800, fact(10));
	ASSERT(1, is_even(10));
	ASSERT(0, is_odd(10));
	ASSERT(9, ackermann(2, 3));
	/* the first six wrap at 32 bits, the last four at 64 */
	ASSERT((u64)(u32)(255 - 1 + 65535 - 1 - 1 - 1) - 1 - 1 + 1 + 'a', many(-1, -1, -1, -1, -1, -1, -1, -1, -1, 'a'));
	ASSERT(3, next() + next() * 1);
	ASSERT(3, next());
	nothing();
	(void)next();
	ASSERT(4, counter);
	ASSERT(42, later(41));
	ASSERT(49, squared(7));
}

int later(int x) { return x + 1; }
