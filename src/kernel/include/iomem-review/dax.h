/* Stands in for drivers/dax/bus.h and dax-private.h: fields that dax/kmem uses, of all versions. */
#ifndef _IOMEM_REVIEW_DAX_H
#define _IOMEM_REVIEW_DAX_H

#include <linux/device.h>
#include <linux/range.h>
#include <linux/export.h>

struct dev_pagemap;
struct dax_device;
struct dax_region {
	int id, target_node;
	struct device *dev;
	unsigned int align;
};
struct dax_mapping {
	struct device dev;
	int range_id, id;
};
struct dev_dax {
	struct dax_region *region;
	struct dax_device *dax_dev;
	unsigned int align;
	int target_node;
	bool dyn_id;
	int id;
	struct device dev;
	struct dev_pagemap *pgmap;
	bool memmap_on_memory;
	int nr_range;
	struct dev_dax_range {
		unsigned long pgoff;
		struct range range;
		struct dax_mapping *mapping;
	} *ranges;
};
static inline struct dev_dax *to_dev_dax(struct device *dev) { return container_of(dev, struct dev_dax, dev); }

enum dax_driver_type { DAXDRV_KMEM_TYPE, DAXDRV_DEVICE_TYPE };
struct dax_device_driver {
	struct device_driver drv;
	struct list_head ids;
	enum dax_driver_type type;
	int match_always;
	int (*probe)(struct dev_dax *dax);
	void (*remove)(struct dev_dax *dax);
};
int __dax_driver_register(struct dax_device_driver *driver, struct module *module, const char *name);
#define dax_driver_register(driver) __dax_driver_register(driver, THIS_MODULE, KBUILD_MODNAME)
void dax_driver_unregister(struct dax_device_driver *driver);
#define MODULE_ALIAS_DAX_DEVICE(type)

#endif
