// title: nouveau makes a chunk of private pages for its video memory, and gives it back
// machine: x86_64
// units: zones
// inside: drivers/gpu/drm/nouveau/nouveau_dmem.c
// needs: nouveau_dmem_init, nouveau_dmem_chunk_alloc, memremap_pages
#include <iomem-review.h>

static struct nouveau_drm *drm;
static IOMEM_DEVICE(gpu);
static struct page *page;
static int made = -ENODEV;

/* Of the driver's other units: a buffer object and its place in video memory. */
static int buffers, pins;

int nouveau_bo_new(struct nouveau_cli *client, u64 size, int align, u32 domain, u32 mode, u32 flags,
		   struct sg_table *table, struct dma_resv *reservation, struct nouveau_bo **made)
{
	*made = kzalloc(sizeof(**made), GFP_KERNEL);
	if (!*made)
		return -ENOMEM;
	buffers++;
	return 0;
}

void ttm_bo_put(struct ttm_buffer_object *bo)
{
	buffers--;
	kfree(container_of(bo, struct nouveau_bo, bo));
}

int nouveau_bo_pin(struct nouveau_bo *bo, u32 domain, bool contiguous)
{
	if (!bo)
		return -EBUSY;
	pins++;
	return 0;
}

int nouveau_bo_unpin(struct nouveau_bo *bo)
{
	pins--;
	return 0;
}

/* No copy engine: nothing to wait for. */
#if LINUX_VERSION_CODE >= 0x060600
int nouveau_fence_new(struct nouveau_fence **fence, struct nouveau_channel *channel)
#else
int nouveau_fence_new(struct nouveau_channel *channel, bool sysmem, struct nouveau_fence **fence)
#endif
{
	*fence = NULL;
	return 0;
}

int nouveau_fence_wait(struct nouveau_fence *fence, bool lazy, bool interruptible) { return 0; }
void nouveau_fence_unref(struct nouveau_fence **fence) { }

SETUP
{
	drm = kzalloc(sizeof(*drm), GFP_KERNEL);
	drm->dev = kzalloc(sizeof(*drm->dev), GFP_KERNEL);
	drm->dev->dev = &gpu;
	drm->client.drm = drm;
	drm->client.device.info.family = NV_DEVICE_INFO_V0_PASCAL;
	drm->ttm.copy.oclass = PASCAL_DMA_COPY_A;
#if LINUX_VERSION_CODE >= 0x060a00
	drm->nvkm = kzalloc(sizeof(*drm->nvkm), GFP_KERNEL);
	drm->nvkm->dev = &gpu;
#endif
	nouveau_dmem_init(drm);
}

THREAD(migrate)
{
	if (!drm->dmem)
		return;
	made = nouveau_dmem_chunk_alloc(drm, &page);
	if (!made) {
		struct nouveau_dmem_chunk *chunk = nouveau_page_to_chunk(page);

		OBSERVE(chunk->pagemap.range.start);
		OBSERVE(PHYS_PFN(chunk->pagemap.range.end) - page_to_pfn(page));
		chunk->callocated--;
	}
	nouveau_dmem_fini(drm);
}

CHECK
{
	EXPECT(drm->dmem && made == 0);
	OBSERVE(ERR_PTR(made));
	OBSERVE(buffers);
	OBSERVE(pins);
}
