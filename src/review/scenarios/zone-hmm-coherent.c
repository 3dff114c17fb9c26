// title: The test module for device memory makes coherent pages of memory that it is told of
// machine: server
// units: zones
// inside: lib/test_hmm.c
// needs: dmirror_device_init, memremap_pages
#include <iomem-review.h>

static struct dmirror_device *mirror = &dmirror_devices[2];
static struct page *page;
static int made;

SETUP
{
	spm_addr_dev0 = 0x3000000000UL;
	spm_addr_dev1 = 0x3080000000UL;
	mirror->zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_COHERENT;
}

/* One of the four devices that hmm_dmirror_init() makes then; its pages are for migration. */
THREAD(modprobe)
{
	made = dmirror_device_init(mirror, 2);
	if (made)
		return;
	page = mirror->free_pages;
	OBSERVE(page_to_pfn(page) << PAGE_SHIFT);
	dmirror_device_remove(mirror);
}

CHECK
{
	EXPECT(made == 0);
	OBSERVE(ERR_PTR(made));
}
