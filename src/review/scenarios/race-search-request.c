// title: One driver searches for a free region while another claims the range that the search would answer
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *a, *b;
static resource_size_t start;

SETUP
{
	struct resource *probe = request_free_mem_region(&iomem_resource, SZ_128M, "probe");

	EXPECT(!IS_ERR(probe));
	if (IS_ERR(probe))
		return;
	start = probe->start;
	release_mem_region(start, SZ_128M);
}

THREAD(search)
{
	a = request_free_mem_region(&iomem_resource, SZ_128M, "a");
}

THREAD(claim)
{
	b = request_mem_region(start + SZ_64M, SZ_4K, "b");
}

/* The search has other places to go to; the claim depends on who comes first. */
CHECK
{
	EXPECT(!IS_ERR(a));
	if (IS_ERR(a)) {
		OBSERVE(a);
	} else {
		OBSERVE(start - a->start);
		OBSERVE(a->desc);
	}
	OBSERVE(b != NULL);
}
