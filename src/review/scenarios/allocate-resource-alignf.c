// title: The place in a gap is chosen by the caller's function
// machine: empty
// needs: allocate_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource middle = DEFINE_RES_MEM_NAMED(BASE + SZ_512K, SZ_64K, "middle");
static struct resource top = { .name = "top", .flags = IORESOURCE_MEM };
static struct resource refused = { .name = "refused", .flags = IORESOURCE_MEM };
static unsigned long calls;

/* As high in the gap as it goes. */
static resource_size_t highest(void *data, const struct resource *gap, resource_size_t size, resource_size_t align)
{
	++*(unsigned long *)data;
	return (gap->end - size + 1) & ~(align - 1);
}

static resource_size_t beyond(void *data, const struct resource *gap, resource_size_t size, resource_size_t align)
{
	++*(unsigned long *)data;
	return gap->end + 1;
}

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &middle));
}

THREAD(pci)
{
	OBSERVE(ERR_PTR(allocate_resource(&window, &top, SZ_64K, 0, ~0ULL, SZ_64K, (void *)highest, &calls)));
	OBSERVE(top.start);
	OBSERVE(calls);
	OBSERVE(ERR_PTR(allocate_resource(&window, &refused, SZ_64K, 0, ~0ULL, SZ_64K, (void *)beyond, &calls)));
	OBSERVE(refused.parent);
	OBSERVE(calls);
}
