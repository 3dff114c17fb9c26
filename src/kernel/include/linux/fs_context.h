#ifndef _LINUX_FS_CONTEXT_H
#define _LINUX_FS_CONTEXT_H
#include <linux/fs.h>
struct fs_context {
	struct file_system_type *fs_type;
	void *fs_private;
	struct dentry *root;
};
#endif
