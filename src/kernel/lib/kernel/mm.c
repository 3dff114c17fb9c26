/* Memory management, as far as resources meet it. */

unsigned long max_pfn, max_low_pfn, min_low_pfn;
unsigned long long max_possible_pfn;
void *high_memory;

/*
 * x86: RAM is never given out (its first megabyte reads as zeros); other memory is, unless it is exclusive; the first
 * megabyte always is. It asks region_intersects(), which takes resource_lock. Elsewhere: no RAM and nothing exclusive.
 */
int devmem_is_allowed(unsigned long pfn)
{
#if defined(CONFIG_X86) || !defined(CONFIG_GENERIC_LIB_DEVMEM_IS_ALLOWED)
	const bool first_megabyte = pfn < 256;

	if (region_intersects(PFN_PHYS(pfn), PAGE_SIZE, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT)
		return first_megabyte ? 2 : 0;
	if (iomem_is_exclusive(PFN_PHYS(pfn)))
		return first_megabyte;
	return 1;
#else
	return !iomem_is_exclusive(PFN_PHYS(pfn)) && !page_is_ram(pfn);
#endif
}
