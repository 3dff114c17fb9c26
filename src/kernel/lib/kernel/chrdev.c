/* Character devices: numbers and registration. Nobody opens them here. */

struct cdev;
struct file;
struct file_operations;

/* Major numbers of the dynamic range, given from the top. */
#define IOMEM_MAJOR_TOP 254
static unsigned int chrdev_regions;

int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name)
{
	if (chrdev_regions >= IOMEM_MAJOR_TOP)
		return -EBUSY;
	*dev = (dev_t)(IOMEM_MAJOR_TOP - chrdev_regions++) << 20 | baseminor;
	return 0;
}

void unregister_chrdev_region(dev_t from, unsigned int count)
{
	chrdev_regions--;
}

void cdev_init(struct cdev *cdev, const struct file_operations *fops) { }

int cdev_device_add(struct cdev *cdev, struct device *dev)
{
	if (!dev_name(dev))
		return -EINVAL;
	return 0;
}

void cdev_device_del(struct cdev *cdev, struct device *dev) { }

loff_t default_llseek(struct file *file, loff_t offset, int whence)
{
	return -ENOSYS;
}
