// title: A driver allocates below 4 GiB and above, on a machine as it is
// machine: empty, laptop, server, pmem
// needs: allocate_resource
#include <iomem-review.h>

static struct resource low = { .name = "low", .flags = IORESOURCE_MEM };
static struct resource high = { .name = "high", .flags = IORESOURCE_MEM };

THREAD(driver)
{
	OBSERVE(ERR_PTR(allocate_resource(&iomem_resource, &low, SZ_1M, SZ_1M, 0xffffffffULL, SZ_1M, NULL, NULL)));
	OBSERVE(low.start);
	OBSERVE(ERR_PTR(allocate_resource(&iomem_resource, &high, SZ_1G, 0x100000000ULL, ~0ULL, SZ_1G, NULL, NULL)));
	OBSERVE(high.start);
	OBSERVE(high.end);
}
