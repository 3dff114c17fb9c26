// title: A device requests ranges, one of which is taken, gives one back, and goes away
// machine: empty
// needs: devm_request_resource, devm_release_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static IOMEM_DEVICE(pci0);
static struct resource a = DEFINE_RES_MEM_NAMED(BASE, SZ_4K, "a");
static struct resource b = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_4K, "b");
static struct resource taken = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "taken");

THREAD(driver)
{
	OBSERVE(ERR_PTR(devm_request_resource(&pci0, &iomem_resource, &a)));
	OBSERVE(ERR_PTR(devm_request_resource(&pci0, &iomem_resource, &b)));
	OBSERVE(ERR_PTR(devm_request_resource(&pci0, &iomem_resource, &taken)));
	devm_release_resource(&pci0, &a);
	OBSERVE(a.parent);
	OBSERVE(b.parent == &iomem_resource);
	iomem_device_unbind(&pci0);
	OBSERVE(b.parent);
	OBSERVE(region_intersects(BASE, SZ_1M, 0, IORES_DESC_NONE));
}
