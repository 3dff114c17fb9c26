// title: A list of ranges is made and freed
// machine: empty
// needs: resource_list_create_entry, resource_list_free
#include <iomem-review.h>
#include <linux/resource_ext.h>

static struct resource res = DEFINE_RES_MEM_NAMED(0x100000000000ULL, SZ_1M, "res");
static LIST_HEAD(list);

THREAD(acpi)
{
	struct resource_entry *entry;
	unsigned long count = 0;

	entry = resource_list_create_entry(&res, 0);
	EXPECT(entry != NULL);
	if (!entry)
		return;
	OBSERVE(entry->res == &res);
	list_add_tail(&entry->node, &list);

	entry = resource_list_create_entry(NULL, 16);
	EXPECT(entry != NULL);
	if (!entry)
		return;
	OBSERVE(entry->res == &entry->__res);
	OBSERVE(entry->res->start);
	list_add_tail(&entry->node, &list);

	list_for_each_entry(entry, &list, node)
		count++;
	OBSERVE(count);
	resource_list_free(&list);
	OBSERVE(list_empty(&list));
}
