// title: An ascending search whose last candidate sticks out of its base stops with -ERANGE
// machine: x86_64
// all: alloc_free_mem_region(window, SZ_512M, SZ_256M, "r") = -ERANGE
// all: window->child->sibling = NULL
// all, problem: leak
#include <iomem-review.h>

THREAD(cxl)
{
	struct resource *window;

	window = iomem_insert(&iomem_resource, "window", SZ_4G, SZ_512M, IORESOURCE_MEM, IORES_DESC_NONE);
	iomem_insert(window, "used", SZ_4G, SZ_256M, IORESOURCE_MEM, IORES_DESC_NONE);
	OBSERVE(alloc_free_mem_region(window, SZ_512M, SZ_256M, "r"));
	OBSERVE(window->child->sibling);
}
