// title: dax/kmem with ranges that are free or taken by somebody, with one that is too small, with a node that is none
// machine: cxl-window
// units: zones
// needs: add_memory_driver_managed, remove_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>

#define BASE 0x3000000000ULL
static struct resource *container, *other;
static struct dev_dax *some, *none, *crooked, *lost;
static int part, busy, small, nowhere, again;
static bool empty;

SETUP
{
	container = iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_16G, IORESOURCE_MEM, IOMEM_DESC_CXL);
	other = iomem_insert(container, "other driver", BASE + SZ_4G, SZ_1G, IORESOURCE_MEM | IORESOURCE_BUSY, IORES_DESC_NONE);
	some = iomem_dax_device("dax9.0", 1, BASE + SZ_1M, SZ_2G);
	iomem_dax_range(some, BASE + SZ_4G, SZ_1G);
	iomem_dax_range(some, BASE + SZ_8G + SZ_1G, SZ_1G);
	none = iomem_dax_device("dax9.1", 1, BASE + SZ_4G, SZ_1G);
	crooked = iomem_dax_device("dax9.2", 1, BASE + SZ_2G + SZ_1M, SZ_64M);
	lost = iomem_dax_device("dax9.3", NUMA_NO_NODE, BASE + SZ_2G, SZ_1G);
}

THREAD(kmem)
{
	nowhere = iomem_dax_bind(lost);
	small = iomem_dax_bind(crooked);
	busy = iomem_dax_bind(none);
	part = iomem_dax_bind(some);
	if (part)
		return;
	iomem_dax_unbind(some);
	empty = container->child == other && !other->sibling && !other->child;
	again = iomem_dax_bind(some);
	if (!again)
		iomem_dax_unbind(some);
}

CHECK
{
	EXPECT(nowhere && small && busy && part == 0 && empty && again == 0);
	OBSERVE(ERR_PTR(nowhere));
	OBSERVE(ERR_PTR(small));
	OBSERVE(ERR_PTR(busy));
	EXPECT(container->child == other && !other->sibling);
}
