// title: Two drivers search for a free region at the same time
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *a, *b;

THREAD(first)
{
	a = request_free_mem_region(&iomem_resource, SZ_128M, "a");
}

THREAD(second)
{
	b = request_free_mem_region(&iomem_resource, SZ_128M, "b");
}

/* There is room for both, whoever comes first. */
CHECK
{
	EXPECT(!IS_ERR(a));
	EXPECT(!IS_ERR(b));
	if (IS_ERR(a)) {
		OBSERVE(a);
	} else {
		OBSERVE(a->start);
		OBSERVE(a->desc);
	}
	if (IS_ERR(b)) {
		OBSERVE(b);
	} else {
		OBSERVE(b->start);
		OBSERVE(b->desc);
	}
}
