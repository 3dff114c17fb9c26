// title: /proc/iomem is read while a driver claims a region and gives it back
// machine: empty
// needs: resource_op, __request_region
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource *claim;
static const char *text;

THREAD(driver)
{
	claim = request_mem_region(BASE, SZ_64K, "claim");
	if (claim)
		release_mem_region(BASE, SZ_64K);
}

THREAD(reader)
{
	text = iomem_proc_read("iomem", true);
}

CHECK
{
	EXPECT(claim != NULL);
	OBSERVE(text && strstr(text, "claim"));
}
