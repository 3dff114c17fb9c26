// title: The test module for device memory is loaded, makes private pages, and is removed again
// machine: x86_64
// units: zones
// inside: lib/test_hmm.c
// needs: hmm_dmirror_init, memremap_pages
#include <iomem-review.h>

static int loaded;

THREAD(modprobe)
{
	loaded = hmm_dmirror_init();
	if (!loaded) {
		OBSERVE(dmirror_devices[0].devmem_chunks[0]->pagemap.range.start);
		OBSERVE(dmirror_devices[1].devmem_chunks[0]->pagemap.range.start);
		hmm_dmirror_exit();
	}
}

CHECK
{
	EXPECT(loaded == 0);
	OBSERVE(ERR_PTR(loaded));
}
