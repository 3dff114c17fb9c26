/*
 * The modelled part of the kernel that can be written in C, as one translation unit, so that the headers are read once.
 * Definitions of the tree under review take the place of those here.
 */
#include <linux/kernel.h>
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/fs_context.h>
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/nodemask.h>
#include <linux/percpu-refcount.h>
#include <linux/proc_fs.h>
#include <linux/pseudo_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>
#include <asm/io.h>
#include <iomem-review.h>
#include <iomem-review/dax.h>
#include <iomem-review/zone.h>

#include "kernel/sched.c"
#include "kernel/wait.c"
#include "kernel/rcu.c"
#include "kernel/percpu-ref.c"
#include "kernel/string.c"
#include "kernel/parse.c"
#include "kernel/bitmap.c"
#include "kernel/device.c"
#include "kernel/chrdev.c"
#include "kernel/devres.c"
#include "kernel/fs.c"
#include "kernel/seq_file.c"
#include "kernel/xarray.c"
#include "kernel/migrate.c"
#include "kernel/mm.c"
#include "kernel/hotplug-lock.c"
#include "kernel/zone.c"
#include "kernel/memory-block.c"
#include "kernel/dax.c"
#include "kernel/scenario.c"
