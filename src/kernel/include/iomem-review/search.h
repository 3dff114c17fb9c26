/*
 * Runs call sequences that are data. The search writes one into __search_in, calls __search_run(), and reads __search_out.
 * That function, and what it makes calls with, are written for each review (src/review/search/harness.ts).
 *
 *	in:  [calls, regions, then for each region: parent, start, end, flags, desc, name (8 added: there before the heap);
 *	      then for each call: words to the next one, operation, its arguments]
 *	out: [calls begun, calls ended, digest of the trees, digest of what is in no tree any more, then for each call: result, effects, and where the
 *	      resource it answered starts and ends]
 *
 * A handle names a resource: 0 and 1 the roots, then the regions, then what calls made or were answered, one for each call.
 */
#ifndef _IOMEM_REVIEW_SEARCH_H
#define _IOMEM_REVIEW_SEARCH_H

#include <iomem-review.h>

#define SEARCH_WORDS	1024
#define SEARCH_CALLS	24
#define SEARCH_HANDLES	96
#define SEARCH_HEADER	4
#define SEARCH_FRESH	0xff
#define SEARCH_EARLY	8
#define SEARCH_NODES	400
/* A result of its own: the call was not made, since a resource it wants is not in a tree. */
#define SEARCH_SKIPPED	0x5349505045440000ULL

static u64 __search_in[SEARCH_WORDS];
static u64 __search_out[SEARCH_HEADER + 4 * SEARCH_CALLS];
static struct resource *__search_pool[SEARCH_HANDLES];
static struct resource *__search_early[SEARCH_HANDLES];
static struct resource *__search_handles[SEARCH_HANDLES];
static struct resource *__search_last[SEARCH_HANDLES];
static u64 __search_effects;
static u64 __search_skip;
static u64 __search_node_count;
static bool __search_seen[SEARCH_HANDLES];
static unsigned long __search_stride;
static unsigned long __search_early_stride;
static u64 __search_mode;
static u64 __search_rounds;
static IOMEM_DEVICE_NAMED(__search_device_0, "gpu0");
static IOMEM_DEVICE_NAMED(__search_device_1, "gpu1");
static const char *const __search_names[] = { "a", "b", "c", "d", "System RAM", "Reserved" };

static inline u64 __search_mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ (hash >> 29);
}

static void __search_effect(u64 value)
{
	__search_effects = __search_mix(__search_effects, value);
}

static const char *__search_name(u64 index)
{
	return __search_names[index % ARRAY_SIZE(__search_names)];
}

static struct device *__search_device(u64 index)
{
	return index & 1 ? &__search_device_1 : &__search_device_0;
}

/* Roots are not in a tree; they may be asked for all the same. */
static bool __search_linked(const struct resource *wanted)
{
	if (wanted == &iomem_resource || wanted == &ioport_resource)
		return true;
	return iomem_is_placed(wanted);
}

static struct resource *__search_make(const u64 *a, u64 handle)
{
	struct resource *made = a[4] & SEARCH_EARLY ? __search_early[handle] : __search_pool[handle];

	made->start = a[0];
	made->end = a[1];
	made->flags = a[2];
	made->desc = a[3];
	made->name = __search_name(a[4] & ~(u64)SEARCH_EARLY);
	__search_handles[handle] = made;
	return made;
}

static struct resource *__search_container(const u64 *a)
{
	struct resource *found = a[0] < SEARCH_HANDLES ? __search_handles[a[0]] : NULL;

	if (!found || !__search_linked(found)) {
		__search_skip = 1;
		return NULL;
	}
	return found;
}

/* A resource argument: handle, then start, end, flags, desc and name of a fresh one. Roots are nobody's to place. */
static struct resource *__search_resource(const u64 *a, u64 call)
{
	if (a[0] == SEARCH_FRESH)
		return __search_make(a + 1, 2 + __search_in[1] + call);
	if (a[0] < 2) {
		__search_skip = 1;
		return NULL;
	}
	return __search_container(a);
}

static void __search_see_place(const struct resource *p)
{
	__search_effect(p->start);
	__search_effect(p->end);
	__search_effect(p->flags);
}

static void __search_see(const struct resource *p)
{
	__search_see_place(p);
	__search_effect(p->desc);
}

/* What a call has made of a resource argument, as far as it is still there to be seen. */
static void __search_after(const struct resource *p, const u64 *a)
{
	bool linked = p && iomem_is_placed(p);

	__search_effect(linked);
	if (p && (linked || a[0] == SEARCH_FRESH))
		__search_see(p);
}

static u64 __search_string(const char *text)
{
	u64 hash = 1;

	for (; text && *text; text++)
		hash = __search_mix(hash, *text);
	return hash;
}

static u64 __search_pointer(struct resource *p, u64 call)
{
	if (!p || IS_ERR(p))
		return (u64)(long)p;
	if (!__search_handles[2 + __search_in[1] + call])
		__search_handles[2 + __search_in[1] + call] = p;
	if (!__search_linked(p))
		return 1;
	__search_out[SEARCH_HEADER + 4 * call + 2] = p->start;
	__search_out[SEARCH_HEADER + 4 * call + 3] = p->end;
	return __search_mix(__search_mix(__search_mix(__search_mix(2, p->start), p->end), p->flags), p->desc) >> 16;
}

static u64 __search_proc(const char *name, u64 privileged)
{
	return __search_string(iomem_proc_read(name, privileged));
}

static void __search_see_node(const struct resource *p)
{
	unsigned long distance = (unsigned long)p - (unsigned long)__search_pool[2];
	unsigned long early = (unsigned long)p - (unsigned long)__search_early[2];
	unsigned long index = 2 + distance / __search_stride;

	if (index < SEARCH_HANDLES && __search_pool[index] == p)
		__search_seen[index] = true;
	index = 2 + early / __search_early_stride;
	if (index < SEARCH_HANDLES && __search_early[index] == p)
		__search_seen[index] = true;
}

/* Resources that calls have taken out of their trees, or never put into one, belong to whoever made the call. */
static u64 __search_loose(void)
{
	u64 hash = 1, i, used = 2 + __search_in[1] + __search_in[0];

	for (i = 2; i < used; i++) {
		const struct resource *p = __search_handles[i];

		if (__search_seen[i] || (p != __search_pool[i] && p != __search_early[i]) || !__iomem_is_live(p))
			continue;
		hash = __search_mix(hash, i);
		hash = __search_mix(hash, p->start);
		hash = __search_mix(hash, p->end);
		hash = __search_mix(hash, p->flags);
		hash = __search_mix(hash, !p->parent);
	}
	return hash;
}

static u64 __search_digest(struct resource *parent, u64 hash, u64 depth)
{
	struct resource *p;

	for (p = parent->child; p && ++__search_node_count < SEARCH_NODES; p = p->sibling) {
		__search_see_node(p);
		hash = __search_mix(hash, p->start);
		hash = __search_mix(hash, p->end);
		hash = __search_mix(hash, p->flags + (p->parent == parent));
		hash = __search_mix(hash, p->desc + (depth << 32));
		hash = __search_mix(hash, p->name ? *p->name : 0);
		if (p->child && depth < 60)
			hash = __search_digest(p, hash, depth + 1);
	}
	return hash;
}

static void __search_build(void)
{
	u64 count = __search_in[1], i;
	const u64 *a = __search_in + 2;

	__search_handles[0] = &iomem_resource;
	__search_handles[1] = &ioport_resource;
	for (i = 0; i < count; i++, a += 6) {
		struct resource *made = __search_make(a + 1, 2 + i);
		struct resource *parent = __search_handles[a[0]], *last = __search_last[a[0]];

		/* Regions come in order: each goes behind those that are there. */
		made->parent = parent;
		if (!last)
			for (last = parent->child; last && last->sibling;)
				last = last->sibling;
		if (last)
			last->sibling = made;
		else
			parent->child = made;
		__search_last[a[0]] = made;
	}
}

/* Once, after booting: what sequences take their resources from. */
static __attribute__((used)) void __search_prepare(void)
{
	int i;

	for (i = 2; i < SEARCH_HANDLES; i++)
		__search_pool[i] = kzalloc(sizeof(struct resource), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 2; i < SEARCH_HANDLES; i++)
		__search_early[i] = __iomem_early_alloc(sizeof(struct resource));
	__search_early_stride = (unsigned long)__search_early[3] - (unsigned long)__search_early[2];
	__search_stride = (unsigned long)__search_pool[3] - (unsigned long)__search_pool[2];
}

static void __search_sequence(u64 (*make_call)(u64 op, const u64 *a, u64 call))
{
	const u64 *a = __search_in + 2 + 6 * __search_in[1];
	u64 calls = __search_in[0], i;

	__search_build();
	for (i = 0; i < calls; i++) {
		u64 result;

		__search_out[0] = i + 1;
		__search_effects = 0;
		__search_skip = 0;
		result = make_call(a[1], a + 2, i);
		__search_out[SEARCH_HEADER + 4 * i] = __search_skip ? SEARCH_SKIPPED : result;
		__search_out[SEARCH_HEADER + 4 * i + 1] = __search_effects;
		__search_out[1] = i + 1;
		a += a[0];
	}
	__search_out[2] = __search_digest(&ioport_resource, __search_digest(&iomem_resource, iomem_unmap_count(), 0), 0);
	__search_out[3] = __search_loose();
}

#endif
