// title: A gap is looked for and not taken
// machine: empty
// needs: find_resource_space
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource first = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "first");
static struct resource gap = { .name = "gap", .flags = IORESOURCE_MEM };
static struct resource none = { .name = "none", .flags = IORESOURCE_MEM };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &first));
}

THREAD(pci)
{
	struct resource_constraint bounds = { .min = 0, .max = ~0ULL, .align = SZ_128K };

	OBSERVE(ERR_PTR(find_resource_space(&window, &gap, SZ_64K, &bounds)));
	OBSERVE(gap.start);
	OBSERVE(gap.end);
	OBSERVE(gap.parent);
	OBSERVE(ERR_PTR(find_resource_space(&window, &none, SZ_1M, &bounds)));
}
