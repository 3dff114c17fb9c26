/* Model header: which nodes there are. All are possible; those with memory at boot are online. */
#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H
#include <linux/numa.h>
extern unsigned char __iomem_node_online[];
#define node_possible(nid) numa_valid_node(nid)
#define node_online(nid) (numa_valid_node(nid) && __iomem_node_online[nid])
#define node_set_online(nid) ((void)(__iomem_node_online[nid] = 1))
#define node_set_offline(nid) ((void)(__iomem_node_online[nid] = 0))
#define for_each_node(nid) for ((nid) = 0; (nid) < MAX_NUMNODES; (nid)++)
#define for_each_online_node(nid) for_each_node(nid) if (node_online(nid))
#define first_online_node 0
#endif
