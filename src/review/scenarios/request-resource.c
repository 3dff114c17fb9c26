// title: Requests that fit, touch, overlap, lie outside, end before they start, and come twice
// machine: empty, laptop
// needs: request_resource, request_resource_conflict
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource root = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "root");
static struct resource first = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "first");
static struct resource touching = DEFINE_RES_MEM_NAMED(BASE + SZ_128K, SZ_64K, "touching");
static struct resource before = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "before");
static struct resource last = DEFINE_RES_MEM_NAMED(BASE + SZ_1M - 1, 1, "last");
static struct resource across = DEFINE_RES_MEM_NAMED(BASE + SZ_128K - 1, 2, "across");
static struct resource outside = DEFINE_RES_MEM_NAMED(BASE + SZ_1M, SZ_4K, "outside");
static struct resource below = DEFINE_RES_MEM_NAMED(BASE - 1, 1, "below");
static struct resource backwards = { .start = BASE + 8, .end = BASE + 7, .name = "backwards", .flags = IORESOURCE_MEM };
static struct resource *hit;

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &root));
}

THREAD(driver)
{
	OBSERVE(ERR_PTR(request_resource(&root, &first)));
	OBSERVE(ERR_PTR(request_resource(&root, &touching)));
	OBSERVE(ERR_PTR(request_resource(&root, &before)));
	OBSERVE(ERR_PTR(request_resource(&root, &last)));
	hit = request_resource_conflict(&root, &across);
	OBSERVE(hit);
	hit = request_resource_conflict(&root, &outside);
	OBSERVE(hit);
	hit = request_resource_conflict(&root, &below);
	OBSERVE(hit);
	hit = request_resource_conflict(&root, &backwards);
	OBSERVE(hit);
	hit = request_resource_conflict(&root, &first);
	OBSERVE(hit);
}

CHECK
{
	OBSERVE(root.child);
	OBSERVE(root.child->sibling);
	OBSERVE(first.parent);
	OBSERVE(across.parent);
}
