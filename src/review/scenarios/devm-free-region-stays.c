// title: Two devices ask for free regions and stay
// machine: empty, server
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static struct resource *a, *b;

THREAD(drivers)
{
	a = devm_request_free_mem_region(iomem_device("gpu0"), &iomem_resource, SZ_1G);
	b = devm_request_free_mem_region(iomem_device("gpu1"), &iomem_resource, SZ_128M);
}

CHECK
{
	if (IS_ERR(a)) {
		OBSERVE(a);
	} else {
		OBSERVE(a->start);
		OBSERVE(a->desc);
		OBSERVE(a->name);
	}
	if (IS_ERR(b)) {
		OBSERVE(b);
	} else {
		OBSERVE(b->start);
		OBSERVE(b->desc);
		OBSERVE(b->name);
	}
}
