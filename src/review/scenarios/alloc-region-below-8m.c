// title: 7 MiB, aligned to 1 MiB, at the lowest place of an address space that begins at 0
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

static struct resource *res;

THREAD(test)
{
	res = alloc_free_mem_region(&iomem_resource, 7 * SZ_1M, SZ_1M, "test resources");
}

CHECK
{
	EXPECT(!IS_ERR(res));
	if (IS_ERR(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
	}
}
