// title: /proc/iomem and /proc/ioports, read with privileges and without
// machine: empty
// needs: resource_op
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource nameless = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, NULL);
static struct resource deep = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_4K, "deep");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &nameless));
	EXPECT(!request_resource(&nameless, &deep));
	EXPECT(request_region(0x60, 1, "keyboard") != NULL);
}

THREAD(reader)
{
	OBSERVE(iomem_proc_read("iomem", true));
	OBSERVE(iomem_proc_read("iomem", false));
	OBSERVE(iomem_proc_read("ioports", true));
}
