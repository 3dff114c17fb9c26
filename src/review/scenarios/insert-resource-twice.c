// title: A range is inserted that is in the tree already
// machine: empty
// needs: insert_resource
#include <iomem-review.h>

static struct resource a = DEFINE_RES_MEM_NAMED(0x100000000000ULL, SZ_64K, "a");

THREAD(firmware)
{
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &a)));
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &a)));
	OBSERVE(a.parent == &iomem_resource);
	OBSERVE(a.child);
}
