/* Calls: direct, through pointers, variadic, with a cleanup. */
void log_text(const char *format, ...);
void drop(int **p);
typedef long callback(void *data, unsigned char flag);

long each(callback *fn, void *data)
{
	int value = 3;
	int *held __attribute__((cleanup(drop))) = &value;

	if (!fn)
		return -22;
	log_text("%d %p\n", value, data);
	return fn(data, value + 300) ?: ({ long t = value; t << 4; });
}
