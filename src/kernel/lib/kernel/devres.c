/* Managed resources of a device: a list, released from its end. The caller sees a payload inside a larger object. */

struct devres {
	struct list_head entry;
	dr_release_t release;
	const char *name;
	/* Markers of groups have no payload. */
	void *group;
	bool opens;
	size_t size;
	/* As aligned as kmalloc() memory. */
	u64 payload[];
};

/* A device that was only zeroed has an empty list. */
static struct list_head *devres_list(struct device *dev)
{
	if (!dev->devres_head.next)
		INIT_LIST_HEAD(&dev->devres_head);
	return &dev->devres_head;
}

static struct devres *devres_of(void *res)
{
	return container_of(res, struct devres, payload);
}

void *__devres_alloc_node(dr_release_t release, size_t size, gfp_t gfp, int nid, const char *name)
{
	struct devres *made = kzalloc(struct_size_t(struct devres, payload, 0) + size, gfp);

	if (!made)
		return NULL;
	INIT_LIST_HEAD(&made->entry);
	made->release = release;
	made->name = name;
	made->size = size;
	return made->payload;
}

void devres_free(void *res)
{
	if (res) {
		struct devres *it = devres_of(res);

		BUG_ON(!list_empty(&it->entry));
		kfree(it);
	}
}

void devres_add(struct device *dev, void *res)
{
	struct devres *it = devres_of(res);
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	BUG_ON(!list_empty(&it->entry));
	list_add_tail(&it->entry, devres_list(dev));
	spin_unlock_irqrestore(&dev->devres_lock, flags);
}

/* The last one that was added and matches. The lock is held. */
static struct devres *find_devres(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	struct devres *it;

	list_for_each_entry_reverse(it, devres_list(dev), entry) {
		if (it->group || it->release != release)
			continue;
		if (!match || match(dev, it->payload, match_data))
			return it;
	}
	return NULL;
}

void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	struct devres *it;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	it = find_devres(dev, release, match, match_data);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return it ? it->payload : NULL;
}

void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data)
{
	struct devres *fresh = devres_of(new_res), *it;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	it = find_devres(dev, fresh->release, match, match_data);
	if (!it) {
		list_add_tail(&fresh->entry, devres_list(dev));
		it = fresh;
		fresh = NULL;
	}
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	if (fresh)
		kfree(fresh);
	return it->payload;
}

void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	struct devres *it;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	it = find_devres(dev, release, match, match_data);
	if (it)
		list_del_init(&it->entry);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return it ? it->payload : NULL;
}

int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	if (!res)
		return -ENOENT;
	devres_free(res);
	return 0;
}

int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	if (!res)
		return -ENOENT;
	release(dev, res);
	devres_free(res);
	return 0;
}

/* Releases what stands from `first` to the end of the list or to `last`, the latest first. Answers how many. */
static int release_nodes(struct device *dev, struct list_head *first, struct list_head *last)
{
	int count = 0;

	for (;;) {
		struct devres *it = NULL;
		unsigned long flags;

		spin_lock_irqsave(&dev->devres_lock, flags);
		if (last != first) {
			it = list_entry(last->prev, struct devres, entry);
			if (&it->entry == first)
				it = NULL;
			else
				list_del_init(&it->entry);
		}
		spin_unlock_irqrestore(&dev->devres_lock, flags);
		if (!it)
			return count;
		if (!it->group) {
			it->release(dev, it->payload);
			count++;
		}
		kfree(it);
	}
}

int devres_release_all(struct device *dev)
{
	struct list_head *list = devres_list(dev);
	int count = 0;

	/* A release function may add others. */
	while (!list_empty(list)) {
		struct devres *it;
		unsigned long flags;

		spin_lock_irqsave(&dev->devres_lock, flags);
		it = list_last_entry(list, struct devres, entry);
		list_del_init(&it->entry);
		spin_unlock_irqrestore(&dev->devres_lock, flags);
		if (!it->group) {
			it->release(dev, it->payload);
			count++;
		}
		kfree(it);
	}
	return count;
}

void devres_for_each_res(struct device *dev, dr_release_t release, dr_match_t match, void *match_data,
			 void (*visit)(struct device *dev, void *res, void *data), void *data)
{
	struct devres *it, *before;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	list_for_each_entry_safe_reverse(it, before, devres_list(dev), entry) {
		if (it->group || it->release != release)
			continue;
		if (!match || match(dev, it->payload, match_data))
			visit(dev, it->payload, data);
	}
	spin_unlock_irqrestore(&dev->devres_lock, flags);
}

static void *add_marker(struct device *dev, void *id, bool opens, gfp_t gfp)
{
	struct devres *marker = kzalloc(sizeof(*marker), gfp);
	unsigned long flags;

	if (!marker)
		return NULL;
	marker->group = id ? id : marker;
	marker->opens = opens;
	spin_lock_irqsave(&dev->devres_lock, flags);
	list_add_tail(&marker->entry, devres_list(dev));
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return marker->group;
}

/* The marker of group `id`, or of the one opened last. The lock is held. */
static struct devres *find_marker(struct device *dev, void *id, bool opens)
{
	struct devres *it;

	list_for_each_entry_reverse(it, devres_list(dev), entry)
		if (it->group && it->opens == opens && (!id || it->group == id))
			return it;
	return NULL;
}

void *devres_open_group(struct device *dev, void *id, gfp_t gfp)
{
	return add_marker(dev, id, true, gfp);
}

void devres_close_group(struct device *dev, void *id)
{
	struct devres *open;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	open = find_marker(dev, id, true);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	if (!WARN_ON(!open))
		add_marker(dev, open->group, false, GFP_KERNEL | __GFP_NOFAIL);
}

void devres_remove_group(struct device *dev, void *id)
{
	struct devres *open, *close = NULL;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	open = find_marker(dev, id, true);
	if (open) {
		close = find_marker(dev, open->group, false);
		list_del_init(&open->entry);
		if (close)
			list_del_init(&close->entry);
	}
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	WARN_ON(!open);
	kfree(open);
	kfree(close);
}

int devres_release_group(struct device *dev, void *id)
{
	struct devres *open, *close = NULL;
	struct list_head *list = devres_list(dev);
	unsigned long flags;
	int count;

	spin_lock_irqsave(&dev->devres_lock, flags);
	open = find_marker(dev, id, true);
	if (open)
		close = find_marker(dev, open->group, false);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	if (WARN_ON(!open))
		return 0;
	count = release_nodes(dev, &open->entry, close ? &close->entry : list);
	devres_remove_group(dev, open->group);
	return count;
}

struct devm_action {
	void (*action)(void *data);
	void *data;
};

static void run_action(struct device *dev, void *res)
{
	struct devm_action *it = res;

	it->action(it->data);
}

static int match_action(struct device *dev, void *res, void *match_data)
{
	struct devm_action *it = res, *wanted = match_data;

	return it->action == wanted->action && it->data == wanted->data;
}

int __devm_add_action(struct device *dev, void (*action)(void *), void *data, const char *name)
{
	struct devm_action *it = __devres_alloc_node(run_action, sizeof(*it), GFP_KERNEL, NUMA_NO_NODE, name);

	if (!it)
		return -ENOMEM;
	it->action = action;
	it->data = data;
	devres_add(dev, it);
	return 0;
}

int __devm_add_action_or_reset(struct device *dev, void (*action)(void *), void *data, const char *name)
{
	int error = __devm_add_action(dev, action, data, name);

	if (error)
		action(data);
	return error;
}

int devm_remove_action_nowarn(struct device *dev, void (*action)(void *), void *data)
{
	struct devm_action wanted = { .action = action, .data = data };

	return devres_destroy(dev, run_action, match_action, &wanted);
}

void devm_remove_action(struct device *dev, void (*action)(void *), void *data)
{
	WARN_ON(devm_remove_action_nowarn(dev, action, data));
}

void devm_release_action(struct device *dev, void (*action)(void *), void *data)
{
	struct devm_action wanted = { .action = action, .data = data };

	WARN_ON(devres_release(dev, run_action, match_action, &wanted));
}

bool devm_is_action_added(struct device *dev, void (*action)(void *), void *data)
{
	struct devm_action wanted = { .action = action, .data = data };

	return devres_find(dev, run_action, match_action, &wanted) != NULL;
}

static void release_memory(struct device *dev, void *res)
{
}

static int match_memory(struct device *dev, void *res, void *data)
{
	return res == data;
}

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	void *res;

	if (size == 0)
		return ZERO_SIZE_PTR;
	res = __devres_alloc_node(release_memory, size, gfp, NUMA_NO_NODE, "devm_kmalloc");
	if (res)
		devres_add(dev, res);
	return res;
}

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return devm_kmalloc(dev, size, gfp);
}

void *devm_kcalloc(struct device *dev, size_t count, size_t size, gfp_t gfp)
{
	return devm_kmalloc(dev, size_mul(count, size), gfp);
}

void *devm_kmemdup(struct device *dev, const void *from, size_t size, gfp_t gfp)
{
	void *copy = devm_kmalloc(dev, size, gfp);

	if (copy)
		memcpy(copy, from, size);
	return copy;
}

char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)
{
	return s ? devm_kmemdup(dev, s, strlen(s) + 1, gfp) : NULL;
}

char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *format, ...)
{
	va_list args;
	char *text, *copy;

	va_start(args, format);
	text = kvasprintf(gfp, format, args);
	va_end(args);
	copy = devm_kstrdup(dev, text, gfp);
	kfree(text);
	return copy;
}

void devm_kfree(struct device *dev, const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	WARN_ON(devres_destroy(dev, release_memory, match_memory, (void *)object));
}
