// title: Ports are claimed, and what is claimed of memory does not matter to them
// machine: empty
// needs: __request_region, __release_region
#include <iomem-review.h>

static struct resource *serial, *again, *beyond;

THREAD(driver)
{
	serial = request_region(0x3f8, 8, "serial");
	again = request_region(0x3fc, 1, "again");
	beyond = request_region(0xfffe, 4, "beyond");
	OBSERVE(serial != NULL);
	OBSERVE(again);
	OBSERVE(beyond);
	if (serial) {
		OBSERVE(serial->flags);
		OBSERVE(serial->parent == &ioport_resource);
		release_region(0x3f8, 8);
	}
	OBSERVE(ioport_resource.child);
}
