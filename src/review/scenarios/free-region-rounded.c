// title: A size that is not a whole number of sections
// machine: empty, crowded-top
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *one, *odd, *none;

THREAD(driver)
{
	one = request_free_mem_region(&iomem_resource, 1, "one byte");
	odd = request_free_mem_region(&iomem_resource, SZ_128M + SZ_4K, "odd");
	none = request_free_mem_region(&iomem_resource, 0, "nothing");
}

CHECK
{
	if (IS_ERR(one)) {
		OBSERVE(one);
	} else {
		OBSERVE(one->start);
		OBSERVE(resource_size(one));
	}
	if (IS_ERR(odd)) {
		OBSERVE(odd);
	} else {
		OBSERVE(odd->start);
		OBSERVE(resource_size(odd));
	}
	if (IS_ERR(none)) {
		OBSERVE(none);
	} else {
		OBSERVE(none->start);
		OBSERVE(none->end);
	}
}
