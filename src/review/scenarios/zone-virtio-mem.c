// title: virtio-mem plugs blocks of memory into the range of its device, and unplugs them
// machine: server
// units: zones
// needs: add_memory_driver_managed, offline_and_remove_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memory.h>

#define BASE 0x3000000000ULL
static struct resource *device;
static int group, first, second, other, unplugged, last;
static resource_size_t merged, left;
static bool empty;

static int plug(u64 start)
{
	return add_memory_driver_managed(group, start, SZ_2G, "System RAM (virtio_mem)",
					 MHP_MERGE_RESOURCE | MHP_NID_IS_MGID);
}

/* virtio_mem_create_resource(), virtio_mem_add_memory(), virtio_mem_offline_and_remove_memory(), virtio_mem_delete_resource() */
THREAD(virtio_mem)
{
	device = __request_mem_region(BASE, SZ_16G, "virtio0", IORESOURCE_SYSTEM_RAM);
	if (!device)
		return;
	/* Others may claim blocks below it; /dev/mem may not have it. */
	device->flags &= ~IORESOURCE_BUSY;
	device->flags |= IORESOURCE_EXCLUSIVE;
	group = memory_group_register_dynamic(0, PFN_DOWN(SZ_2G));
	if (group < 0)
		return;
	first = plug(BASE);
	second = plug(BASE + SZ_2G);
	if (!first && !second)
		merged = resource_size(device->child);
	other = add_memory(0, BASE + SZ_2G, SZ_2G, MHP_NONE);
	unplugged = offline_and_remove_memory(BASE, SZ_2G);
	if (!unplugged && device->child)
		left = device->child->start;
	last = offline_and_remove_memory(BASE + SZ_2G, SZ_2G);
	empty = device->child == NULL;
	memory_group_unregister(group);
	release_resource(device);
	kfree(device);
}

CHECK
{
	EXPECT(device && group >= 0 && first == 0 && second == 0);
	EXPECT(merged == SZ_4G);
	EXPECT(unplugged == 0 && left == BASE + SZ_2G && last == 0 && empty);
	OBSERVE(ERR_PTR(other));
	OBSERVE(ERR_PTR(unplugged));
}
