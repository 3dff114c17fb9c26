/*
 * Each file here is a program: `test()` checks expressions against values. gcc compiles and runs it, and is the judge of the
 * values; our front end and machine must report the same lines with the same values, in the same order.
 *
 * An expression is evaluated once. It is shown as 64 bits, sign- or zero-extended as its type says.
 */
void report(int line, long long expected, long long actual);
#define ASSERT(expected, expr) report(__LINE__, (long long)(expected), (long long)(expr))

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

void test(void);
