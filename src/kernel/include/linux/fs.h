/* Model header: just enough of file systems for the inode behind /dev/mem mappings. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/types.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/cred.h>

struct inode;
struct super_block;
struct module;
struct fs_context;
struct vfsmount;
struct dentry;
struct seq_file;

struct address_space {
	struct inode *host;
};
struct inode {
	umode_t i_mode;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct address_space i_data;
	void *i_private;
};
struct file {
	fmode_t f_mode;
	unsigned int f_flags;
	struct inode *f_inode;
	struct address_space *f_mapping;
	void *private_data;
	loff_t f_pos;
	/* Whether the reader has CAP_SYS_ADMIN. */
	bool __iomem_privileged;
};
struct super_block {
	unsigned long s_magic;
	struct file_system_type *s_type;
};
struct file_system_type {
	const char *name;
	int fs_flags;
	int (*init_fs_context)(struct fs_context *fc);
	struct dentry *(*mount)(struct file_system_type *type, int flags, const char *name, void *data);
	void (*kill_sb)(struct super_block *sb);
	struct module *owner;
};
struct file_operations {
	struct module *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	ssize_t (*read)(struct file *file, char __user *buffer, size_t size, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buffer, size_t size, loff_t *pos);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
};

static inline struct inode *file_inode(const struct file *file) { return file->f_inode; }
bool file_ns_capable(const struct file *file, struct user_namespace *ns, int capability);
void kill_anon_super(struct super_block *sb);
int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count);
void simple_release_fs(struct vfsmount **mount, int *count);
struct inode *alloc_anon_inode(struct super_block *sb);
void iput(struct inode *inode);

#endif
