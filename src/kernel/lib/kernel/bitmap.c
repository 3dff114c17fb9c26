/* Bitmaps. */

static unsigned long find_bit_from(const unsigned long *map, unsigned long size, unsigned long from, bool value)
{
	while (from < size && test_bit(from, map) != value)
		from++;
	return from < size ? from : size;
}

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return find_bit_from(map, size, from, true);
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return find_bit_from(map, size, from, false);
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int count)
{
	for (; count; start++, count--)
		__set_bit(start, map);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int count)
{
	for (; count; start++, count--)
		__clear_bit(start, map);
}

bool bitmap_empty(const unsigned long *map, unsigned int bits)
{
	return find_first_bit(map, bits) == bits;
}

bool bitmap_full(const unsigned long *map, unsigned int bits)
{
	return find_first_zero_bit(map, bits) == bits;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int bit;

	for_each_set_bit(bit, a, bits)
		if (test_bit(bit, b))
			return true;
	return false;
}

bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int bit;

	for_each_set_bit(bit, a, bits)
		if (!test_bit(bit, b))
			return false;
	return true;
}

void bitmap_or(unsigned long *to, const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int word;

	for (word = 0; word < BITS_TO_LONGS(bits); word++)
		to[word] = a[word] | b[word];
}

void bitmap_xor(unsigned long *to, const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int word;

	for (word = 0; word < BITS_TO_LONGS(bits); word++)
		to[word] = a[word] ^ b[word];
}
