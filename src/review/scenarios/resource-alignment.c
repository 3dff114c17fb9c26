// title: What a range says about its alignment
// machine: empty
// needs: resource_alignment
#include <iomem-review.h>

static struct resource by_size = { .start = 0, .end = SZ_64K - 1, .flags = IORESOURCE_MEM | IORESOURCE_SIZEALIGN };
static struct resource by_start = { .start = SZ_1M, .end = SZ_2M, .flags = IORESOURCE_MEM | IORESOURCE_STARTALIGN };
static struct resource both = { .start = SZ_1M, .end = SZ_2M, .flags = IORESOURCE_SIZEALIGN | IORESOURCE_STARTALIGN };
static struct resource neither = { .start = SZ_1M, .end = SZ_2M, .flags = IORESOURCE_MEM };

THREAD(pci)
{
	OBSERVE(resource_alignment(&by_size));
	OBSERVE(resource_alignment(&by_start));
	OBSERVE(resource_alignment(&both));
	OBSERVE(resource_alignment(&neither));
}
