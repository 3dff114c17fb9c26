// title: All that is in a window is taken apart
// machine: empty
// needs: release_child_resources
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource a = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "a");
static struct resource b = DEFINE_RES_MEM_NAMED(BASE + SZ_256K, SZ_64K, "b");
static struct resource inner = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_4K, "inner");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &a));
	EXPECT(!request_resource(&window, &b));
	EXPECT(!request_resource(&a, &inner));
}

THREAD(pci)
{
	release_child_resources(&window);
	OBSERVE(window.child);
	OBSERVE(window.parent == &iomem_resource);
	OBSERVE(a.parent);
	OBSERVE(a.sibling);
	OBSERVE(a.child);
	OBSERVE(a.start);
	OBSERVE(a.end);
	OBSERVE(inner.parent);
	OBSERVE(inner.end);
	OBSERVE(b.end);
}
