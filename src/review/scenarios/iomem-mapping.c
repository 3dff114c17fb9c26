// title: The mapping of device memory is there once the file system is
// machine: x86_64
// needs: iomem_get_mapping
#include <iomem-review.h>

THREAD(devmem)
{
	OBSERVE(iomem_get_mapping() != NULL);
}
