// title: Two devices ask for free regions and stay
// machine: empty, server
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static IOMEM_DEVICE(gpu1);
static struct resource *a, *b;

THREAD(drivers)
{
	a = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_1G);
	b = devm_request_free_mem_region(&gpu1, &iomem_resource, SZ_128M);
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
