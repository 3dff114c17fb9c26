/* Model header: bits in words. The set_bit() family is atomic, with underscores it is not. */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/types.h>
#include <linux/bits.h>
#include <iomem-review/intrinsics.h>

#define BITS_TO_LONGS(bits) (((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define __iomem_word_of(bit, words) ((volatile unsigned long *)(words) + (bit) / BITS_PER_LONG)

static inline void set_bit(long bit, volatile unsigned long *words)
{
	__iomem_atomic_or(__iomem_word_of(bit, words), sizeof(long), BIT_MASK(bit));
}
static inline void clear_bit(long bit, volatile unsigned long *words)
{
	__iomem_atomic_and(__iomem_word_of(bit, words), sizeof(long), ~BIT_MASK(bit));
}
static inline bool test_and_set_bit(long bit, volatile unsigned long *words)
{
	return __iomem_atomic_or(__iomem_word_of(bit, words), sizeof(long), BIT_MASK(bit)) & BIT_MASK(bit);
}
static inline bool test_and_clear_bit(long bit, volatile unsigned long *words)
{
	return __iomem_atomic_and(__iomem_word_of(bit, words), sizeof(long), ~BIT_MASK(bit)) & BIT_MASK(bit);
}
static inline bool test_bit(long bit, const volatile unsigned long *words)
{
	return *__iomem_word_of(bit, words) >> (bit % BITS_PER_LONG) & 1;
}
static inline void __set_bit(long bit, volatile unsigned long *words)
{
	((unsigned long *)words)[bit / BITS_PER_LONG] |= BIT_MASK(bit);
}
static inline void __clear_bit(long bit, volatile unsigned long *words)
{
	((unsigned long *)words)[bit / BITS_PER_LONG] &= ~BIT_MASK(bit);
}
#define test_and_set_bit_lock(bit, words) test_and_set_bit(bit, words)
#define clear_bit_unlock(bit, words) clear_bit(bit, words)
#define assign_bit(bit, words, value) ((value) ? set_bit(bit, words) : clear_bit(bit, words))
#define __assign_bit(bit, words, value) ((value) ? __set_bit(bit, words) : __clear_bit(bit, words))

static inline unsigned long __ffs(unsigned long word) { return __builtin_ctzl(word); }
static inline unsigned long ffz(unsigned long word) { return __builtin_ctzl(~word); }
static inline unsigned long __fls(unsigned long word) { return BITS_PER_LONG - 1 - __builtin_clzl(word); }
static inline int ffs(int word) { return word ? __builtin_ctz(word) + 1 : 0; }
static inline int fls(unsigned int word) { return word ? 32 - __builtin_clz(word) : 0; }
static inline int fls_long(unsigned long word) { return word ? BITS_PER_LONG - __builtin_clzl(word) : 0; }
static inline int fls64(u64 word) { return word ? 64 - __builtin_clzll(word) : 0; }
static inline unsigned int hweight32(u32 word) { return __builtin_popcount(word); }
static inline unsigned long hweight64(u64 word) { return __builtin_popcountll(word); }
static inline unsigned long hweight_long(unsigned long word) { return __builtin_popcountl(word); }
static inline u32 rol32(u32 word, unsigned int n) { return word << (n & 31) | word >> (-n & 31); }
static inline u32 ror32(u32 word, unsigned int n) { return word >> (n & 31) | word << (-n & 31); }

#endif
