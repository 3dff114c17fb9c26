#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H
#include <linux/numa.h>
#define node_possible(nid) numa_valid_node(nid)
#define node_online(nid) numa_valid_node(nid)
#define for_each_online_node(nid) for ((nid) = 0; (nid) < MAX_NUMNODES; (nid)++)
#define for_each_node(nid) for_each_online_node(nid)
#endif
