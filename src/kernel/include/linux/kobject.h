#ifndef _LINUX_KOBJECT_H
#define _LINUX_KOBJECT_H
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/wait.h>
struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	struct kref kref;
	unsigned int state_in_sysfs : 1;
};
static inline const char *kobject_name(const struct kobject *kobject) { return kobject->name; }
#endif
