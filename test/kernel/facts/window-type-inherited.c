// title: A claim takes the type of the window around it, and the request's flags
// machine: x86_64
// all: in_mem->flags = 0x80000200
// all: in_ram->flags = 0x81000200
#include <iomem-review.h>

THREAD(driver)
{
	struct resource *in_mem, *in_ram;

	iomem_insert(&iomem_resource, "window", SZ_1G, SZ_1G, IORESOURCE_MEM, IORES_DESC_NONE);
	iomem_insert(&iomem_resource, "virtio0", SZ_4G, SZ_1G, IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE, IORES_DESC_NONE);
	in_mem = request_mem_region(SZ_1G, SZ_4K, "in mem");
	in_ram = request_mem_region(SZ_4G, SZ_128M, "in ram");
	OBSERVE(in_mem->flags);
	OBSERVE(in_ram->flags);
}
