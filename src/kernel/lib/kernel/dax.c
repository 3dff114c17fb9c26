/* The bus of device-dax, with one driver: dax/kmem. Memory tiers are counts. */

static struct dax_device_driver *kmem_driver;
/* Of one device. */
#define IOMEM_DAX_RANGES 8

int __dax_driver_register(struct dax_device_driver *driver, struct module *module, const char *name)
{
	driver->drv.name = name;
	kmem_driver = driver;
	return 0;
}

void dax_driver_unregister(struct dax_device_driver *driver)
{
	if (kmem_driver == driver)
		kmem_driver = NULL;
}

struct dev_dax *iomem_dax_device(const char *name, int node, resource_size_t start, resource_size_t size)
{
	struct dev_dax *dax = __iomem_internal_alloc(sizeof(*dax));

	device_initialize(&dax->dev);
	dax->dev.init_name = name;
	dax->target_node = node;
	dax->align = PAGE_SIZE;
	dax->ranges = __iomem_internal_alloc(IOMEM_DAX_RANGES * sizeof(*dax->ranges));
	iomem_dax_range(dax, start, size);
	return dax;
}

void iomem_dax_range(struct dev_dax *dax, resource_size_t start, resource_size_t size)
{
	struct range *range = &dax->ranges[dax->nr_range++].range;

	BUG_ON(dax->nr_range > IOMEM_DAX_RANGES);
	range->start = start;
	range->end = start + size - 1;
}

int iomem_dax_bind(struct dev_dax *dax)
{
	if (!kmem_driver)
		return -ENODEV;
	dax->dev.driver = &kmem_driver->drv;
	return kmem_driver->probe(dax);
}

void iomem_dax_unbind(struct dev_dax *dax)
{
	if (kmem_driver)
		kmem_driver->remove(dax);
	devres_release_all(&dax->dev);
}

struct memory_dev_type {
	int distance;
	struct list_head list;
};

struct memory_dev_type *alloc_memory_type(int distance)
{
	struct memory_dev_type *type = kzalloc(sizeof(*type), GFP_KERNEL);

	if (!type)
		return ERR_PTR(-ENOMEM);
	type->distance = distance;
	return type;
}

void destroy_memory_type(struct memory_dev_type *type) { kfree(type); }
void put_memory_type(struct memory_dev_type *type) { kfree(type); }

struct memory_dev_type *mt_find_alloc_memory_type(int distance, struct list_head *types)
{
	struct memory_dev_type *type;

	list_for_each_entry(type, types, list)
		if (type->distance == distance)
			return type;
	type = alloc_memory_type(distance);
	if (!IS_ERR(type))
		list_add(&type->list, types);
	return type;
}

void mt_put_memory_types(struct list_head *types)
{
	struct memory_dev_type *type, *after;

	list_for_each_entry_safe(type, after, types, list) {
		list_del(&type->list);
		kfree(type);
	}
}

int mt_calc_adistance(int node, int *distance) { return 0; }

/* What a node's memory is, as long as anybody says so. */
static struct {
	struct memory_dev_type *type;
	int count;
} node_types[MAX_NUMNODES];

void init_node_memory_type(int node, struct memory_dev_type *type)
{
	if (!node_types[node].type)
		node_types[node].type = type;
	if (node_types[node].type != type)
		return;
	node_types[node].count++;
	__iomem_ledger_add(IOMEM_TIER, node, 1, NULL);
}

void clear_node_memory_type(int node, struct memory_dev_type *type)
{
	if (type && node_types[node].type != type)
		return;
	__iomem_ledger_remove(IOMEM_TIER, node, 1);
	if (--node_types[node].count == 0)
		node_types[node].type = NULL;
}
