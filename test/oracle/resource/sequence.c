/*
 * Runs a sequence of calls of the resource API, given as words, and writes down what each answered and a hash of the tree
 * after it. The same text is compiled by gcc and by our front end; test and harness fill `script` and read `answers`.
 *
 * A call takes 8 words: what, then its arguments. Nodes are named by slot; slot 0 is iomem_resource. The API wants a node
 * that is in the tree for some calls and one that is not for others: the next slot that holds such a one is taken. Calls
 * for which there is none are left out, and so are searches that would take too many steps; the answer says so.
 */
#include <iomem-review.h>
#include <linux/mm.h>

#define CALLS	64
#define SLOTS	24
#define LEFT_OUT 0xdead

u64 script[CALLS * 8];
u64 script_calls;
u64 answers[4096];
u64 answer_count;

enum call {
	NEW, REQUEST, INSERT, EXPAND, RELEASE, REMOVE, ADJUST, ALLOCATE, LOOKUP, REGION, UNREGION, INTERSECTS, WALK, WALK_RAM,
	FREE_DOWN, FREE_UP, HOTREMOVE, MERGE, SPLIT, EXCLUSIVE, SANITY, SCATTER,
};

void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end, const char *name);

static struct resource *slots[SLOTS];
static bool linked[SLOTS];
static const char *const names[] = { "zero", "one", "two", "three" };

static void put(u64 word)
{
	if (answer_count < ARRAY_SIZE(answers))
		answers[answer_count++] = word;
}
static u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}
/* A node by what it is, for pointers differ from run to run. */
static u64 who(struct resource *res)
{
	if (!res)
		return 0;
	if (IS_ERR(res))
		return (u64)(long)PTR_ERR(res);
	if (res == &iomem_resource)
		return 1;
	return mix(mix(mix(7, res->start), res->end), res->flags) | 2;
}

static u64 hash;
static int visited;
static bool seen[SLOTS];
static void visit(struct resource *res, int depth)
{
	int i;

	for (; res && depth < 40 && visited < 400; res = res->sibling) {
		visited++;
		hash = mix(mix(mix(mix(mix(hash, depth), res->start), res->end), res->flags), res->desc);
		hash = mix(hash, res->name ? res->name[0] : 0);
		for (i = 1; i < SLOTS; i++)
			if (slots[i] == res)
				seen[i] = true;
		visit(res->child, depth + 1);
	}
}
/* Which slots are in the tree; those that left it, except `kept`, may be freed and are forgotten. */
static void look(int kept)
{
	int i;

	hash = 1;
	visited = 0;
	for (i = 0; i < SLOTS; i++)
		seen[i] = false;
	visit(iomem_resource.child, 0);
	for (i = 1; i < SLOTS; i++) {
		if (linked[i] && !seen[i] && i != kept)
			slots[i] = NULL;
		linked[i] = seen[i];
	}
	put(hash);
}

static int note_range(struct resource *res, void *arg)
{
	put(mix(mix(mix(3, res->start), res->end), res->flags));
	return 0;
}
static int note_pages(unsigned long pfn, unsigned long pages, void *arg)
{
	put(mix(mix(5, pfn), pages));
	return 0;
}
static resource_size_t highest(void *data, const struct resource *gap, resource_size_t size, resource_size_t align)
{
	return (gap->end - size + 1) & ~(align - 1);
}
/* Whether a search in steps through the children of base stays short. */
static bool is_short(struct resource *base, u64 size, u64 step)
{
	struct resource *p;

	/* Without a size a search that steps by size never ends. */
	if (base->child && (!size || size > 1ULL << 34))
		return false;

	if (base->end - base->start > 1ULL << 42 && base != &iomem_resource)
		return false;
	for (p = base->child; p; p = p->sibling)
		if (p->end - p->start > step << 6)
			return false;
	return true;
}

/* The first slot from `from` on, around the end, that holds nothing (0), a node out of the tree (1) or in it (2); 0: none. */
static int find_slot(u64 from, int state)
{
	int i;

	for (i = 0; i < SLOTS - 1; i++) {
		const int slot = 1 + (from + i) % (SLOTS - 1);

		if ((!slots[slot] ? 0 : linked[slot] ? 2 : 1) == state)
			return slot;
	}
	return 0;
}

/* Makes one call; w[2] becomes the slot of the node that it is about. Answers false where there is none for it. */
static bool call(u64 *w)
{
	static const u8 wants[] = {
		[NEW] = 0, [REQUEST] = 1, [INSERT] = 1, [EXPAND] = 1, [RELEASE] = 2, [REMOVE] = 2, [ADJUST] = 2, [REGION] = 0,
		[FREE_DOWN] = 0, [FREE_UP] = 0, [MERGE] = 2, [SCATTER] = 2, [UNREGION] = 2, [HOTREMOVE] = 2, [ALLOCATE] = 1,
		[SANITY] = 0,
	};
	const int state = w[0] < ARRAY_SIZE(wants) ? wants[w[0]] : 0;
	const int slot = find_slot(w[2], w[0] == ALLOCATE && w[7] & 2 ? 2 : state);
	/* Calls that need no node. */
	const bool free = w[0] == UNREGION || w[0] == HOTREMOVE || w[0] >= SPLIT ||
			  (w[0] >= INTERSECTS && w[0] <= WALK_RAM) || w[0] == LOOKUP;
	const u64 parent = w[1] && w[1] < SLOTS && slots[w[1]] && linked[w[1]] ? w[1] : 0;
	struct resource *node = slots[slot], *at = slots[parent];
	u64 start = w[3], size = w[4];

	if (!slot && (!free || w[0] == SCATTER))
		return false;
	w[2] = slot;
	/* Often about a range that is there, or about a part of it. */
	if (slot && node && w[5] & 1 && (w[0] == UNREGION || w[0] == HOTREMOVE || w[0] == ADJUST)) {
		const u64 half = (node->end - node->start + 1) / 2;

		start = node->start + (w[5] & 2 ? half : 0);
		size = w[5] & 4 ? half : node->end - start + 1;
	}
	if (w[0] == ALLOCATE && linked[slot])
		at = node->parent;

	switch ((enum call)w[0]) {
	case NEW:
		if (start > size)
			return false;
		node = kzalloc(sizeof(*node), GFP_KERNEL);
		node->start = start;
		node->end = size;
		node->flags = w[5];
		node->desc = w[6];
		node->name = names[w[7] & 3];
		slots[slot] = node;
		return true;
	case REQUEST:
		put(who(request_resource_conflict(at, node)));
		return true;
	case INSERT:
		put(who(insert_resource_conflict(at, node)));
		return true;
	case EXPAND:
		insert_resource_expand_to_fit(at, node);
		put(who(node));
		return true;
	case RELEASE:
		put(release_resource(node));
		node->sibling = node->child = NULL;
		return true;
	case REMOVE:
		put(remove_resource(node));
		node->sibling = node->child = NULL;
		return true;
	case ADJUST:
		if (!size || start + size - 1 < start)
			return false;
		put(adjust_resource(node, start, size));
		return true;
	case ALLOCATE:
		/* A node that is linked is allocated anew below its own parent. */
		if (!size)
			return false;
		put(allocate_resource(at, node, size, start, w[5], 1ULL << (w[6] & 31), (void *)(w[7] & 1 ? highest : NULL), NULL));
		put(who(node));
		return true;
	case LOOKUP:
		put(who(lookup_resource(at, start)));
		return true;
	case REGION:
		slots[slot] = __request_region(at, start, size, names[w[7] & 3], w[5]);
		put(who(slots[slot]));
		return true;
	case UNREGION:
		__release_region(at, start, size);
		return true;
	case INTERSECTS:
		put(region_intersects(start, size, w[5], w[6]));
		return true;
	case WALK:
		put(walk_iomem_res_desc(w[6], w[5], start, size, NULL, note_range));
		put(walk_mem_res(start, size, NULL, note_range));
		return true;
	case WALK_RAM:
		put(walk_system_ram_res(start, size, NULL, note_range));
		put(walk_system_ram_range(start >> PAGE_SHIFT, (size >> PAGE_SHIFT) & 0xffffffff, NULL, note_pages));
		put(page_is_ram(start >> PAGE_SHIFT));
		return true;
	case FREE_DOWN:
		if (!is_short(at, size, SZ_128M))
			return false;
		node = request_free_mem_region(at, size, names[w[7] & 3]);
		break;
	case FREE_UP:
		if (!is_short(at, size, SZ_1M << (w[6] & 7)))
			return false;
		node = alloc_free_mem_region(at, size, SZ_1M << (w[6] & 7), names[w[7] & 3]);
		break;
	case HOTREMOVE:
		if (!size || start + size - 1 < start)
			return false;
		release_mem_region_adjustable(start, size);
		return true;
	case MERGE:
		merge_system_ram_resource(node);
		return true;
	case SPLIT:
		if (start > size)
			return false;
		reserve_region_with_split(at, start, size, names[w[7] & 3]);
		return true;
	case EXCLUSIVE:
		put(iomem_is_exclusive(start));
		put(resource_is_exclusive(&iomem_resource, start, size));
		return true;
	case SANITY:
		put(iomem_map_sanity_check(start, size));
		return true;
	case SCATTER:
		release_child_resources(node);
		return true;
	default:
		return false;
	}
	put(who(node));
	slots[slot] = IS_ERR(node) ? NULL : node;
	return true;
}

/* Not static: the harness calls it once for each sequence. */
void iomem_sequence(void)
{
	u64 i;

	answer_count = 0;
	iomem_resource.child = NULL;
	for (i = 0; i < SLOTS; i++) {
		slots[i] = NULL;
		linked[i] = false;
	}
	slots[0] = &iomem_resource;
	for (i = 0; i < script_calls && i < CALLS; i++) {
		u64 *w = &script[i * 8];
		const bool leaves = w[0] == RELEASE || w[0] == REMOVE;

		put(i);
		if (call(w))
			look(leaves ? w[2] : 0);
		else
			put(LEFT_OUT);
	}
}
