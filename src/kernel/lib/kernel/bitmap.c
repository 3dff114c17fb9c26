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

static unsigned long bitmap_last_word(unsigned int bits)
{
	return bits % BITS_PER_LONG ? ~0UL >> (BITS_PER_LONG - bits % BITS_PER_LONG) : ~0UL;
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int i, words = BITS_TO_LONGS(bits);

	for (i = 0; i < words; i++)
		if ((a[i] ^ b[i]) & (i + 1 < words ? ~0UL : bitmap_last_word(bits)))
			return false;
	return true;
}

bool bitmap_and(unsigned long *to, const unsigned long *a, const unsigned long *b, unsigned int bits)
{
	unsigned int i, words = BITS_TO_LONGS(bits);
	unsigned long any = 0;

	for (i = 0; i < words; i++) {
		to[i] = a[i] & b[i] & (i + 1 < words ? ~0UL : bitmap_last_word(bits));
		any |= to[i];
	}
	return any != 0;
}
