// title: amdkfd makes private pages for the video memory of a GPU, whose driver then leaves it
// machine: x86_64
// units: zones
// inside: drivers/gpu/drm/amd/amdkfd/kfd_migrate.c
// needs: devm_memremap_pages, devm_request_free_mem_region
#include <iomem-review.h>

static struct amdgpu_device *adev;
static struct dev_pagemap *pgmap;
static IOMEM_DEVICE(gpu);
static int made;

/* Of the driver's other units. */
void amdgpu_amdkfd_reserve_system_mem(uint64_t size) { }
void svm_range_set_max_pages(struct amdgpu_device *adev) { }

SETUP
{
	adev = kvzalloc(sizeof(*adev), GFP_KERNEL);
	adev->dev = &gpu;
	adev->gmc.real_vram_size = SZ_512M;
	adev->ip_versions[GC_HWIP][0] = IP_VERSION(9, 4, 0);
#if LINUX_VERSION_CODE >= 0x060700
	pgmap = &adev->kfd.pgmap;
#else
	adev->kfd.dev = kzalloc(sizeof(*adev->kfd.dev), GFP_KERNEL);
	adev->kfd.dev->adev = adev;
	pgmap = &adev->kfd.dev->pgmap;
#endif
}

THREAD(probe)
{
#if LINUX_VERSION_CODE >= 0x060700
	made = kgd2kfd_init_zone_device(adev);
#else
	made = svm_migrate_init(adev);
#endif
}

CHECK
{
	EXPECT(made == 0);
	OBSERVE(ERR_PTR(made));
	OBSERVE(pgmap->range.start);
	OBSERVE(pgmap->type);
	OBSERVE(iomem_device_unbind(&gpu));
}
