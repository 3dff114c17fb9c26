// title: Two drivers ask for free regions, one after the other
// machine: empty, laptop, server, crowded-top, cxl-window, pmem, virtio-mem
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *first, *second;

THREAD(drivers)
{
	first = request_free_mem_region(&iomem_resource, SZ_256M, "first");
	second = request_free_mem_region(&iomem_resource, SZ_256M, "second");
}

CHECK
{
	/* Terabytes are free on all of these machines. */
	EXPECT(!IS_ERR(first));
	EXPECT(!IS_ERR(second));
	if (IS_ERR(first)) {
		OBSERVE(first);
	} else {
		OBSERVE(first->start);
		OBSERVE(resource_size(first));
		OBSERVE(first->flags);
		OBSERVE(first->desc);
		OBSERVE(first->name);
		OBSERVE(first->parent == &iomem_resource);
	}
	if (IS_ERR(second)) {
		OBSERVE(second);
	} else {
		OBSERVE(second->start);
		OBSERVE(second->end);
		OBSERVE(second->desc);
	}
}
