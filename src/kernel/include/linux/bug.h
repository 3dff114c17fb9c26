/* Model header: checks that report. WARN goes on, BUG ends the execution. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/printk.h>
#include <iomem-review/intrinsics.h>

#define BUG() __iomem_bug("BUG()")
#define BUG_ON(condition) do { \
	if (unlikely(condition)) \
		__iomem_bug("BUG_ON(" #condition ")"); \
	} while (0)

#define WARN_ON(condition) ({ \
	int __iomem_failed = !!(condition); \
	if (unlikely(__iomem_failed)) \
		__iomem_warn("WARN_ON(" #condition ")"); \
	__iomem_failed; })
#define WARN_ON_ONCE(condition) ({ \
	static bool __iomem_warned; \
	int __iomem_failed = !!(condition); \
	if (unlikely(__iomem_failed && !__iomem_warned)) { \
		__iomem_warned = true; \
		__iomem_warn("WARN_ON_ONCE(" #condition ")"); \
	} \
	__iomem_failed; })
#define WARN(condition, ...) ({ \
	int __iomem_failed = !!(condition); \
	if (unlikely(__iomem_failed)) \
		__iomem_warn_fmt(__VA_ARGS__); \
	__iomem_failed; })
#define WARN_ONCE(condition, ...) ({ \
	static bool __iomem_warned; \
	int __iomem_failed = !!(condition); \
	if (unlikely(__iomem_failed && !__iomem_warned)) { \
		__iomem_warned = true; \
		__iomem_warn_fmt(__VA_ARGS__); \
	} \
	__iomem_failed; })
#define WARN_TAINT(condition, taint, ...) WARN(condition, __VA_ARGS__)
#define WARN_TAINT_ONCE(condition, taint, ...) WARN_ONCE(condition, __VA_ARGS__)
#define WARN_ON_SMP(condition) WARN_ON(condition)
#define CHECK_DATA_CORRUPTION(condition, ...) WARN(condition, __VA_ARGS__)

#endif
