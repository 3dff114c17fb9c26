// title: The resource that a device's request conflicts with is released and freed at the same time
// machine: empty
// needs: devm_request_resource, release_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static IOMEM_DEVICE(pci);
static struct resource wanted = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "wanted");
static struct resource *taken;
static int result;

SETUP
{
	taken = iomem_insert(&iomem_resource, "taken", BASE + SZ_4K, SZ_4K, IORESOURCE_MEM, IORES_DESC_NONE);
	EXPECT(taken != NULL);
}

THREAD(request)
{
	result = devm_request_resource(&pci, &iomem_resource, &wanted);
}

THREAD(release)
{
	release_resource(taken);
	kfree(taken);
	taken = NULL;
}

CHECK
{
	OBSERVE(ERR_PTR(result));
	OBSERVE(wanted.parent != NULL);
	OBSERVE(iomem_device_resources(&pci));
	iomem_device_unbind(&pci);
}
