// title: A device claims regions, one of which is taken, gives one back, and goes away
// machine: empty
// needs: __devm_request_region, __devm_release_region
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static IOMEM_DEVICE(pci0);
static struct resource *a, *b, *taken;

THREAD(driver)
{
	a = devm_request_mem_region(&pci0, BASE, SZ_4K, "a");
	b = devm_request_mem_region(&pci0, BASE + SZ_64K, SZ_4K, "b");
	taken = devm_request_mem_region(&pci0, BASE, SZ_64K, "taken");
	OBSERVE(a != NULL);
	OBSERVE(b != NULL);
	OBSERVE(taken);
	devm_release_mem_region(&pci0, BASE, SZ_4K);
	OBSERVE(region_intersects(BASE, SZ_4K, 0, IORES_DESC_NONE));
	iomem_device_unbind(&pci0);
	OBSERVE(region_intersects(BASE, SZ_1M, 0, IORES_DESC_NONE));
}
