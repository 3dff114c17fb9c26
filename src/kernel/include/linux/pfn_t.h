#ifndef _LINUX_PFN_T_H
#define _LINUX_PFN_T_H
#include <linux/mm.h>
typedef struct { u64 val; } pfn_t;
#define PFN_DEV 1ULL
#define PFN_MAP 2ULL
#endif
