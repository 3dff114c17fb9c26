// title: A region grows while another is requested beside it
// machine: empty
// needs: adjust_resource, request_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource grows = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "grows");
static struct resource beside = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "beside");
static int adjusted, requested;

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &grows));
}

THREAD(adjust)
{
	adjusted = adjust_resource(&grows, BASE, SZ_128K);
}

THREAD(request)
{
	requested = request_resource(&iomem_resource, &beside);
}

/* One of the two, not both. */
CHECK
{
	EXPECT((adjusted == 0) != (requested == 0));
	OBSERVE(ERR_PTR(adjusted));
	OBSERVE(ERR_PTR(requested));
}
