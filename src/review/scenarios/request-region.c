// title: Drivers claim ranges: free, inside a window, taken, across, empty, at the end of the space
// machine: empty, laptop, server
// needs: __request_region, __release_region
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource *a, *nested, *again, *across, *empty, *end;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
}

THREAD(drivers)
{
	a = request_mem_region(BASE + SZ_16M, SZ_4K, "a");
	OBSERVE(a != NULL);
	nested = request_mem_region(BASE + SZ_64K, SZ_64K, "nested");
	OBSERVE(nested != NULL);
	if (nested) {
		OBSERVE(nested->parent);
		OBSERVE(nested->flags);
		OBSERVE(nested->desc);
	}
	again = request_mem_region(BASE + SZ_64K, SZ_4K, "again");
	OBSERVE(again);
	across = request_mem_region(BASE + SZ_512K, SZ_1M, "across");
	OBSERVE(across);
	empty = request_mem_region(BASE + SZ_32M, 0, "empty");
	OBSERVE(empty);
	end = request_mem_region(~0ULL - SZ_4K + 1, SZ_4K, "end");
	OBSERVE(end != NULL);
	if (nested)
		release_mem_region(BASE + SZ_64K, SZ_64K);
	OBSERVE(window.child);
	/* Not there, not whole, not busy: each is told. */
	release_mem_region(BASE + SZ_64K, SZ_64K);
	release_mem_region(BASE + SZ_16M, SZ_2K);
	release_mem_region(BASE, SZ_1M);
}
