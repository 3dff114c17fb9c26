// title: /proc/iomem is read while a driver searches, a window is inserted, and memory is plugged in and taken out
// machine: empty
// needs: resource_op, request_free_mem_region, insert_resource, release_mem_region_adjustable
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource *found, *ram;
static int inserted;
static const char *text;

THREAD(changes)
{
	found = request_free_mem_region(&iomem_resource, SZ_128M, "found");
	inserted = insert_resource(&iomem_resource, &window);
	ram = __request_region(&iomem_resource, BASE + SZ_1G, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
	if (ram)
		release_mem_region_adjustable(BASE + SZ_1G, SZ_256M);
}

THREAD(reader)
{
	text = iomem_proc_read("iomem", true);
}

/* What is read is a state that there was: what comes later in it is not there before. */
CHECK
{
	EXPECT(!IS_ERR(found));
	EXPECT(!inserted);
	EXPECT(text != NULL);
	if (!text)
		return;
	EXPECT(strstr(text, "found") || !strstr(text, "window"));
	EXPECT(strstr(text, "window") || !strstr(text, "System RAM"));
	OBSERVE(strstr(text, "found") != NULL);
	OBSERVE(strstr(text, "window") != NULL);
	OBSERVE(strstr(text, "System RAM") != NULL);
}
