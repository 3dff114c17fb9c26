// title: A free region is released and asked for again
// machine: empty, laptop, crowded-top
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *first, *second, *again;

THREAD(driver)
{
	resource_size_t start, size;

	first = request_free_mem_region(&iomem_resource, SZ_512M, "first");
	second = request_free_mem_region(&iomem_resource, SZ_512M, "second");
	if (IS_ERR(first))
		return;
	start = first->start;
	size = resource_size(first);
	OBSERVE(start);
	release_mem_region(start, size);
	first = NULL;
	again = request_free_mem_region(&iomem_resource, SZ_512M, "again");
}

CHECK
{
	OBSERVE(first);
	if (IS_ERR(second))
		OBSERVE(second);
	else
		OBSERVE(second->start);
	if (IS_ERR_OR_NULL(again)) {
		OBSERVE(again);
	} else {
		OBSERVE(again->start);
		OBSERVE(again->name);
		OBSERVE(again->desc);
	}
}
