/* Memory blocks, their groups, and nodes: drivers/base/memory.c and node.c. */

static DEFINE_MUTEX(device_hotplug_lock);
static LIST_HEAD(memory_blocks);
#define IOMEM_GROUPS 64
static struct memory_group *memory_groups[IOMEM_GROUPS];

void lock_device_hotplug(void)
{
	mutex_lock(&device_hotplug_lock);
}

void unlock_device_hotplug(void)
{
	mutex_unlock(&device_hotplug_lock);
}

static unsigned long block_of(unsigned long address)
{
	return address / __iomem_block_bytes * __iomem_block_bytes;
}

static unsigned long block_start(const struct memory_block *block)
{
	return PFN_PHYS(section_nr_to_pfn(block->start_section_nr));
}

static struct memory_block *block_at(unsigned long start)
{
	struct memory_block *block;

	list_for_each_entry(block, &memory_blocks, __iomem_all)
		if (block_start(block) == start)
			return block;
	return NULL;
}

struct memory_block *find_memory_block(unsigned long section_nr)
{
	struct memory_block *block = block_at(block_of(PFN_PHYS(section_nr_to_pfn(section_nr))));

	if (block)
		get_device(&block->dev);
	return block;
}

void remove_memory_block_devices(unsigned long start, unsigned long size)
{
	struct memory_block *block, *after;

	list_for_each_entry_safe(block, after, &memory_blocks, __iomem_all) {
		if (block_start(block) - start >= size)
			continue;
		if (block->group)
			list_del(&block->group_next);
		list_del(&block->__iomem_all);
		__iomem_ledger_remove(IOMEM_BLOCK, block_start(block), __iomem_block_bytes);
		if (kref_read(&block->dev.kobj.kref) != 1)
			__iomem_misuse("the memory block at %#lx is removed while somebody holds a reference: put_device() is missing behind find_memory_block()",
				       block_start(block));
		kfree(block);
	}
}

int __iomem_create_memory_blocks(unsigned long start, unsigned long size, unsigned long altmap, struct memory_group *group)
{
	unsigned long at;

	if (start % __iomem_block_bytes || size % __iomem_block_bytes)
		return -EINVAL;
	for (at = start; at < start + size; at += __iomem_block_bytes) {
		struct memory_block *block = block_at(at);
		bool exists = block != NULL;

		if (!exists)
			block = kzalloc(sizeof(*block), GFP_KERNEL);
		if (exists || !block) {
			remove_memory_block_devices(start, at - start);
			return exists ? -EEXIST : -ENOMEM;
		}
		device_initialize(&block->dev);
		block->start_section_nr = pfn_to_section_nr(PHYS_PFN(at));
		block->state = MEM_OFFLINE;
		block->nid = NUMA_NO_NODE;
		/* Until 6.5 a number of pages stood there. */
		if (altmap >= PAGE_OFFSET)
			block->altmap = (struct vmem_altmap *)altmap;
		block->group = group;
		if (group)
			list_add(&block->group_next, &group->memory_blocks);
		list_add_tail(&block->__iomem_all, &memory_blocks);
		__iomem_ledger_add(IOMEM_BLOCK, at, __iomem_block_bytes, NULL);
	}
	return 0;
}

int walk_memory_blocks(unsigned long start, unsigned long size, void *argument, walk_memory_blocks_func_t visit)
{
	struct memory_block *block, *after;
	int error;

	list_for_each_entry_safe(block, after, &memory_blocks, __iomem_all) {
		if (block_start(block) + __iomem_block_bytes <= start || block_start(block) >= start + size)
			continue;
		error = visit(block, argument);
		if (error)
			return error;
	}
	return 0;
}

int for_each_memory_block(void *argument, walk_memory_blocks_func_t visit)
{
	return walk_memory_blocks(0, -__iomem_block_bytes, argument, visit);
}

static int memory_group_register(int nid, bool dynamic, unsigned long pages)
{
	struct memory_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
	int id;

	if (!group)
		return -ENOMEM;
	group->nid = nid;
	group->is_dynamic = dynamic;
	group->s.max_pages = pages;
	INIT_LIST_HEAD(&group->memory_blocks);
	for (id = 0; id < IOMEM_GROUPS; id++)
		if (!memory_groups[id]) {
			memory_groups[id] = group;
			__iomem_ledger_add(IOMEM_GROUP, id, 1, NULL);
			return id;
		}
	kfree(group);
	return -ENOMEM;
}

int memory_group_register_static(int nid, unsigned long max_pages)
{
	return max_pages ? memory_group_register(nid, false, max_pages) : -EINVAL;
}

int memory_group_register_dynamic(int nid, unsigned long unit_pages)
{
	return unit_pages ? memory_group_register(nid, true, unit_pages) : -EINVAL;
}

struct memory_group *memory_group_find_by_id(int mgid)
{
	return mgid >= 0 && mgid < IOMEM_GROUPS ? memory_groups[mgid] : NULL;
}

int memory_group_unregister(int mgid)
{
	struct memory_group *group = memory_group_find_by_id(mgid);

	if (!group)
		return -EINVAL;
	if (!list_empty(&group->memory_blocks))
		return -EBUSY;
	memory_groups[mgid] = NULL;
	__iomem_ledger_remove(IOMEM_GROUP, mgid, 1);
	kfree(group);
	return 0;
}

/* The devices of these units are memory blocks. 1: it was so already. */
int device_offline(struct device *device)
{
	struct memory_block *block = container_of(device, struct memory_block, dev);

	if (block->state == MEM_OFFLINE)
		return 1;
	block->state = MEM_OFFLINE;
	return 0;
}

int device_online(struct device *device)
{
	struct memory_block *block = container_of(device, struct memory_block, dev);

	if (block->state == MEM_ONLINE)
		return 1;
	block->state = MEM_ONLINE;
	return 0;
}

/* Until 6.0. */
bool is_memblock_offlined(struct memory_block *block)
{
	return block->state == MEM_OFFLINE;
}

/* Since 6.17 the call that makes the blocks says their node, too. */
void register_memory_blocks_under_node_hotplug(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	struct memory_block *block;

	list_for_each_entry(block, &memory_blocks, __iomem_all)
		if (block_start(block) < PFN_PHYS(end_pfn) && block_start(block) + __iomem_block_bytes > PFN_PHYS(start_pfn))
			block->nid = nid;
}

void register_memory_blocks_under_node(int nid, unsigned long start_pfn, unsigned long end_pfn, int context)
{
	register_memory_blocks_under_node_hotplug(nid, start_pfn, end_pfn);
}

/* Until 5.17. */
void link_mem_sections(int nid, unsigned long start_pfn, unsigned long end_pfn, int context)
{
	register_memory_blocks_under_node_hotplug(nid, start_pfn, end_pfn);
}

int __register_one_node(int nid) { return 0; }
int register_one_node(int nid) { return 0; }
void unregister_one_node(int nid) { }
/* Since 7.0 these. */
int register_node(int nid) { return 0; }
void unregister_node(int nid) { }
void build_all_zonelists(struct pglist_data *pgdat) { }
void reset_node_managed_pages(struct pglist_data *pgdat) { }
void reset_node_present_pages(struct pglist_data *pgdat) { }

/* One processor, of node 0 (linux/cpu.h). */
unsigned int nr_cpu_ids = 1;
struct cpumask {
	unsigned long bits[128];
};
struct cpumask __cpu_present_mask = { { 1 } };
/* There are no per-CPU data to go through. */
struct cpumask __cpu_online_mask;

/* Until 6.1 a function. */
unsigned int cpumask_next(int n, const struct cpumask *mask)
{
	return n < 0 && mask->bits[0] & 1 ? 0 : nr_cpu_ids;
}
