// title: A region appears while another thread looks at what lies there
// machine: empty
// needs: request_free_mem_region, walk_mem_res
#include <iomem-review.h>

static struct resource *a;
static resource_size_t start;
static int found;
static unsigned long desc, flags;

SETUP
{
	struct resource *probe = request_free_mem_region(&iomem_resource, SZ_128M, "probe");

	EXPECT(!IS_ERR(probe));
	if (IS_ERR(probe))
		return;
	start = probe->start;
	release_mem_region(start, SZ_128M);
}

static int see(struct resource *res, void *arg)
{
	found++;
	desc = res->desc;
	flags = res->flags;
	return 0;
}

THREAD(driver)
{
	a = request_free_mem_region(&iomem_resource, SZ_128M, "a");
}

THREAD(inspector)
{
	walk_mem_res(start, start + SZ_128M - 1, NULL, see);
}

/* What is there is there with all its properties. */
CHECK
{
	EXPECT(!IS_ERR(a));
	OBSERVE(found);
	if (found && !IS_ERR(a)) {
		EXPECT(desc == a->desc);
		EXPECT(flags == a->flags);
	}
}
