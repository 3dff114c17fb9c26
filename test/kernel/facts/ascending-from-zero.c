// title: The lowest 7 MiB at 1 MiB of a base that starts at 0
// machine: x86_64
// 6.1: res = -ERANGE
// 6.1, problem: leak
// 6.12: res->start = 0x100000
// 6.12: res->end = 0x7fffff
#include <iomem-review.h>

THREAD(test)
{
	struct resource *res = alloc_free_mem_region(&iomem_resource, 7 * SZ_1M, SZ_1M, "test resources");

	if (IS_ERR(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
	}
}
