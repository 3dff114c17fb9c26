// title: The lowest free regions of the whole address space: 1 MiB and 7 MiB, aligned to 1 MiB
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

static struct resource *one, *seven;

THREAD(driver)
{
	one = alloc_free_mem_region(&iomem_resource, SZ_1M, SZ_1M, "one");
	seven = alloc_free_mem_region(&iomem_resource, 7 * SZ_1M, SZ_1M, "seven");
}

CHECK
{
	/* There is room for both on every machine. */
	EXPECT(!IS_ERR(one));
	EXPECT(!IS_ERR(seven));
	if (IS_ERR(one)) {
		OBSERVE(one);
	} else {
		OBSERVE(one->start);
		OBSERVE(one->end);
		OBSERVE(one->flags);
		OBSERVE(one->desc);
	}
	if (IS_ERR(seven)) {
		OBSERVE(seven);
	} else {
		OBSERVE(seven->start);
		OBSERVE(seven->end);
		OBSERVE(seven->parent == &iomem_resource);
		OBSERVE(seven->child);
	}
}
