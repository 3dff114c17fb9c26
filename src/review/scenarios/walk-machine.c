// title: The RAM of a machine as it is, walked from front to back
// machine: laptop, server, cxl-window, virtio-mem
// needs: walk_system_ram_res, walk_mem_res
#include <iomem-review.h>

static u64 bytes;
static unsigned long ranges;

static int add(struct resource *res, void *arg)
{
	bytes += res->end - res->start + 1;
	ranges++;
	return 0;
}

THREAD(kexec)
{
	OBSERVE(walk_system_ram_res(0, -1, NULL, add));
	OBSERVE(bytes);
	OBSERVE(ranges);
	bytes = ranges = 0;
	OBSERVE(walk_mem_res(0, -1, NULL, add));
	OBSERVE(bytes);
	OBSERVE(ranges);
}
