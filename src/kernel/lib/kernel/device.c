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
	const char *name;

	if (!dev || !refcount_dec_and_test(&dev->kobj.kref.refcount))
		return;
	name = dev->kobj.name;
	if (dev->release)
		dev->release(dev);
	else if (dev->type && dev->type->release)
		dev->type->release(dev);
	kfree(name);
}

/* No bus looks for a driver, and there is no sysfs. */
int device_add(struct device *dev)
{
	if (!dev_name(dev))
		return -EINVAL;
	get_device(dev->parent);
	dev->kobj.state_in_sysfs = 1;
	return 0;
}

void device_del(struct device *dev)
{
	dev->kobj.state_in_sysfs = 0;
	put_device(dev->parent);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
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
