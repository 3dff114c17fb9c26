// title: A region from the machine's own CXL window
// machine: cxl-window, fragmented-window
// needs: alloc_free_mem_region
#include <iomem-review.h>

static struct resource *window, *res;

SETUP
{
	struct resource *p;

	for (p = iomem_resource.child; p && !window; p = p->sibling)
		if (p->desc == 9 /* IORES_DESC_CXL */)
			window = p;
}

THREAD(cxl)
{
	if (window)
		res = alloc_free_mem_region(window, SZ_256M, SZ_256M, "new region");
}

CHECK
{
	OBSERVE(window != NULL);
	if (IS_ERR_OR_NULL(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
		OBSERVE(res->desc);
		OBSERVE(res->parent == window);
	}
}
