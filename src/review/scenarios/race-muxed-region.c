// title: Two drivers take turns with a muxed region
// machine: empty
// needs: __request_region, __release_region
#include <iomem-review.h>

static int turns;

static void turn(const char *name)
{
	if (!request_muxed_region(0x2e, 2, name))
		return;
	/* Nobody else has it now. */
	turns++;
	release_region(0x2e, 2);
}

THREAD(first)
{
	turn("first");
}

THREAD(second)
{
	turn("second");
}

CHECK
{
	EXPECT(turns == 2);
	OBSERVE(ioport_resource.child);
}
