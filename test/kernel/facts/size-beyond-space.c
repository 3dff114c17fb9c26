// title: 2^47 bytes in 46 bits: the first candidate wraps, is found free, and cannot be claimed
// machine: x86_64
// all: request_free_mem_region(&iomem_resource, 1UL << 47, "dev") = -ERANGE
// all: request_free_mem_region(&iomem_resource, 1UL << 46, "dev") = -ERANGE
// all: iomem_resource.child = NULL
#include <iomem-review.h>

THREAD(driver)
{
	OBSERVE(request_free_mem_region(&iomem_resource, 1UL << 47, "dev"));
	/* All of it: the first candidate would be address 0. */
	OBSERVE(request_free_mem_region(&iomem_resource, 1UL << 46, "dev"));
	OBSERVE(iomem_resource.child);
}
