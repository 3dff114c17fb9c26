#ifndef _LINUX_MOUNT_H
#define _LINUX_MOUNT_H
#include <linux/fs.h>
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
};
#endif
