/* Model header: the heap. All of these are natives; an allocation belongs to the function that calls them. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>
#include <linux/rcupdate.h>
#include <linux/cleanup.h>
#include <linux/numa.h>

#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(pointer) ((unsigned long)(pointer) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE (1UL << 22)
#define ARCH_KMALLOC_MINALIGN 8
#define SLAB_HWCACHE_ALIGN 0
#define SLAB_PANIC 0
#define SLAB_ACCOUNT 0

void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *kmalloc_array(size_t count, size_t size, gfp_t gfp);
void *kcalloc(size_t count, size_t size, gfp_t gfp);
void *krealloc(const void *object, size_t size, gfp_t gfp);
void *krealloc_array(void *object, size_t count, size_t size, gfp_t gfp);
void kfree(const void *object);
void kfree_sensitive(const void *object);
size_t ksize(const void *object);
#define kzfree(object) kfree_sensitive(object)
#define kmalloc_node(size, gfp, node) kmalloc(size, gfp)
#define kzalloc_node(size, gfp, node) kzalloc(size, gfp)
#define kcalloc_node(count, size, gfp, node) kcalloc(count, size, gfp)
#define kmalloc_array_node(count, size, gfp, node) kmalloc_array(count, size, gfp)

void *kvmalloc(size_t size, gfp_t gfp);
void *kvzalloc(size_t size, gfp_t gfp);
void *kvmalloc_array(size_t count, size_t size, gfp_t gfp);
void *kvcalloc(size_t count, size_t size, gfp_t gfp);
#define kvmalloc_node(size, gfp, node) kvmalloc(size, gfp)
#define kvzalloc_node(size, gfp, node) kvzalloc(size, gfp)
/* kvrealloc(object, size, gfp), before 6.12 kvrealloc(object, old size, size, gfp) */
void *__iomem_kvrealloc(const void *object, size_t size, gfp_t gfp);
#define __iomem_kvrealloc_3(object, size, gfp) __iomem_kvrealloc(object, size, gfp)
#define __iomem_kvrealloc_4(object, old, size, gfp) __iomem_kvrealloc(object, size, gfp)
#define __iomem_fifth(a, b, c, d, chosen, ...) chosen
#define kvrealloc(args...) __iomem_fifth(args, __iomem_kvrealloc_4, __iomem_kvrealloc_3, , )(args)
void kvfree(const void *object);
#define kvfree_sensitive(object, size) kvfree(object)

/* Allocation by type (7.0): kzalloc_obj(type or expression [, gfp]) */
#define __iomem_default_gfp(ignored, gfp, ...) gfp
#define __iomem_gfp_of(args...) __iomem_default_gfp(0, ##args, GFP_KERNEL, )
#define __iomem_alloc_obj(allocate, what, gfp) ((typeof(what) *)allocate(sizeof(typeof(what)), gfp))
#define __iomem_alloc_objs(allocate, what, count, gfp) ((typeof(what) *)allocate(count, sizeof(typeof(what)), gfp))
#define __iomem_alloc_flex(allocate, what, member, count, gfp) \
	((typeof(what) *)allocate(struct_size_t(typeof(what), member, count), gfp))
#define kmalloc_obj(what, gfp...) __iomem_alloc_obj(kmalloc, what, __iomem_gfp_of(gfp))
#define kzalloc_obj(what, gfp...) __iomem_alloc_obj(kzalloc, what, __iomem_gfp_of(gfp))
#define kvmalloc_obj(what, gfp...) __iomem_alloc_obj(kvmalloc, what, __iomem_gfp_of(gfp))
#define kvzalloc_obj(what, gfp...) __iomem_alloc_obj(kvzalloc, what, __iomem_gfp_of(gfp))
#define kmalloc_objs(what, count, gfp...) __iomem_alloc_objs(kmalloc_array, what, count, __iomem_gfp_of(gfp))
#define kzalloc_objs(what, count, gfp...) __iomem_alloc_objs(kcalloc, what, count, __iomem_gfp_of(gfp))
#define kvmalloc_objs(what, count, gfp...) __iomem_alloc_objs(kvmalloc_array, what, count, __iomem_gfp_of(gfp))
#define kvzalloc_objs(what, count, gfp...) __iomem_alloc_objs(kvcalloc, what, count, __iomem_gfp_of(gfp))
#define kmalloc_flex(what, member, count, gfp...) __iomem_alloc_flex(kmalloc, what, member, count, __iomem_gfp_of(gfp))
#define kzalloc_flex(what, member, count, gfp...) __iomem_alloc_flex(kzalloc, what, member, count, __iomem_gfp_of(gfp))

struct kmem_cache {
	const char *name;
	size_t size;
	void (*ctor)(void *object);
};
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *object));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *object);
#define KMEM_CACHE(type, flags) kmem_cache_create(#type, sizeof(struct type), 0, flags, NULL)

bool __iomem_is_slab(const void *object);

DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))

#endif
