/* Files of /proc that are written line by line. */

#define IOMEM_PROC_ENTRIES 16
#define IOMEM_PROC_TEXT (256 * 1024)

static struct proc_dir_entry proc_entries[IOMEM_PROC_ENTRIES];

struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       const struct seq_operations *ops, unsigned int state_size, void *data)
{
	struct proc_dir_entry *entry;

	for (entry = proc_entries; entry < ARRAY_END(proc_entries); entry++) {
		if (entry->name)
			continue;
		entry->name = name;
		entry->mode = mode;
		entry->seq_ops = ops;
		entry->data = data;
		return entry;
	}
	return NULL;
}

void *pde_data(const struct inode *inode)
{
	return ((struct proc_dir_entry *)inode->i_private)->data;
}

void seq_write(struct seq_file *m, const void *data, size_t size)
{
	if (m->count + size >= m->size) {
		m->count = m->size;
		return;
	}
	memcpy(m->buf + m->count, data, size);
	m->count += size;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_vprintf(struct seq_file *m, const char *format, va_list args)
{
	int length;

	if (m->count >= m->size)
		return;
	length = vsnprintf(m->buf + m->count, m->size - m->count, format, args);
	m->count = m->count + length < m->size ? m->count + length : m->size;
}

void seq_printf(struct seq_file *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	seq_vprintf(m, format, args);
	va_end(args);
}

static void note_lines(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		if (*line)
			__iomem_note("%s", line);
}

static const char *read_proc(const char *name, bool privileged, unsigned int records)
{
	static char *text;
	struct inode inode = { .i_mode = 0444 };
	struct file file = { .f_inode = &inode, .__iomem_privileged = privileged };
	struct seq_file m = { .size = IOMEM_PROC_TEXT, .file = &file };
	struct proc_dir_entry *entry;
	unsigned int read = 0;
	void *at;

	for (entry = proc_entries; entry < ARRAY_END(proc_entries); entry++)
		if (entry->name && strcmp(entry->name, name) == 0)
			break;
	if (entry == ARRAY_END(proc_entries))
		return NULL;
	if (!text)
		text = __iomem_internal_alloc(2 * IOMEM_PROC_TEXT);
	m.buf = text;
	m.op = entry->seq_ops;
	inode.i_private = entry;

	at = m.op->start(&m, &m.index);
	while (at && !IS_ERR(at)) {
		size_t had = m.count;
		int shown = m.op->show(&m, at);

		if (shown < 0)
			break;
		/* A record that asks to be skipped. */
		if (shown > 0)
			m.count = had;
		at = m.op->next(&m, at, &m.index);
		if (records && ++read % records == 0) {
			m.op->stop(&m, at);
			at = m.op->start(&m, &m.index);
		}
	}
	m.op->stop(&m, at);
	text[min(m.count, m.size - 1)] = 0;
	memcpy(text + IOMEM_PROC_TEXT, text, strlen(text) + 1);
	note_lines(text + IOMEM_PROC_TEXT);
	return text;
}

const char *iomem_proc_read(const char *name, bool privileged)
{
	return read_proc(name, privileged, 0);
}

const char *iomem_proc_read_parts(const char *name, bool privileged, unsigned int records)
{
	return read_proc(name, privileged, records);
}
