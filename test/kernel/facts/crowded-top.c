// title: Ten busy regions of 128 MiB every 256 MiB below 2^46; a search for 1 GiB
// machine: x86_64
// 6.1: dev->start = 0x3fff00000000
// 6.12: dev->start = 0x3fff28000000
// all: dev->desc = 0x6
#include <iomem-review.h>

static struct resource *dev;

SETUP
{
	u64 i;

	for (i = 0; i < 10; i++)
		EXPECT(request_mem_region((1ULL << 46) - (i + 1) * SZ_256M + SZ_128M, SZ_128M, "busy") != NULL);
}

THREAD(driver)
{
	dev = request_free_mem_region(&iomem_resource, SZ_1G, "dev");
}

CHECK
{
	OBSERVE(dev->start);
	OBSERVE(dev->desc);
}
