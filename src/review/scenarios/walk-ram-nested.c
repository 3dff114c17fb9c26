// title: RAM below windows is walked too
// machine: empty
// needs: walk_system_ram_res, walk_iomem_res_desc
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = { .start = BASE, .end = BASE + SZ_2G - 1, .name = "CXL Window 0", .flags = IORESOURCE_MEM,
				  .desc = 9 /* IORES_DESC_CXL */ };
static struct resource dax = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "dax0.0", .flags = IORESOURCE_MEM };
static struct resource kmem = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "System RAM (kmem)",
				.flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
static struct resource ram = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_1G - 1, .name = "System RAM",
			       .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
static struct resource crash = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_128M - 1, .name = "Crash kernel",
				 .flags = IORESOURCE_MEM | IORESOURCE_BUSY, .desc = IORES_DESC_CRASH_KERNEL };

static int each(struct resource *res, void *arg)
{
	OBSERVE(res->start);
	OBSERVE(res->end);
	OBSERVE(res->desc);
	return 0;
}

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &dax));
	EXPECT(!request_resource(&dax, &kmem));
	EXPECT(!insert_resource(&iomem_resource, &ram));
	EXPECT(!insert_resource(&iomem_resource, &crash));
}

THREAD(kexec)
{
	OBSERVE(walk_system_ram_res(BASE, -1, NULL, each));
	OBSERVE(walk_iomem_res_desc(IORES_DESC_CRASH_KERNEL, IORESOURCE_MEM | IORESOURCE_BUSY, BASE, -1, NULL, each));
	OBSERVE(walk_iomem_res_desc(9 /* IORES_DESC_CXL */, IORESOURCE_MEM, BASE, -1, NULL, each));
	OBSERVE(ERR_PTR(walk_iomem_res_desc(IORES_DESC_ACPI_TABLES, IORESOURCE_MEM, BASE, -1, NULL, each)));
}
