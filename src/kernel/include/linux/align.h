/* Model header: rounding to powers of two. The mask has the type of the value that is rounded. */
#ifndef _LINUX_ALIGN_H
#define _LINUX_ALIGN_H

#include <linux/const.h>

#define __iomem_round_mask(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, a) __iomem_round_mask((x), (typeof(x))(a) - 1)
#define ALIGN_DOWN(x, a) ((x) & ~((typeof(x))(a) - 1))
#define __ALIGN_KERNEL(x, a) ALIGN(x, a)
#define __ALIGN_MASK(x, mask) __iomem_round_mask(x, mask)
#define PTR_ALIGN(p, a) ((typeof(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a) ((typeof(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a) - 1)) == 0)
#define PTR_IS_ALIGNED(p, a) IS_ALIGNED((unsigned long)(p), (a))

#endif
