/* Model header: capabilities. */
#ifndef _LINUX_CAPABILITY_H
#define _LINUX_CAPABILITY_H
#include <linux/types.h>
struct user_namespace {
	int level;
};
extern struct user_namespace init_user_ns;
#define CAP_SYS_RAWIO 17
#define CAP_SYS_ADMIN 21
bool capable(int capability);
#endif
