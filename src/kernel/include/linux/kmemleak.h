#ifndef _LINUX_KMEMLEAK_H
#define _LINUX_KMEMLEAK_H
#define kmemleak_not_leak(object) ((void)(object))
#define kmemleak_ignore(object) ((void)(object))
#define kmemleak_alloc(object, size, count, gfp) ((void)(object))
#define kmemleak_free(object) ((void)(object))
#endif
