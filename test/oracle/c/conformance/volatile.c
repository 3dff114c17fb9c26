// Loads and stores that must happen, READ_ONCE and WRITE_ONCE, barriers as empty asm.
#include "test.h"
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) do { *(volatile typeof(x) *)&(x) = (v); } while (0)
#define barrier() __asm__ __volatile__("" : : : "memory")

static int shared;
static volatile u64 device[4];
static struct { u8 a; volatile u16 b; } reg;

void test(void)
{
	int *volatile p = &shared;

	WRITE_ONCE(shared, 5);
	barrier();
	ASSERT(5, READ_ONCE(shared));
	*p += 2;
	ASSERT(7, READ_ONCE(*p));
	device[2] = ~0ULL;
	ASSERT(-1, device[2]);
	device[2]++;
	ASSERT(0, device[2]);
	reg.b = 0x12345;
	ASSERT(0x2345, reg.b);
	WRITE_ONCE(reg.a, 300);
	ASSERT(44, reg.a);
	asm("" ::: "memory");
}
