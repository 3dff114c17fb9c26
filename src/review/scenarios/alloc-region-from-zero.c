// title: The lowest free region of the whole address space: 7 MiB, aligned to 1 MiB
// machine: empty, laptop, server
// needs: alloc_free_mem_region
#include <iomem-review.h>

static struct resource *res;

THREAD(driver)
{
	res = alloc_free_mem_region(&iomem_resource, 7 * SZ_1M, SZ_1M, "low");
}

CHECK
{
	if (IS_ERR(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
		OBSERVE(res->flags);
		OBSERVE(res->desc);
		OBSERVE(res->parent == &iomem_resource);
		OBSERVE(res->child);
	}
}
