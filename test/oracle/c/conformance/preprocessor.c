// The preprocessor: objects, functions, # and ##, rescanning, variadics, conditionals, line splicing, kernel idioms.
#include "test.h"

#define EMPTY
#define ONE 1
#define ADD(a, b) ((a) + (b))
#define STR(x) #x
#define XSTR(x) STR(x)
#define CAT(a, b) a##b
#define XCAT(a, b) CAT(a, b)
enum { SELF = 5 };
#define SELF SELF + 1
#define FOO(x) BAR(x)
#define BAR(x) (x + FOO2)
#define FOO2 2
#define NOARGS() 7
#define FIRST(a, ...) a
#define REST(a, ...) __VA_ARGS__
#define NAMED(args...) (0, ##args)
#define f(x) x + g
#define g(x) x * 10
#define DEFER(x) x EMPTY
#define LINES \
	(3 + \
	 4)

/* IS_ENABLED() */
#define __ARG_PLACEHOLDER_1 0,
#define __take_second_arg(ignored, val, ...) val
#define __is_defined(x) ___is_defined(x)
#define ___is_defined(val) ____is_defined(__ARG_PLACEHOLDER_##val)
#define ____is_defined(junk) __take_second_arg(junk 1, 0)
#define CONFIG_YES 1

/* counting arguments */
#define __COUNT(_0, _1, _2, _3, _4, n, ...) n
#define COUNT(X...) __COUNT(, ##X, 4, 3, 2, 1, 0)
#define CONCATENATE_(a, b) a##b
#define CONCATENATE(a, b) CONCATENATE_(a, b)
#define pick1(a) (a)
#define pick2(a, b) (a * 10 + b)
#define pick(args...) CONCATENATE(pick, COUNT(args))(args)

#if defined(ONE) && ONE == 1 && !defined NOTHING
#define COND 1
#elif 1
#define COND 2
#else
#define COND 3
#endif
#if 0
this is not looked at: "unterminated ' #include <nothing>
#if 1
#error nested in a skipped group
#endif
#elif -1 < 0u
#define CMP 1
#else
#define CMP 2
#endif
#ifdef UNKNOWN
#define U 1
#elif UNKNOWN
#define U 2
#else
#define U 3
#endif
#if (1 ? 2 : (1 / 0)) == 2 && (0 || 'a' == 97) && (1 << 33) > 0 && 0xffffffffffffffff == -1
#define ARITH 1
#endif
#undef ONE
#ifndef ONE
#define ONE 11
#endif
#if __has_attribute(packed)
#define HAS 1
#endif
#define weird_name 5
#define PASTE_NUM(a, b) a##b
#define PASTE_OP(a, b) (x a##b y)
#define EMPTY_ARG(a, b) (0 a + 0 b)
#

static int SELF_(void) { return 1; }
static int fn(int x) { return x * 2; }
#define fn(x) (fn(x) + 1)

void test(void)
{
	const char *s = STR(a  "b\n"   + 'c');
	const char *x1 = XSTR(ONE), *x2 = STR(ONE);
	int x = 6, y = 3, ab = 9, SELF_VAR = 2;

	ASSERT(11, ONE);
	ASSERT(5, ADD(2, 3));
	ASSERT(6, ADD(ADD(1, 2), 3));
	ASSERT(3, ADD((1, 2), 1));
	ASSERT(9, CAT(a, b));
	ASSERT(11, XCAT(O, NE));
	ASSERT(5, PASTE_NUM(weird_, name));
	ASSERT(12, PASTE_NUM(1, 2));
	ASSERT(0x1f, PASTE_NUM(0x1, f));
	ASSERT(1, PASTE_OP(>, =));
	ASSERT(24, PASTE_OP(<, <) / 2);
	ASSERT(0, EMPTY_ARG(, ));
	ASSERT(7, NOARGS());
	ASSERT(3, FOO(1));
	ASSERT(1, FIRST(1, 2, 3));
	ASSERT(3, (REST(1, 2, 3)));
	ASSERT(0, NAMED());
	ASSERT(4, NAMED(3, 4));
	ASSERT(7, LINES);
	ASSERT(21, f(1)(2));
	ASSERT(11, fn(5));
	ASSERT(10, (fn)(5));
	ASSERT(6, SELF);
	ASSERT(4, (SELF_VAR EMPTY) + 2);
	ASSERT(1, SELF_());
	ASSERT('"', s[2]);
	ASSERT('\\', s[4]);
	ASSERT('n', s[5]);
	ASSERT(' ', s[7]);
	ASSERT('+', s[8]);
	ASSERT('1', x1[0]);
	ASSERT('O', x2[0]);
	ASSERT(1, __is_defined(CONFIG_YES));
	ASSERT(0, __is_defined(CONFIG_NO));
	ASSERT(0, COUNT());
	ASSERT(1, COUNT(a));
	ASSERT(3, COUNT(a, b, c));
	ASSERT(4, pick(4));
	ASSERT(45, pick(4, 5));
	ASSERT(1, COND);
	ASSERT(2, CMP);
	ASSERT(3, U);
	ASSERT(1, ARITH);
	ASSERT(1, HAS);
	ASSERT(1, __COUNTER__ + 1 == __COUNTER__);
	ASSERT(139, __LINE__);
	ASSERT(3, 1 /* a comment */ + /* another
	on two lines */ 2);
	ASSERT(7, sizeof("con" "cat"));
	ASSERT(3, sizeof("\x41\102"));
	ASSERT('A', "\x41\102"[0]);
	ASSERT('B', "\x41\102"[1]);
	ASSERT(0xc3, (u8)"é"[0]);
	ASSERT(1, DEFER(1));
	ASSERT(6, x\
 + 0);
}
