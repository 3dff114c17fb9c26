// title: A BAR of 16 MiB at the very top; a search for 64 GiB jumps a whole size, or goes one section down
// machine: x86_64
// 6.1: dev->start = 0x3fe000000000
// 6.12: dev->start = 0x3feff8000000
#include <iomem-review.h>

THREAD(driver)
{
	struct resource *dev;

	EXPECT(request_mem_region(0x3fffff000000, SZ_16M, "bar") != NULL);
	dev = request_free_mem_region(&iomem_resource, 64ULL * SZ_1G, "dev");
	OBSERVE(dev->start);
}
