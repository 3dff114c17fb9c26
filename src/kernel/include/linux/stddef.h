/* Model header: NULL, offsetof, flexible arrays. */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#undef NULL
#define NULL ((void *)0)

#ifndef __cplusplus
enum { false = 0, true = 1 };
#endif

#undef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define FIELD_SIZEOF(type, member) sizeof_field(type, member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))

#define __struct_group(tag, name, attributes, members...) \
	union { \
		struct { members } attributes; \
		struct tag { members } attributes name; \
	}
#define struct_group(name, members...) __struct_group(/* none */, name, /* none */, members)
#define struct_group_tagged(tag, name, members...) __struct_group(tag, name, /* none */, members)
#define struct_group_attr(name, attributes, members...) __struct_group(/* none */, name, attributes, members)
/* A flexible array may not stand alone in a struct or in a union: an empty struct keeps it company. */
#define __DECLARE_FLEX_ARRAY(type, name) \
	struct { \
		struct { } __iomem_empty_##name; \
		type name[]; \
	}
#define DECLARE_FLEX_ARRAY(type, name) __DECLARE_FLEX_ARRAY(type, name)

#endif
