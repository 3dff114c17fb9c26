/* Devices: names, counts, locks. */

void device_initialize(struct device *dev)
{
	kref_init(&dev->kobj.kref);
	INIT_LIST_HEAD(&dev->devres_head);
	spin_lock_init(&dev->devres_lock);
	mutex_init(&dev->mutex);
	dev->numa_node = NUMA_NO_NODE;
}

struct device *get_device(struct device *dev)
{
	if (dev)
		kref_get(&dev->kobj.kref);
	return dev;
}

void put_device(struct device *dev)
{
	if (dev && refcount_dec_and_test(&dev->kobj.kref.refcount) && dev->release)
		dev->release(dev);
}

int dev_set_name(struct device *dev, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	dev->kobj.name = kvasprintf(GFP_KERNEL, format, args);
	va_end(args);
	return dev->kobj.name ? 0 : -ENOMEM;
}

const char *dev_driver_string(const struct device *dev)
{
	if (dev->driver && dev->driver->name)
		return dev->driver->name;
	return dev->bus && dev->bus->name ? dev->bus->name : "";
}

const char *__iomem_device_label(const struct device *dev)
{
	const char *name;

	if (!dev)
		return "(NULL device *)";
	name = dev_name(dev);
	return name ? name : "(null)";
}
