// title: A driver waits for a muxed region until the other one gives it back
// machine: empty
// needs: __request_region, __release_region
#include <iomem-review.h>

static struct resource *held, *waited;

SETUP
{
	held = request_muxed_region(0x2e, 2, "first");
	EXPECT(held != NULL);
}

THREAD(second)
{
	waited = request_muxed_region(0x2e, 1, "second");
	if (waited) {
		OBSERVE(waited->flags);
		OBSERVE(waited->name);
		release_region(0x2e, 1);
	}
}

THREAD(first)
{
	release_region(0x2e, 2);
}

CHECK
{
	EXPECT(waited != NULL);
	OBSERVE(ioport_resource.child);
}
