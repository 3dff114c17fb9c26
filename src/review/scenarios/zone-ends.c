// title: Memory is plugged at the ends of what can be: the last block of the direct map, the one behind it, one that wraps around
// machine: server
// units: zones
// needs: add_memory, remove_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BLOCK ((u64)memory_block_size_bytes())
static int last, behind, wraps, nothing, odd, half;
static bool fits, over, whole;

THREAD(firmware)
{
	const u64 end = (u64)DIRECT_MAP_PHYSMEM_END + 1;

	fits = mhp_range_allowed(end - BLOCK, BLOCK, true);
	over = mhp_range_allowed(end - BLOCK, BLOCK + 1, true);
	whole = mhp_range_allowed(0, end, true);
	last = add_memory(0, end - BLOCK, BLOCK, MHP_NONE);
	if (!last)
		remove_memory(end - BLOCK, BLOCK);
	behind = add_memory(0, end, BLOCK, MHP_NONE);
	wraps = add_memory(0, -2 * BLOCK, 2 * BLOCK, MHP_NONE);
	nothing = add_memory(0, end - BLOCK, 0, MHP_NONE);
	odd = add_memory(0, end - 4 * BLOCK + BLOCK / 2, BLOCK, MHP_NONE);
	half = add_memory(0, end - BLOCK, BLOCK / 2, MHP_NONE);
}

CHECK
{
	EXPECT(fits && !over && whole && last == 0);
	EXPECT(behind && wraps && nothing && odd && half);
	OBSERVE(ERR_PTR(behind));
	OBSERVE(ERR_PTR(wraps));
	OBSERVE(ERR_PTR(nothing));
	OBSERVE(ERR_PTR(odd));
	OBSERVE(ERR_PTR(half));
}
