/*
 * Scenarios: small C programs that call the code under review.
 *
 *	// machine: x86_64
 *	#include <iomem-review.h>
 *	static struct resource *a;
 *	SETUP { ... }				runs first, alone
 *	THREAD(driver) { a = ...; }		each is a thread; all run between SETUP and CHECK
 *	CHECK { EXPECT(!IS_ERR(a)); OBSERVE(a->start); }	runs last, alone
 *
 * Before SETUP the machine's iomem tree is built and the initcalls of the code under review have run.
 */
#ifndef _IOMEM_REVIEW_H
#define _IOMEM_REVIEW_H

#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/slab.h>
#include <linux/ioport.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/completion.h>
#include <linux/vmalloc.h>
#include <linux/sched.h>
#include <iomem-review/intrinsics.h>

/* The runner finds these by name and file; static, so that many scenarios fit into one program. */
#define SETUP static __attribute__((used)) void __iomem_scenario_setup(void)
#define CHECK static __attribute__((used)) void __iomem_scenario_check(void)
#define THREAD(name) static __attribute__((used)) void __iomem_thread_##name(void)

/*
 * OBSERVE(expression): its value belongs to the outcome. Integers of any type, enumerations, booleans, pointers, strings
 * (char *) and error pointers. The expression is evaluated once.
 */
#define OBSERVE(expression) __iomem_observe(#expression, \
	__builtin_classify_type(expression) == __iomem_pointer_class, \
	_Generic((expression), char *: 1, const char *: 1, default: 0), \
	sizeof(expression), (u64)(expression))
#define __iomem_pointer_class 5

/* EXPECT(expression): a finding where it is false. */
#define EXPECT(expression) do { \
	if (!(expression)) \
		__iomem_expect_failed(#expression); \
	} while (0)

/* NOTE(format, ...): a line in the trace and in the proof. Not part of the outcome. */
#define NOTE(...) __iomem_note(__VA_ARGS__)

/* A device: `static IOMEM_DEVICE(gpu);`, then `&gpu` to devm_ functions. */
#define IOMEM_DEVICE(name) IOMEM_DEVICE_NAMED(name, #name)
#define IOMEM_DEVICE_NAMED(variable, label) struct device variable = { \
	.init_name = (label), \
	.devres_head = LIST_HEAD_INIT((variable).devres_head), \
	.numa_node = NUMA_NO_NODE }
/* What the driver core does when the driver goes: managed resources are released, the last one first. Answers how many. */
int iomem_device_unbind(struct device *dev);
/* How many managed resources the device holds. */
int iomem_device_resources(struct device *dev);

/* A resource without a name of its own in the scenario: iomem_resource_new("System RAM", start, size, flags, desc). */
struct resource *iomem_resource_new(const char *name, resource_size_t start, resource_size_t size, unsigned long flags,
				    unsigned long desc);
/* The same, then insert_resource() below `parent`; NULL where that fails. */
struct resource *iomem_insert(struct resource *parent, const char *name, resource_size_t start, resource_size_t size,
			      unsigned long flags, unsigned long desc);

/*
 * Puts a new resource below `parent`, in order, without calling the code under review: how a tree is before anything is
 * called. NULL stands for no name. Answers it.
 */
struct resource *iomem_place(struct resource *parent, const char *name, resource_size_t start, resource_size_t end,
			     unsigned long flags, unsigned long desc);
/* The same with a resource that was there before the heap was: free_resource() and the like leave it alone. */
struct resource *iomem_place_early(struct resource *parent, const char *name, resource_size_t start,
				   resource_size_t end, unsigned long flags, unsigned long desc);
/* Whether a resource stands in the tree of iomem_resource or ioport_resource. It is not looked into: it may be gone. */
bool iomem_is_placed(const struct resource *res);

/* Whether a resource is there, but in no tree. */
bool iomem_is_loose(const struct resource *res);

/*
 * Reads a file of /proc through its seq_operations and notes each line. Answers the text, which stays valid until the
 * next call; NULL where no such file was created. `privileged`: with CAP_SYS_ADMIN.
 */
const char *iomem_proc_read(const char *name, bool privileged);
/* The same as a reader with a small buffer does it, who comes back after so many records. */
const char *iomem_proc_read_parts(const char *name, bool privileged, unsigned int records);

/* Sets the end of iomem_resource, as the architecture does that knows how many address bits there are. */
void iomem_limit(resource_size_t end);

/* How often revoked mappings were unmapped so far, private copies included. */
unsigned long iomem_unmap_count(void);

#endif
