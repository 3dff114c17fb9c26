// title: A CXL window of 2 GiB with 256 MiB used at +0 and at +1.25 GiB; 1 GiB at 256 MiB is asked for
// machine: x86_64
// 6.1: res = -ERANGE
// 6.1, problem: leak
// 6.12: res->start = 0x4090000000
// 6.12: res->end = 0x40cfffffff
#include <iomem-review.h>

#define WINDOW 0x4080000000ULL

THREAD(cxl)
{
	struct resource *window, *res;

	window = iomem_insert(&iomem_resource, "CXL Window 0", WINDOW, SZ_2G, IORESOURCE_MEM, IORES_DESC_CXL);
	iomem_insert(window, "region0", WINDOW, SZ_256M, IORESOURCE_MEM, IORES_DESC_NONE);
	iomem_insert(window, "region1", WINDOW + SZ_1G + SZ_256M, SZ_256M, IORESOURCE_MEM, IORES_DESC_NONE);
	res = alloc_free_mem_region(window, SZ_1G, SZ_256M, "region2");
	if (IS_ERR(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
	}
}
