/* Strings, byte by byte: reading past an object is seen where it happens. */

size_t strlen(const char *s)
{
	size_t length = 0;

	while (s[length])
		length++;
	return length;
}

size_t strnlen(const char *s, size_t max)
{
	size_t length = 0;

	while (length < max && s[length])
		length++;
	return length;
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max; a++, b++, max--) {
		int difference = (int)*(const unsigned char *)a - *(const unsigned char *)b;

		if (difference || !*a)
			return difference < 0 ? -1 : difference > 0;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncasecmp(const char *a, const char *b, size_t max)
{
	for (; max; a++, b++, max--) {
		int difference = tolower(*(const unsigned char *)a) - tolower(*(const unsigned char *)b);

		if (difference || !*a)
			return difference;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, SIZE_MAX);
}

char *strcpy(char *to, const char *from)
{
	memcpy(to, from, strlen(from) + 1);
	return to;
}

char *strncpy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size);

	memcpy(to, from, length);
	memset(to + length, 0, size - length);
	return to;
}

size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from);

	if (size) {
		size_t copied = min(length, size - 1);

		memcpy(to, from, copied);
		to[copied] = 0;
	}
	return length;
}

ssize_t __iomem_strscpy(char *to, const char *from, size_t size)
{
	size_t length;

	if (size == 0)
		return -E2BIG;
	length = strnlen(from, size);
	if (length == size) {
		memcpy(to, from, size - 1);
		to[size - 1] = 0;
		return -E2BIG;
	}
	memcpy(to, from, length + 1);
	return length;
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t size)
{
	char *end = to + strlen(to);
	size_t length = strnlen(from, size);

	memcpy(end, from, length);
	end[length] = 0;
	return to;
}

size_t strlcat(char *to, const char *from, size_t size)
{
	size_t length = strnlen(to, size);

	return length + strlcpy(to + length, from, size - length);
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return *s == (char)c ? (char *)s : NULL;
}

char *strnchr(const char *s, size_t count, int c)
{
	for (; count--; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strnstr(const char *s, const char *find, size_t length)
{
	size_t wanted = strlen(find);

	for (; length >= wanted; s++, length--) {
		if (strncmp(s, find, wanted) == 0)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strstr(const char *s, const char *find)
{
	return strnstr(s, find, SIZE_MAX);
}

size_t strcspn(const char *s, const char *reject)
{
	size_t length = 0;

	while (s[length] && !strchr(reject, s[length]))
		length++;
	return length;
}

size_t strspn(const char *s, const char *accept)
{
	size_t length = 0;

	while (s[length] && strchr(accept, s[length]))
		length++;
	return length;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

char *strsep(char **s, const char *delimiters)
{
	char *begin = *s, *end;

	if (!begin)
		return NULL;
	end = strpbrk(begin, delimiters);
	if (end)
		*end++ = 0;
	*s = end;
	return begin;
}

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	size_t length = strlen(s);

	while (length && isspace(s[length - 1]))
		length--;
	s[length] = 0;
	return skip_spaces(s);
}

bool strstarts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

size_t str_has_prefix(const char *s, const char *prefix)
{
	return strstarts(s, prefix) ? strlen(prefix) : 0;
}

bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return true;
	return (!*a && *b == '\n' && !b[1]) || (*a == '\n' && !a[1] && !*b);
}

int match_string(const char *const *strings, size_t count, const char *s)
{
	size_t i;

	for (i = 0; i < count && strings[i]; i++)
		if (strcmp(strings[i], s) == 0)
			return i;
	return -EINVAL;
}

void *memchr(const void *at, int byte, size_t size)
{
	const unsigned char *bytes = at;

	for (; size--; bytes++)
		if (*bytes == (unsigned char)byte)
			return (void *)bytes;
	return NULL;
}

void *memchr_inv(const void *at, int byte, size_t size)
{
	const unsigned char *bytes = at;

	for (; size--; bytes++)
		if (*bytes != (unsigned char)byte)
			return (void *)bytes;
	return NULL;
}

void *memscan(void *at, int byte, size_t size)
{
	void *found = memchr(at, byte, size);

	return found ? found : (char *)at + size;
}

void *kmemdup(const void *from, size_t size, gfp_t gfp)
{
	void *copy = kmalloc(size, gfp);

	if (copy)
		memcpy(copy, from, size);
	return copy;
}

void *kmemdup_array(const void *from, size_t count, size_t size, gfp_t gfp)
{
	return kmemdup(from, size_mul(count, size), gfp);
}

char *kmemdup_nul(const char *s, size_t size, gfp_t gfp)
{
	char *copy;

	if (!s)
		return NULL;
	copy = kmalloc(size + 1, gfp);
	if (copy) {
		memcpy(copy, s, size);
		copy[size] = 0;
	}
	return copy;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup_nul(s, strlen(s), gfp) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? kmemdup_nul(s, strnlen(s, max), gfp) : NULL;
}

const char *kstrdup_const(const char *s, gfp_t gfp)
{
	return kstrdup(s, gfp);
}

void kfree_const(const void *s)
{
	kfree(s);
}

char *kvasprintf(gfp_t gfp, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = kmalloc(length + 1, gfp);
	if (text)
		vsnprintf(text, length + 1, format, args);
	return text;
}

const char *kvasprintf_const(gfp_t gfp, const char *format, va_list args)
{
	return kvasprintf(gfp, format, args);
}

char *kasprintf(gfp_t gfp, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = kvasprintf(gfp, format, args);
	va_end(args);
	return text;
}
