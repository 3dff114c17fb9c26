/* Model header: strings. memcpy() and its kin are natives, the rest is lib/string.c. */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>
#include <linux/err.h>
#include <linux/overflow.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *at, int byte, size_t size);
void *memchr_inv(const void *at, int byte, size_t size);
void *memscan(void *at, int byte, size_t size);
#define memzero_explicit(to, size) memset(to, 0, size)
#define memset_after(object, byte, member) ({ \
	typeof(object) __iomem_ma = (object); \
	memset((char *)__iomem_ma + offsetofend(typeof(*__iomem_ma), member), byte, \
	       sizeof(*__iomem_ma) - offsetofend(typeof(*__iomem_ma), member)); })

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t max);
char *strcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t size);
size_t strlcpy(char *to, const char *from, size_t size);
ssize_t __iomem_strscpy(char *to, const char *from, size_t size);
#define __iomem_strscpy_3(to, from, size) __iomem_strscpy(to, from, size)
#define __iomem_strscpy_2(to, from) __iomem_strscpy(to, from, sizeof(to))
#define __iomem_strscpy_of(a, b, c, chosen, ...) chosen
#define strscpy(args...) __iomem_strscpy_of(args, __iomem_strscpy_3, __iomem_strscpy_2, )(args)
#define strscpy_pad(args...) strscpy(args)
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t size);
size_t strlcat(char *to, const char *from, size_t size);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strchrnul(const char *s, int c);
char *strnchr(const char *s, size_t count, int c);
char *strstr(const char *s, const char *find);
char *strnstr(const char *s, const char *find, size_t length);
char *strsep(char **s, const char *delimiters);
char *strpbrk(const char *s, const char *accept);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strim(char *s);
#define strstrip(s) strim(s)
char *skip_spaces(const char *s);
bool sysfs_streq(const char *a, const char *b);
int match_string(const char *const *strings, size_t count, const char *s);
bool strstarts(const char *s, const char *prefix);
size_t str_has_prefix(const char *s, const char *prefix);

char *kstrdup(const char *s, gfp_t gfp);
char *kstrndup(const char *s, size_t max, gfp_t gfp);
const char *kstrdup_const(const char *s, gfp_t gfp);
void kfree_const(const void *s);
void *kmemdup(const void *from, size_t size, gfp_t gfp);
void *kmemdup_array(const void *from, size_t count, size_t size, gfp_t gfp);
char *kmemdup_nul(const char *s, size_t size, gfp_t gfp);
static inline const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

#endif
