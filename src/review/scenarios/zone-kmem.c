// title: dax/kmem gives memory to the kernel, takes it back, and gives it again
// machine: cxl-window, pmem
// units: zones
// needs: add_memory_driver_managed, remove_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memory.h>

#define BASE 0x3000000000ULL
static struct resource *container;
static struct dev_dax *dax;
static struct memory_block *block;
static int first, second;
static bool empty;

SETUP
{
	container = iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_4G, IORESOURCE_MEM, IOMEM_DESC_CXL);
	dax = iomem_dax_device("dax9.0", 1, BASE + SZ_1G, SZ_1G);
}

THREAD(kmem)
{
	first = iomem_dax_bind(dax);
	if (first)
		return;
	block = find_memory_block(pfn_to_section_nr(PHYS_PFN(BASE + SZ_1G)));
	if (block) {
		OBSERVE(block->nid);
		put_device(&block->dev);
	}
	iomem_dax_unbind(dax);
	empty = container->child == NULL;
	second = iomem_dax_bind(dax);
	if (!second)
		iomem_dax_unbind(dax);
}

CHECK
{
	EXPECT(first == 0);
	OBSERVE(empty);
	OBSERVE(ERR_PTR(second));
}
