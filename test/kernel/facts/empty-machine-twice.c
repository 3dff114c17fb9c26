// title: An empty machine with 46 address bits: two searches for 256 MiB
// machine: x86_64
// all: first->start = 0x3ffff0000000
// all: second->start = 0x3fffe0000000
#include <iomem-review.h>

static struct resource *first, *second;

THREAD(driver)
{
	first = request_free_mem_region(&iomem_resource, SZ_256M, "first");
	second = request_free_mem_region(&iomem_resource, SZ_256M, "second");
	OBSERVE(first->start);
	OBSERVE(second->start);
}
