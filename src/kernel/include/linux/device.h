/* Model header: devices, as owners of resources and of log lines. */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/dev_printk.h>
#include <linux/device/devres.h>
#include <linux/kobject.h>
#include <linux/kernel.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct bus_type {
	const char *name;
};
struct device_driver {
	const char *name;
	const struct bus_type *bus;
	struct module *owner;
};
struct device;
struct device_type {
	const char *name;
	void (*release)(struct device *dev);
};
struct device {
	struct kobject kobj;
	struct device *parent;
	const struct device_type *type;
	const char *init_name;
	const struct bus_type *bus;
	struct device_driver *driver;
	void *driver_data;
	void *platform_data;
	struct mutex mutex;
	spinlock_t devres_lock;
	struct list_head devres_head;
	int numa_node;
	u64 *dma_mask;
	void (*release)(struct device *dev);
};

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : dev->kobj.name;
}
int dev_set_name(struct device *dev, const char *format, ...);
void device_initialize(struct device *dev);
int device_add(struct device *dev);
void device_del(struct device *dev);
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
const char *dev_driver_string(const struct device *dev);
static inline void *dev_get_drvdata(const struct device *dev) { return dev->driver_data; }
static inline void dev_set_drvdata(struct device *dev, void *data) { dev->driver_data = data; }
static inline int device_is_registered(struct device *dev) { return dev->kobj.state_in_sysfs; }
/* Nothing suspends here. */
static inline void device_set_pm_not_required(struct device *dev) { }
static inline int dev_to_node(struct device *dev) { return dev->numa_node; }
static inline void set_dev_node(struct device *dev, int node) { dev->numa_node = node; }
static inline void device_lock(struct device *dev) { mutex_lock(&dev->mutex); }
static inline void device_unlock(struct device *dev) { mutex_unlock(&dev->mutex); }
#define device_lock_assert(dev) lockdep_assert_held(&(dev)->mutex)

#endif
