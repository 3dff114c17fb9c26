/* Model header: files in /proc. iomem-review.h reads them. */
#ifndef _LINUX_PROC_FS_H
#define _LINUX_PROC_FS_H

#include <linux/fs.h>
#include <linux/seq_file.h>

struct proc_dir_entry {
	const char *name;
	umode_t mode;
	const struct seq_operations *seq_ops;
	int (*show)(struct seq_file *m, void *v);
	void *data;
};
struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       const struct seq_operations *ops, unsigned int state_size, void *data);
#define proc_create_seq_data(name, mode, parent, ops, data) proc_create_seq_private(name, mode, parent, ops, 0, data)
#define proc_create_seq(name, mode, parent, ops) proc_create_seq_private(name, mode, parent, ops, 0, NULL)
void *pde_data(const struct inode *inode);
#define PDE_DATA(inode) pde_data(inode)

#endif
