/* Model header: file systems that are never mounted by users. */
#ifndef _LINUX_PSEUDO_FS_H
#define _LINUX_PSEUDO_FS_H
#include <linux/fs_context.h>
struct pseudo_fs_context {
	unsigned long magic;
};
struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic);
/* Before 5.2 */
struct dentry *mount_pseudo(struct file_system_type *type, char *name, const void *ops, const void *dops,
			    unsigned long magic);
#endif
