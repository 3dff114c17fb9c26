/* File systems, as far as an anonymous inode and its mapping are needed. */

struct user_namespace init_user_ns;

struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic)
{
	struct pseudo_fs_context *context = __iomem_internal_alloc(sizeof(*context));

	context->magic = magic;
	fc->fs_private = context;
	return context;
}

int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count)
{
	if (!*mount) {
		struct fs_context fc = { .fs_type = type };
		struct vfsmount *made;
		int error = type->init_fs_context ? type->init_fs_context(&fc) : 0;

		if (error)
			return error;
		made = __iomem_internal_alloc(sizeof(*made));
		made->mnt_sb = __iomem_internal_alloc(sizeof(*made->mnt_sb));
		made->mnt_sb->s_type = type;
		if (fc.fs_private)
			made->mnt_sb->s_magic = ((struct pseudo_fs_context *)fc.fs_private)->magic;
		*mount = made;
	}
	++*count;
	return 0;
}

void simple_release_fs(struct vfsmount **mount, int *count)
{
	if (--*count == 0)
		*mount = NULL;
}

void kill_anon_super(struct super_block *sb)
{
}

struct inode *alloc_anon_inode(struct super_block *sb)
{
	struct inode *inode = __iomem_internal_alloc(sizeof(*inode));

	inode->i_sb = sb;
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	return inode;
}

void iput(struct inode *inode)
{
}

bool capable(int capability)
{
	return true;
}

bool file_ns_capable(const struct file *file, struct user_namespace *ns, int capability)
{
	return file->__iomem_privileged;
}

/* One counter for each thread: counting orders nobody, and two that revoke at the same time do not conflict. */
static unsigned long unmaps[IOMEM_TASKS];

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t length, int even_cows)
{
	/* Where private copies stay mapped, somebody still sees the memory. */
	if (even_cows)
		unmaps[__iomem_thread() % IOMEM_TASKS]++;
	__iomem_note("user mappings of 0x%llx, 0x%llx bytes, are revoked", start, length);
}

unsigned long iomem_unmap_count(void)
{
	unsigned long count = 0;
	int thread;

	for (thread = 0; thread < IOMEM_TASKS; thread++)
		count += unmaps[thread];
	return count;
}
