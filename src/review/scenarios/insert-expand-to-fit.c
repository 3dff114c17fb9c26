// title: A range grows until it holds all that it overlaps
// machine: empty
// needs: insert_resource_expand_to_fit
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource low = DEFINE_RES_MEM_NAMED(BASE, SZ_128K, "low");
static struct resource high = DEFINE_RES_MEM_NAMED(BASE + SZ_512K, SZ_512K, "high");
static struct resource node = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_512K, "node");
static struct resource window = DEFINE_RES_MEM_NAMED(BASE + SZ_16M, SZ_1M, "window");
static struct resource outside = DEFINE_RES_MEM_NAMED(BASE + SZ_32M, SZ_1M, "outside");

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &low));
	EXPECT(!request_resource(&iomem_resource, &high));
	EXPECT(!request_resource(&iomem_resource, &window));
}

THREAD(firmware)
{
	insert_resource_expand_to_fit(&iomem_resource, &node);
	OBSERVE(node.start);
	OBSERVE(node.end);
	OBSERVE(node.parent == &iomem_resource);
	OBSERVE(low.parent);
	OBSERVE(high.parent);
	/* In the tree already: nothing happens. */
	insert_resource_expand_to_fit(&iomem_resource, &node);
	OBSERVE(node.child);
	/* Not in the root at all: nothing happens either. */
	insert_resource_expand_to_fit(&window, &outside);
	OBSERVE(outside.parent);
}
