/* Model header: assertions at compile time. */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

/* Conditions that are constant only after optimisation cannot be judged here; the kernel's own build does that. */
#define BUILD_BUG_ON(condition) ((void)sizeof(!(condition)))
#define BUILD_BUG_ON_MSG(condition, message) BUILD_BUG_ON(condition)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0)
#define BUILD_BUG_ON_ZERO(expression) ((int)(0 * sizeof(!(expression))))
#define BUILD_BUG_ON_INVALID(expression) ((void)sizeof((long)(expression)))
#define BUILD_BUG() do { } while (0)
#define __iomem_static_assert(condition, message, ...) _Static_assert(condition, message)
#define static_assert(condition, ...) __iomem_static_assert(condition, ##__VA_ARGS__, #condition)

#endif
