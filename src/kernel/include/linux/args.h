/* Model header: counting macro arguments. */
#ifndef _LINUX_ARGS_H
#define _LINUX_ARGS_H
#define __iomem_sixteenth(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, count, ...) count
#define COUNT_ARGS(...) \
	__iomem_sixteenth(, ##__VA_ARGS__, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define __iomem_concatenate(a, b) a##b
#define CONCATENATE(a, b) __iomem_concatenate(a, b)
#endif
