/* Model header: nodes. */
#ifndef _LINUX_NUMA_H
#define _LINUX_NUMA_H
#include <linux/types.h>
#ifdef CONFIG_NODES_SHIFT
#define NODES_SHIFT CONFIG_NODES_SHIFT
#else
#define NODES_SHIFT 0
#endif
#define MAX_NUMNODES (1 << NODES_SHIFT)
#define NUMA_NO_NODE (-1)
#define NUMA_NO_MEMBLK (-1)
#define numa_node_id() 0
#define numa_mem_id() 0
int phys_to_target_node(u64 start);
int memory_add_physaddr_to_nid(u64 start);
#define numa_valid_node(nid) ((nid) >= 0 && (nid) < MAX_NUMNODES)
#endif
