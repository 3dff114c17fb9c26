/* Model header: initcalls and boot parameters. The front end notes the functions; the runner calls the initcalls by level. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

#define __init
#define __initdata
#define __initconst
#define __exit
#define __exitdata
#define __exit_p(x) (x)
#define __meminit
#define __meminitdata
#define __memexit
#define __ref
#define __refdata
#define __refconst
#define __devinit
#define __devexit
#define __init_or_module
#define __init_memblock
#define __initdata_memblock
#define __setup_param(string, id, function, early) __setup(string, function)

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#ifdef __IOMEM_REVIEW__
#define __iomem_init_at(level, function) __iomem_initcall(level, function)
#define __setup(string, function) __iomem_setup(string, function)
#else
#define __iomem_init_at(level, function) \
	static const initcall_t __PASTE(__iomem_initcall_, function) __attribute__((used)) = (function)
#define __setup(string, function) \
	static int (*const __PASTE(__iomem_setup_, function))(char *) __attribute__((used)) = (function)
#endif
#define early_param(string, function) __setup(string, function)

#define early_initcall(function) __iomem_init_at(0, function)
#define pure_initcall(function) __iomem_init_at(0, function)
#define core_initcall(function) __iomem_init_at(1, function)
#define core_initcall_sync(function) __iomem_init_at(1, function)
#define postcore_initcall(function) __iomem_init_at(2, function)
#define arch_initcall(function) __iomem_init_at(3, function)
#define subsys_initcall(function) __iomem_init_at(4, function)
#define subsys_initcall_sync(function) __iomem_init_at(4, function)
#define fs_initcall(function) __iomem_init_at(5, function)
#define fs_initcall_sync(function) __iomem_init_at(5, function)
#define rootfs_initcall(function) __iomem_init_at(5, function)
#define device_initcall(function) __iomem_init_at(6, function)
#define __initcall(function) device_initcall(function)
#define late_initcall(function) __iomem_init_at(7, function)
#define late_initcall_sync(function) __iomem_init_at(7, function)

#endif
