// title: KASLR of memory says where the direct map ends; device memory lies below that, memory is plugged up to it
// machine: kaslr
// units: zones
// inside: arch/x86/mm/kaslr.c
// needs: kernel_randomize_memory, mhp_get_pluggable_range, request_free_mem_region
#include <iomem-review.h>
#include <iomem-review/zone.h>

static struct range mapped;
static struct resource *res;
static int last = -ENOENT, behind;

THREAD(gpu)
{
	const u64 block = memory_block_size_bytes();

	mapped = mhp_get_pluggable_range(true);
	res = request_free_mem_region(&iomem_resource, SZ_2G, "gpu");
	if (IS_ERR(res))
		return;
	OBSERVE(res->end);
	release_mem_region(res->start, resource_size(res));
	last = add_memory(0, ALIGN_DOWN(mapped.end, block) - block, block, MHP_NONE);
	if (!last)
		remove_memory(ALIGN_DOWN(mapped.end, block) - block, block);
	behind = add_memory(0, ALIGN(mapped.end, block), block, MHP_NONE);
}

CHECK
{
	size_t i;

	OBSERVE(mapped.end);
	EXPECT(!IS_ERR(res) && last == 0 && behind);
	OBSERVE(ERR_PTR(behind));
	/* The regions of the kernel's addresses: above each other, and none begins where the one before has not ended. */
	for (i = 0; i < ARRAY_SIZE(kaslr_regions); i++) {
		OBSERVE(*kaslr_regions[i].base);
		OBSERVE(kaslr_regions[i].size_tb);
		EXPECT(i == 0 || *kaslr_regions[i].base >= *kaslr_regions[i - 1].base + get_padding(&kaslr_regions[i - 1]));
	}
}
