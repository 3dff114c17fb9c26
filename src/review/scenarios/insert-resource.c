// title: Ranges are inserted around, inside, on top of and across others
// machine: empty, laptop
// needs: insert_resource, insert_resource_conflict
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource a = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "a");
static struct resource b = DEFINE_RES_MEM_NAMED(BASE + SZ_256K, SZ_64K, "b");
static struct resource around = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "around");
static struct resource inside = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_4K, "inside");
static struct resource equal = DEFINE_RES_MEM_NAMED(BASE + SZ_256K, SZ_64K, "equal");
static struct resource both = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_256K, "both");
static struct resource across = DEFINE_RES_MEM_NAMED(BASE + SZ_512K, SZ_1M, "across");
static struct resource *hit;

THREAD(firmware)
{
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &a)));
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &b)));
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &around)));
	OBSERVE(a.parent);
	OBSERVE(b.parent);
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &inside)));
	OBSERVE(inside.parent);
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &equal)));
	OBSERVE(equal.child);
	OBSERVE(b.parent);
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &both)));
	OBSERVE(both.parent);
	OBSERVE(both.child);
	OBSERVE(equal.parent);
	hit = insert_resource_conflict(&iomem_resource, &across);
	OBSERVE(hit);
	OBSERVE(across.parent);
}
