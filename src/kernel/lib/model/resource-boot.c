/* What shows the tree, lists of resources, and what happens at boot. */

#ifdef CONFIG_PROC_FS
static struct resource *iomem_model_root(struct seq_file *m)
{
	return pde_data(file_inode(m->file));
}
#ifndef IOMEM_SHOWN_r_start
static void *r_start(struct seq_file *m, loff_t *pos)
{
	struct resource *root = iomem_model_root(m), *p;
	loff_t left = *pos;

	read_lock(&resource_lock);
	for (p = root->child; p && left; left--)
		p = iomem_model_step(root, p, true);
	return p;
}
#endif
#ifndef IOMEM_SHOWN_r_next
static void *r_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return iomem_model_step(iomem_model_root(m), v, true);
}
#endif
#ifndef IOMEM_SHOWN_r_stop
static void r_stop(struct seq_file *m, void *v)
{
	read_unlock(&resource_lock);
}
#endif
#ifndef IOMEM_SHOWN_r_show
static int r_show(struct seq_file *m, void *v)
{
	struct resource *root = iomem_model_root(m), *res = v, *up;
	/* Who may not see addresses sees zeros. */
	const bool shown = file_ns_capable(m->file, &init_user_ns, CAP_SYS_ADMIN);
	const int width = root->end < 0x10000 ? 4 : 8;
	int depth = 0;

	for (up = res->parent; up != root && depth < 5; up = up->parent)
		depth++;
	seq_printf(m, "%*s%0*llx-%0*llx : %s\n", 2 * depth, "", width, shown ? res->start : 0ULL, width,
		   shown ? res->end : 0ULL, res->name ? res->name : "<BAD>");
	return 0;
}
#endif
static const struct seq_operations iomem_model_seq = {
	.start = r_start,
	.next = r_next,
	.stop = r_stop,
	.show = r_show,
};
static int __init iomem_model_proc_init(void)
{
	proc_create_seq_data("ioports", 0, NULL, &iomem_model_seq, &ioport_resource);
	proc_create_seq_data("iomem", 0, NULL, &iomem_model_seq, &iomem_resource);
	return 0;
}
__initcall(iomem_model_proc_init);
#endif

#ifndef IOMEM_SHOWN_resource_list_create_entry
struct resource_entry *resource_list_create_entry(struct resource *res, size_t extra_size)
{
	struct resource_entry *entry = kzalloc(sizeof(*entry) + extra_size, GFP_KERNEL);

	if (entry) {
		INIT_LIST_HEAD(&entry->node);
		entry->res = res ? res : &entry->__res;
	}
	return entry;
}
EXPORT_SYMBOL(resource_list_create_entry);
#endif
#ifndef IOMEM_SHOWN_resource_list_free
void resource_list_free(struct list_head *head)
{
	struct resource_entry *entry, *next;

	list_for_each_entry_safe(entry, next, head, node)
		resource_list_destroy_entry(entry);
}
EXPORT_SYMBOL(resource_list_free);
#endif

/* The inode through which mappings of device memory can be found and revoked. */
static int iomem_model_init_context(struct fs_context *fc)
{
	return init_pseudo(fc, DEVMEM_MAGIC) ? 0 : -ENOMEM;
}
static struct file_system_type iomem_model_fs = {
	.name = "iomem",
	.init_fs_context = iomem_model_init_context,
	.kill_sb = kill_anon_super,
};
static int __init iomem_model_init_inode(void)
{
	static struct vfsmount *mount;
	static int uses;
	struct inode *inode;

	if (simple_pin_fs(&iomem_model_fs, &mount, &uses))
		return -ENOMEM;
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	smp_store_release(&iomem_inode, inode);
	return 0;
}
fs_initcall(iomem_model_init_inode);
