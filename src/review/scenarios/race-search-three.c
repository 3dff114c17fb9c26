// title: Three drivers search for a free region at the same time
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *a, *b, *c;

THREAD(first)
{
	a = request_free_mem_region(&iomem_resource, SZ_128M, "a");
}

THREAD(second)
{
	b = request_free_mem_region(&iomem_resource, SZ_256M, "b");
}

THREAD(third)
{
	c = request_free_mem_region(&iomem_resource, SZ_128M, "c");
}

CHECK
{
	EXPECT(!IS_ERR(a));
	EXPECT(!IS_ERR(b));
	EXPECT(!IS_ERR(c));
}
