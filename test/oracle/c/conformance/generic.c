// _Generic, _Static_assert, declarators, typedefs, qualifiers, attributes in odd places.
#include "test.h"

#define kind(x) _Generic((x), int: 1, unsigned int: 2, long: 3, unsigned long: 4, long long: 5, unsigned long long: 6, \
	char: 7, signed char: 8, unsigned char: 9, short: 10, unsigned short: 11, _Bool: 12, char *: 13, const char *: 14, \
	void *: 15, int *: 16, default: 99)
#define unsigned_scalar(x) _Generic((x), int: (unsigned int)(x), long: (unsigned long)(x), default: (x))

typedef int number, *number_pointer, numbers[3], (*function)(number);
typedef struct tag tag;
struct tag { tag *self; };
static int inc(int x) { return x + 1; }
static int *pointers[2];
static int (*array_pointer)[3];
static int (*functions[2])(int) = { inc, inc };
static int (*(*returns)(int))(int);
static int (*pick(int i))(int) { return functions[i]; }
const volatile int cv = 3;
static __attribute__((unused)) int unused_one;
static int __attribute__((noinline)) __attribute__((cold)) attributed(int a __attribute__((unused)), int *restrict b) { return *b; }
unsigned long long int order1 = 1;
long unsigned int long order2 = 2;
int unsigned order3 = 3;
static const char *const names[] = { "a", "b" };
_Static_assert(sizeof(numbers) == 12, "numbers");
_Noreturn void never(void);
static _Alignas(16) char buffer[3];
struct fwd;
static struct fwd *opaque;

void test(void)
{
	char c = 0;
	u8 u = 0;
	short s = 0;
	const char *p = "";
	const int k = 0;
	number n = 5;
	number_pointer np = &n;
	numbers ns = { 1, 2, 3 };
	function f = inc;
	tag t = { &t };
	register int r = 1;
	auto int a = 2;
	volatile int v = 3;

	ASSERT(1, kind(1));
	ASSERT(2, kind(1u));
	ASSERT(3, kind(1l));
	ASSERT(4, kind(1ul));
	ASSERT(5, kind(1ll));
	ASSERT(6, kind(1ull));
	ASSERT(7, kind(c));
	ASSERT(9, kind(u));
	ASSERT(10, kind(s));
	ASSERT(1, kind(c + c));
	ASSERT(1, kind(u << 1));
	ASSERT(12, kind((_Bool)1));
	ASSERT(1, kind(1 == 1));
	ASSERT(13, kind("abc"));
	ASSERT(14, kind(p));
	ASSERT(15, kind((void *)0));
	ASSERT(16, kind(ns));
	ASSERT(16, kind(&n));
	ASSERT(1, kind(k));
	ASSERT(1, kind('a'));
	ASSERT(2, kind(0x80000000));
	ASSERT(3, kind(0x80000000 + 0l));
	ASSERT(4, kind(sizeof(int)));
	ASSERT(3, kind(&ns[1] - &ns[0]));
	ASSERT(4, kind(1ul + 1l));
	ASSERT(6, kind(1ull + 1ul));
	ASSERT(5, kind(1ll + 1u));
	ASSERT(99, kind(f));
	ASSERT(0xffffffff, unsigned_scalar(-1));
	ASSERT(-1, unsigned_scalar(-1l));

	pointers[1] = &n;
	ASSERT(5, *pointers[1]);
	array_pointer = &ns;
	ASSERT(3, (*array_pointer)[2]);
	ASSERT(8, functions[1](7));
	returns = pick;
	ASSERT(9, returns(0)(8));
	ASSERT(9, (*(*returns)(1))(8));
	ASSERT(3, cv);
	ASSERT(5, attributed(1, np));
	ASSERT(6, order1 + order2 + order3);
	ASSERT('b', *names[1]);
	ASSERT(6, f(n));
	ASSERT(1, t.self->self == &t);
	ASSERT(6, r + a + v);
	ASSERT(0, (u64)buffer & 15);
	ASSERT(1, !opaque);
	int number = 12;
	ASSERT(12, number);
	ASSERT(4, sizeof(number));
	{
		typedef char number;
		ASSERT(1, sizeof(number));
	}
}
