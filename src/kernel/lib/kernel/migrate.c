/* Migration of device pages: none of them is in use here, so that none is moved. */

struct page;

int migrate_device_range(unsigned long *src_pfns, unsigned long start, unsigned long npages)
{
	memset(src_pfns, 0, npages * sizeof(*src_pfns));
	return 0;
}

void migrate_device_pages(unsigned long *src_pfns, unsigned long *dst_pfns, unsigned long npages) { }
void migrate_device_finalize(unsigned long *src_pfns, unsigned long *dst_pfns, unsigned long npages) { }
