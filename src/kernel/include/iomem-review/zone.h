/* Device memory and memory hotplug, for scenarios. */
#ifndef _IOMEM_REVIEW_ZONE_H
#define _IOMEM_REVIEW_ZONE_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/memory_hotplug.h>
#include <linux/range.h>

/* What firmware promises of a range. */
struct iomem_firmware_range {
	u64 start, end;
	int node;
	int hotplug;
};
#define IOMEM_SRAT_RANGES 256
/* SRAT of the machine, in its order; NULL behind the last. */
unsigned int iomem_srat_count(void);
const struct iomem_firmware_range *iomem_srat(unsigned int index);

/* A device-dax instance, and what its bus does when a driver binds to it (dax/kmem is the only one) and leaves it. */
struct dev_dax;
struct dev_dax *iomem_dax_device(const char *name, int node, resource_size_t start, resource_size_t size);
int iomem_dax_bind(struct dev_dax *dax);
void iomem_dax_unbind(struct dev_dax *dax);

#endif
