// title: RAM is walked by range and by page, clipped, with the walk ended early, and where there is none
// machine: empty
// needs: walk_system_ram_res, walk_mem_res, walk_system_ram_range, page_is_ram
#include <iomem-review.h>
#include <linux/mm.h>

#define BASE	0x100000000000ULL

static struct resource ram = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "System RAM",
			       .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
/* Neither end is that of a page. */
static struct resource odd = { .start = BASE + SZ_2G + 0x800, .end = BASE + SZ_2G + 0x37ff, .name = "System RAM",
			       .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
static struct resource acpi = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_4K - 1, .name = "ACPI Tables",
				.flags = IORESOURCE_MEM | IORESOURCE_BUSY };

static int each(struct resource *res, void *arg)
{
	OBSERVE(res->start);
	OBSERVE(res->end);
	OBSERVE(res->flags);
	return arg ? 7 : 0;
}

static int each_pfn(unsigned long pfn, unsigned long pages, void *arg)
{
	OBSERVE(pfn);
	OBSERVE(pages);
	return 0;
}

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &ram));
	EXPECT(!insert_resource(&iomem_resource, &odd));
	EXPECT(!insert_resource(&iomem_resource, &acpi));
}

THREAD(walker)
{
	OBSERVE(walk_system_ram_res(BASE, -1, NULL, each));
	OBSERVE(walk_system_ram_res(BASE + SZ_4K, BASE + SZ_8K - 1, NULL, each));
	OBSERVE(walk_system_ram_res(BASE, -1, &ram, each));
	OBSERVE(ERR_PTR(walk_system_ram_res(BASE + SZ_1G, BASE + SZ_2G, NULL, each)));
	OBSERVE(walk_mem_res(BASE + SZ_2G, -1, NULL, each));
	OBSERVE(walk_system_ram_range(BASE >> PAGE_SHIFT, SZ_4G >> PAGE_SHIFT, NULL, each_pfn));
	OBSERVE(page_is_ram(BASE >> PAGE_SHIFT));
	OBSERVE(page_is_ram((BASE + SZ_1G) >> PAGE_SHIFT));
	OBSERVE(page_is_ram((BASE + SZ_2G) >> PAGE_SHIFT));
	OBSERVE(page_is_ram((BASE + SZ_2G + SZ_4K) >> PAGE_SHIFT));
	/* One byte is never visited. */
	OBSERVE(ERR_PTR(walk_system_ram_res(BASE, BASE, NULL, each)));
}
