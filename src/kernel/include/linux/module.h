/* Model header: modules. A module's functions are called by scenarios, not by a loader. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/kernel.h>

#define __iomem_unused_name(prefix, function) \
	static void *const __PASTE(prefix, function) __attribute__((unused)) = (void *)(function)
#define module_init(function) __iomem_unused_name(__iomem_module_init_, function)
#define module_exit(function) __iomem_unused_name(__iomem_module_exit_, function)

struct module {
	const char *name;
};
static inline bool try_module_get(struct module *module) { return true; }
static inline void __module_get(struct module *module) { }
static inline void module_put(struct module *module) { }

#endif
