/* Model header: files that are written line by line. */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <linux/fs.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <linux/mutex.h>

struct seq_operations;
struct seq_file {
	char *buf;
	size_t size, from, count;
	loff_t index, read_pos;
	struct mutex lock;
	const struct seq_operations *op;
	const struct file *file;
	void *private;
};
struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	int (*show)(struct seq_file *m, void *v);
};
__printf(2, 3) void seq_printf(struct seq_file *m, const char *format, ...);
void seq_vprintf(struct seq_file *m, const char *format, va_list args);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t size);
static inline bool seq_has_overflowed(struct seq_file *m) { return m->count == m->size; }

#define SEQ_START_TOKEN ((void *)1)
#define SEQ_SKIP 1

#endif
