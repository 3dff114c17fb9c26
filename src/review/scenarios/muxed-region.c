// title: Two drivers take turns with a muxed region
// machine: empty
// needs: __request_region, __release_region
#include <iomem-review.h>

static struct resource *first, *second;

static struct resource *turn(const char *who)
{
	struct resource *res = request_muxed_region(0x2e, 2, who);

	if (res) {
		OBSERVE(res->flags);
		OBSERVE(res->name);
		release_region(0x2e, 2);
	}
	return res;
}

THREAD(first)
{
	first = turn("first");
}

THREAD(second)
{
	second = turn("second");
}

CHECK
{
	OBSERVE(first != NULL);
	OBSERVE(second != NULL);
	OBSERVE(ioport_resource.child);
}
