/* Model header: memory blocks and groups. Fields that memory hotplug uses, of all versions. */
#ifndef _LINUX_MEMORY_H
#define _LINUX_MEMORY_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>

#define MIN_MEMORY_BLOCK_SIZE (1UL << SECTION_SIZE_BITS)

struct memory_group {
	int nid;
	struct list_head memory_blocks;
	unsigned long present_kernel_pages, present_movable_pages;
	bool is_dynamic;
	union {
		struct {
			unsigned long max_pages;
		} s;
		struct {
			unsigned long unit_pages;
		} d;
	};
};

enum memory_block_state {
	MEM_ONLINE = 1,
	MEM_GOING_OFFLINE = 2,
	MEM_OFFLINE = 4,
	MEM_GOING_ONLINE = 8,
	MEM_CANCEL_ONLINE = 16,
	MEM_CANCEL_OFFLINE = 32,
	MEM_PREPARE_ONLINE = 64,
	MEM_FINISH_OFFLINE = 128,
};
struct memory_block {
	unsigned long start_section_nr;
	unsigned long state;
	int online_type;
	int nid;
	struct zone *zone;
	struct device dev;
	unsigned long nr_vmemmap_pages;
	struct vmem_altmap *altmap;
	struct memory_group *group;
	struct list_head group_next;
	/* Of the model: all blocks. */
	struct list_head __iomem_all;
};
typedef int (*walk_memory_blocks_func_t)(struct memory_block *block, void *argument);

/* create_memory_block_devices(start, size[, nid], altmap or pages, group) */
int __iomem_create_memory_blocks(unsigned long start, unsigned long size, unsigned long altmap,
				 struct memory_group *group);
#define __IOMEM_BLOCKS4(start, size, altmap, group) \
	__iomem_create_memory_blocks(start, size, (unsigned long)(altmap), group)
#define __IOMEM_BLOCKS5(start, size, nid, altmap, group) __IOMEM_BLOCKS4(start, size, altmap, group)
#define __IOMEM_BLOCKS(a, b, c, d, e, name, ...) name
#define create_memory_block_devices(arguments...) \
	__IOMEM_BLOCKS(arguments, __IOMEM_BLOCKS5, __IOMEM_BLOCKS4, 0, 0)(arguments)
void remove_memory_block_devices(unsigned long start, unsigned long size);
struct memory_block *find_memory_block(unsigned long section_nr);
int walk_memory_blocks(unsigned long start, unsigned long size, void *argument, walk_memory_blocks_func_t visit);
int for_each_memory_block(void *argument, walk_memory_blocks_func_t visit);
int memory_group_register_static(int nid, unsigned long max_pages);
int memory_group_register_dynamic(int nid, unsigned long unit_pages);
int memory_group_unregister(int mgid);
struct memory_group *memory_group_find_by_id(int mgid);

#endif
