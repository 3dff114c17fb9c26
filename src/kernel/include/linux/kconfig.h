/* Model header: CONFIG_ tests in C and in #if. The kernel passes this file with -include; here every header reaches it. */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/*
 * A set option is a macro with the value 1. Pasting the value to a name gives `__iomem_one_1`, which is a macro that
 * inserts an argument in front of the two that follow; anything else inserts nothing. The second argument is the answer.
 */
#define __iomem_one_1 0,
#define __iomem_second_of(ignored, value, ...) value
#define __iomem_pick(inserted) __iomem_second_of(inserted 1, 0)
#define __iomem_is_one2(value) __iomem_pick(__iomem_one_##value)
#define __iomem_is_one(value) __iomem_is_one2(value)

#define IS_BUILTIN(option) __iomem_is_one(option)
#define IS_MODULE(option) __iomem_is_one(option##_MODULE)
#define IS_ENABLED(option) (__iomem_is_one(option) || __iomem_is_one(option##_MODULE))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
