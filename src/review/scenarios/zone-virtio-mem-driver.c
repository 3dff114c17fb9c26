// title: virtio-mem's driver takes the range of its device, plugs big blocks, gives one back, and leaves
// machine: server
// units: zones
// inside: drivers/virtio/virtio_mem.c
// needs: virtio_mem_init_hotplug, virtio_mem_bbm_plug_request, add_memory_driver_managed
#include <iomem-review.h>
#include <iomem-review/zone.h>

#define BASE 0x3000000000ULL
static struct virtio_mem *vm;
static struct virtio_device *device;
static int made = -ENODEV, plugged, more, unplugged, rest;
static u64 blocks;
static bool full, empty;

/* The device: it has room for as many blocks. */
int virtqueue_add_sgs(struct virtqueue *vq, struct scatterlist *sgs[], unsigned int out, unsigned int in, void *data,
		      gfp_t gfp)
{
	bool plugs = vm->req.type == VIRTIO_MEM_REQ_PLUG;

	if (!sgs)
		return -EIO;
	vm->resp.type = plugs && !blocks ? VIRTIO_MEM_RESP_NACK : VIRTIO_MEM_RESP_ACK;
	if (vm->resp.type == VIRTIO_MEM_RESP_ACK)
		blocks += plugs ? -1 : 1;
	return 0;
}

/* Of other units. */
bool virtqueue_kick(struct virtqueue *vq) { return true; }
void *virtqueue_get_buf(struct virtqueue *vq, unsigned int *length) { return vm; }
void sg_init_one(struct scatterlist *sg, const void *at, unsigned int length) { }
static int notifiers;
int register_memory_notifier(struct notifier_block *block)
{
	if (!block)
		return -EINVAL;
	notifiers++;
	return 0;
}
void unregister_memory_notifier(struct notifier_block *block) { notifiers--; }
int register_pm_notifier(struct notifier_block *block)
{
	if (!block)
		return -EINVAL;
	notifiers++;
	return 0;
}
int unregister_pm_notifier(struct notifier_block *block)
{
	notifiers--;
	return 0;
}
struct workqueue_struct *system_freezable_wq;
bool queue_work_on(int cpu, struct workqueue_struct *queue, struct work_struct *work) { return true; }
bool cancel_work_sync(struct work_struct *work) { return false; }
int hrtimer_cancel(struct hrtimer *timer) { return 0; }

SETUP
{
	device = kzalloc(sizeof(*device), GFP_KERNEL);
	device_initialize(&device->dev);
	dev_set_name(&device->dev, "virtio0");
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	vm->vdev = device;
	init_waitqueue_head(&vm->host_resp);
	mutex_init(&vm->hotplug_mutex);
	spin_lock_init(&vm->removal_lock);
	INIT_LIST_HEAD(&vm->next);
	vm->nid = 0;
	vm->addr = BASE;
	vm->region_size = SZ_16G;
	/* As large as blocks of memory are: the driver has big blocks then. */
	vm->device_block_size = memory_block_size_bytes();
	blocks = 3;
}

THREAD(driver)
{
	const u64 size = memory_block_size_bytes();

	made = virtio_mem_init_hotplug(vm);
	if (made)
		return;
	vm->bbm.last_usable_bb_id = virtio_mem_phys_to_bb_id(vm, BASE + SZ_16G - 1);
	plugged = virtio_mem_plug_request(vm, 2 * size);
	OBSERVE(vm->bbm.bb_count[VIRTIO_MEM_BBM_BB_ADDED]);
	if (!plugged)
		OBSERVE(resource_size(vm->parent_resource->child));
	full = virtio_mem_has_memory_added(vm);
	atomic64_set(&vm->offline_size, 0);
	more = virtio_mem_plug_request(vm, 2 * size);
	unplugged = virtio_mem_unplug_request(vm, size);
	OBSERVE(vm->bbm.bb_count[VIRTIO_MEM_BBM_BB_ADDED]);
	rest = virtio_mem_unplug_request(vm, vm->bbm.bb_count[VIRTIO_MEM_BBM_BB_ADDED] * size);
	empty = !virtio_mem_has_memory_added(vm);
	virtio_mem_deinit_hotplug(vm);
}

CHECK
{
	EXPECT(made == 0 && plugged == 0 && full && unplugged == 0 && rest == 0 && empty && !notifiers);
	OBSERVE(ERR_PTR(made));
	OBSERVE(ERR_PTR(more));
	OBSERVE(vm->parent_resource == NULL);
	OBSERVE(blocks);
	EXPECT(region_intersects(BASE, SZ_16G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_DISJOINT);
}
