// Variadic functions: promotion of the extra arguments, copying the list, passing it on.
#include "test.h"

typedef __builtin_va_list va_list;
#define va_start(l, n) __builtin_va_start(l, n)
#define va_arg(l, t) __builtin_va_arg(l, t)
#define va_end(l) __builtin_va_end(l)
#define va_copy(d, s) __builtin_va_copy(d, s)

struct pair { int a; u64 b; };

static s64 sum(int n, ...)
{
	va_list l;
	s64 s = 0;

	va_start(l, n);
	while (n--)
		s += va_arg(l, int);
	va_end(l);
	return s;
}
static u64 mixed(const char *kinds, ...)
{
	va_list l;
	u64 s = 0;

	va_start(l, kinds);
	for (; *kinds; kinds++) {
		switch (*kinds) {
		case 'i': s += va_arg(l, int); break;
		case 'u': s += va_arg(l, unsigned int); break;
		case 'l': s += va_arg(l, s64); break;
		case 'p': s += *va_arg(l, int *); break;
		case 's': s += va_arg(l, const char *)[0]; break;
		}
	}
	va_end(l);
	return s;
}
static int passed_on(int n, va_list l)
{
	int s = 0;
	while (n--)
		s = s * 10 + va_arg(l, int);
	return s;
}
static int outer(int n, ...)
{
	va_list l, again;
	int first, second;

	va_start(l, n);
	va_copy(again, l);
	first = passed_on(n, l);
	va_end(l);
	second = passed_on(n, again);
	va_end(again);
	return first == second ? first : -1;
}
static int none(const char *format, ...) { return format[0]; }
#define count(...) count_(__VA_ARGS__, 5, 4, 3, 2, 1, 0)
#define count_(a, b, c, d, e, n, ...) n
#define call(f, ...) f(__VA_ARGS__)
#define opt(f, x, ...) f(x, ##__VA_ARGS__)

void test(void)
{
	u8 byte = 255;
	s8 small = -1;
	s16 half = -2;
	_Bool b = 1;
	int x = 1000;

	ASSERT(6, sum(3, 1, 2, 3));
	ASSERT(0, sum(0));
	ASSERT(255 - 1 - 2 + 1, sum(4, byte, small, half, b));
	ASSERT(55, sum(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
	ASSERT(-1, mixed("i", -1));
	ASSERT(0xffffffff, mixed("u", -1));
	ASSERT(0x123456789 + 5 + 1000 + 'z', mixed("lips", 0x123456789LL, 5, &x, "zed"));
	ASSERT(-1, mixed("l", -1LL));
	ASSERT(1234, outer(4, 1, 2, 3, 4));
	ASSERT('a', none("abc"));
	ASSERT(3, count(x, y, z));
	ASSERT(3, call(sum, 2, 1, 2));
	ASSERT(7, opt(sum, 1, 7));
	ASSERT(0, opt(sum, 0));
}
