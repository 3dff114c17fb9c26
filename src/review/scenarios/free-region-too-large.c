// title: Sizes that the address space cannot hold: all of it, and more than all of it
// machine: empty, laptop
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *half, *all, *more;

THREAD(driver)
{
	all = request_free_mem_region(&iomem_resource, 1UL << 46, "all");
	more = request_free_mem_region(&iomem_resource, 1UL << 47, "more");
	half = request_free_mem_region(&iomem_resource, 1UL << 45, "half");
}

CHECK
{
	if (IS_ERR(all))
		OBSERVE(all);
	else
		OBSERVE(all->start);
	if (IS_ERR(more))
		OBSERVE(more);
	else
		OBSERVE(more->start);
	if (IS_ERR(half))
		OBSERVE(half);
	else
		OBSERVE(half->start);
}
