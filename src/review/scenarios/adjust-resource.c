// title: The borders of a range move towards neighbours, parent and children
// machine: empty
// needs: adjust_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource parent = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "parent");
static struct resource left = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "left");
static struct resource res = DEFINE_RES_MEM_NAMED(BASE + SZ_128K, SZ_128K, "res");
static struct resource right = DEFINE_RES_MEM_NAMED(BASE + SZ_512K, SZ_64K, "right");
static struct resource child = DEFINE_RES_MEM_NAMED(BASE + SZ_128K + SZ_4K, SZ_4K, "child");
static struct resource loose = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "loose");

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &parent));
	EXPECT(!request_resource(&parent, &left));
	EXPECT(!request_resource(&parent, &res));
	EXPECT(!request_resource(&parent, &right));
	EXPECT(!request_resource(&res, &child));
}

THREAD(driver)
{
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_64K, SZ_256K)));
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_64K - 1, SZ_256K)));
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_128K, SZ_512K)));
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_128K, SZ_512K - SZ_128K)));
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_128K + SZ_8K, SZ_64K)));
	OBSERVE(ERR_PTR(adjust_resource(&res, BASE + SZ_128K + SZ_4K, SZ_4K)));
	OBSERVE(res.start);
	OBSERVE(res.end);
	OBSERVE(ERR_PTR(adjust_resource(&right, BASE + SZ_512K, SZ_1M)));
	OBSERVE(ERR_PTR(adjust_resource(&left, BASE - 1, SZ_64K)));
	OBSERVE(ERR_PTR(adjust_resource(&loose, BASE + SZ_1G, SZ_64K)));
	OBSERVE(loose.start);
}
