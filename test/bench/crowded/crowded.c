/*
 * The crowded search: n busy regions of 128 MiB, each with 128 MiB free behind it, at the top of 2^46 bytes; then a free
 * region of 1 GiB is asked for, which lies below all of them. The same text is compiled by gcc and by our front end.
 */
#include <iomem-review.h>
#include <linux/mm.h>

/* Answers how many could be had. */
unsigned long crowded_build(unsigned long n)
{
	unsigned long i, made = 0;

	for (i = 0; i < n; i++) {
		u64 start = (1ULL << 46) - (i + 1) * SZ_256M + SZ_128M;

		if (request_mem_region(start, SZ_128M, "busy"))
			made++;
	}
	return made;
}

/* Answers where the free region was found, and gives it back. */
unsigned long crowded_search(void)
{
	struct resource *found = request_free_mem_region(&iomem_resource, SZ_1G, "free");
	u64 start;

	if (IS_ERR(found))
		return 0;
	start = found->start;
	release_mem_region(start, SZ_1G);
	return start;
}
