// title: A CXL region that firmware has set up is found in its window, where its memory is RAM already
// machine: cxl-window
// units: zones
// inside: drivers/cxl/core/region.c
// needs: construct_region, insert_resource
#include <iomem-review.h>

#define BASE 0x3000000000ULL
static struct cxl_root_decoder *root;
static struct cxl_endpoint_decoder *endpoint;
static struct cxl_memdev *memory;
static struct cxl_region *region;
static struct resource *window, *ram;
static IOMEM_DEVICE(host);
static struct cxl_port *port;
static bool around;

/* Of the driver's other units. */
#if LINUX_VERSION_CODE >= 0x060300
DECLARE_RWSEM(cxl_region_rwsem);
#endif
struct cxl_root_decoder *to_cxl_root_decoder(struct device *dev)
{
	return container_of(dev, struct cxl_root_decoder, cxlsd.cxld.dev);
}
struct cxl_port *to_cxl_port(const struct device *dev) { return port; }
int memregion_alloc(gfp_t gfp) { return 10; }
void memregion_free(int id) { }
int sysfs_update_group(struct kobject *kobject, const struct attribute_group *group) { return 0; }

SETUP
{
	window = iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_4G, IORESOURCE_MEM, IORES_DESC_CXL);
	ram = iomem_insert(window, "System RAM", BASE, SZ_1G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	device_initialize(&port->dev);
	port->uport_dev = &host;
	root = kzalloc(sizeof(*root), GFP_KERNEL);
	root->res = window;
	atomic_set(&root->region_id, 9);
	xa_init(&root->regions);
	device_initialize(&root->cxlsd.cxld.dev);
	dev_set_name(&root->cxlsd.cxld.dev, "decoder0.0");
	root->cxlsd.cxld.dev.parent = &port->dev;
	memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	device_initialize(&memory->dev);
	dev_set_name(&memory->dev, "mem0");
	memory->dev.parent = &host;
	endpoint = kzalloc(sizeof(*endpoint), GFP_KERNEL);
	device_initialize(&endpoint->cxld.dev);
	dev_set_name(&endpoint->cxld.dev, "decoder3.0");
	/* cxled_to_memdev() */
	endpoint->cxld.dev.parent = &port->dev;
	port->uport_dev = &memory->dev;
	endpoint->mode = CXL_DECODER_RAM;
	endpoint->cxld.hpa_range.start = BASE;
	endpoint->cxld.hpa_range.end = BASE + SZ_1G - 1;
	endpoint->cxld.interleave_granularity = SZ_256;
}

THREAD(probe)
{
	region = construct_region(root, endpoint);
	if (IS_ERR(region))
		return;
	OBSERVE(region->params.res->start);
	OBSERVE(resource_size(region->params.res));
	around = ram->parent == region->params.res;
	/* What undoes it; and the reference that the caller gives back. */
	unregister_region(region);
	put_device(&region->dev);
}

CHECK
{
	EXPECT(!IS_ERR(region));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(region)));
	OBSERVE(around);
	EXPECT(window->child == ram);
}
