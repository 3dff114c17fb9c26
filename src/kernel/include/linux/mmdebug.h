/* Model header: checks that a kernel has with CONFIG_DEBUG_VM. */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

#include <linux/bug.h>

#ifdef CONFIG_DEBUG_VM
#define VM_BUG_ON(condition) BUG_ON(condition)
#define VM_WARN_ON(condition) WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON_ONCE(condition)
#define VM_WARN_ONCE(condition, ...) WARN_ONCE(condition, __VA_ARGS__)
#define VM_WARN(condition, ...) WARN(condition, __VA_ARGS__)
#else
#define VM_BUG_ON(condition) BUILD_BUG_ON_INVALID(condition)
#define VM_WARN_ON(condition) BUILD_BUG_ON_INVALID(condition)
#define VM_WARN_ON_ONCE(condition) ({ BUILD_BUG_ON_INVALID(condition); 0; })
#define VM_WARN_ONCE(condition, ...) BUILD_BUG_ON_INVALID(condition)
#define VM_WARN(condition, ...) BUILD_BUG_ON_INVALID(condition)
#endif
#define VM_BUG_ON_PAGE(condition, page) VM_BUG_ON(condition)
#define VM_BUG_ON_FOLIO(condition, folio) VM_BUG_ON(condition)
#define VM_BUG_ON_VMA(condition, vma) VM_BUG_ON(condition)
#define VM_WARN_ON_FOLIO(condition, folio) VM_WARN_ON(condition)
#define VM_WARN_ON_ONCE_PAGE(condition, page) VM_WARN_ON_ONCE(condition)
#define VM_WARN_ON_ONCE_FOLIO(condition, folio) VM_WARN_ON_ONCE(condition)
#define VM_WARN_ON_ONCE_MM(condition, mm) VM_WARN_ON_ONCE(condition)
#define VIRTUAL_BUG_ON(condition) do { } while (0)

#endif
