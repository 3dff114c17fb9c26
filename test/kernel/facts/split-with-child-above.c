// title: Memory is taken out below a child: the split fails, the tree stays, adding it again fails
// machine: x86_64
// all: ram->start = 0x100000000
// all: ram->end = 0x13fffffff
// all: ram->sibling = NULL
// all: again = NULL
// all, problem: warning-raised
#include <iomem-review.h>

#define BASE 0x100000000ULL

static struct resource child = DEFINE_RES_MEM_NAMED(BASE + SZ_512M, SZ_128M, "Crash kernel");
static struct resource *ram, *again;

SETUP
{
	ram = __request_region(&iomem_resource, BASE, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
	EXPECT(!request_resource(ram, &child));
}

THREAD(hotplug)
{
	release_mem_region_adjustable(BASE + SZ_128M, SZ_128M);
	/* What add_memory() does first; NULL becomes -EEXIST. */
	again = __request_region(&iomem_resource, BASE + SZ_128M, SZ_128M, "System RAM", IORESOURCE_SYSTEM_RAM);
}

CHECK
{
	OBSERVE(ram->start);
	OBSERVE(ram->end);
	OBSERVE(ram->sibling);
	OBSERVE(again);
}
