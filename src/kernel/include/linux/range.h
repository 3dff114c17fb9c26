/* Model header: ranges with inclusive ends. The kernel tree's own file is preferred where there is one. */
#ifndef _LINUX_RANGE_H
#define _LINUX_RANGE_H
#include <linux/types.h>
struct range {
	u64 start;
	u64 end;
};
static inline u64 range_len(const struct range *range)
{
	return range->end - range->start + 1;
}
static inline bool range_contains(struct range *outer, struct range *inner)
{
	return outer->start <= inner->start && outer->end >= inner->end;
}
#endif
