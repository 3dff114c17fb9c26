/* Model header: work done when a scope is left. */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>
#include <linux/err.h>

/* DEFINE_FREE(kfree, void *, if (_T) kfree(_T)) makes `__free(kfree)` usable on variables. */
#define DEFINE_FREE(name, type, release) \
	static inline __maybe_unused void __free_##name(void *__iomem_variable) \
	{ \
		type _T = *(type *)__iomem_variable; \
		release; \
	}
#define __free(name) __cleanup(__free_##name)
#define __get_and_null(pointer, value) ({ typeof(pointer) __iomem_taken = (pointer); (pointer) = (value); __iomem_taken; })
#define no_free_ptr(pointer) __get_and_null(pointer, NULL)
#define return_ptr(pointer) return no_free_ptr(pointer)
#define retain_and_null_ptr(pointer) ((void)__get_and_null(pointer, NULL))

/* A class: a variable that is made by an expression and unmade by another. */
#define DEFINE_CLASS(name, type, exit, init, init_args...) \
	typedef type class_##name##_t; \
	static inline __maybe_unused void class_##name##_destructor(class_##name##_t *__iomem_variable) \
	{ \
		class_##name##_t _T = *__iomem_variable; \
		exit; \
	} \
	static inline __maybe_unused class_##name##_t class_##name##_constructor(init_args) \
	{ \
		class_##name##_t __iomem_made = init; \
		return __iomem_made; \
	}
#define EXTEND_CLASS(name, extension, init, init_args...) \
	typedef class_##name##_t class_##name##extension##_t; \
	static inline __maybe_unused void class_##name##extension##_destructor(class_##name##_t *__iomem_variable) \
	{ \
		class_##name##_destructor(__iomem_variable); \
	} \
	static inline __maybe_unused class_##name##_t class_##name##extension##_constructor(init_args) \
	{ \
		class_##name##_t __iomem_made = init; \
		return __iomem_made; \
	}
#define CLASS(name, variable) \
	class_##name##_t variable __cleanup(class_##name##_destructor) = class_##name##_constructor

/* Guards: classes that hold a lock. The value is a pointer where the guard protects one, else 1; 0 is "not taken". */
#define DEFINE_GUARD(name, type, take, drop) \
	DEFINE_CLASS(name, type, if (_T && !IS_ERR((void *)_T)) { drop; }, ({ take; _T; }), type _T)
#define DEFINE_GUARD_COND_3(name, extension, try) \
	EXTEND_CLASS(name, extension, ({ (try) ? _T : (class_##name##_t)0; }), class_##name##_t _T)
#define DEFINE_GUARD_COND_4(name, extension, try, condition) \
	EXTEND_CLASS(name, extension, ({ int _RET = (try); (condition) ? _T : (class_##name##_t)0; }), class_##name##_t _T)
#define __iomem_fourth(a, b, c, d, chosen, ...) chosen
#define DEFINE_GUARD_COND(args...) __iomem_fourth(args, DEFINE_GUARD_COND_4, DEFINE_GUARD_COND_3, , )(args)

#define DEFINE_LOCK_GUARD_1(name, type, take, drop, members...) \
	typedef struct { \
		type *lock; \
		members; \
	} class_##name##_t; \
	static inline __maybe_unused void class_##name##_destructor(class_##name##_t *_T) \
	{ \
		if (_T->lock) { \
			drop; \
		} \
	} \
	static inline __maybe_unused class_##name##_t class_##name##_constructor(type *__iomem_lock) \
	{ \
		class_##name##_t __iomem_made = { .lock = __iomem_lock }, *_T = &__iomem_made; \
		take; \
		return __iomem_made; \
	}
#define DEFINE_LOCK_GUARD_0(name, take, drop, members...) \
	typedef struct { \
		void *lock; \
		members; \
	} class_##name##_t; \
	static inline __maybe_unused void class_##name##_destructor(class_##name##_t *_T) \
	{ \
		if (_T->lock) { \
			drop; \
		} \
	} \
	static inline __maybe_unused class_##name##_t class_##name##_constructor(void) \
	{ \
		class_##name##_t __iomem_made = { .lock = (void *)1 }, *_T __maybe_unused = &__iomem_made; \
		take; \
		return __iomem_made; \
	}

#define guard(name) CLASS(name, __UNIQUE_ID(guard))
/* The body runs once, as the body of a loop whose variable holds the guard. */
#define __iomem_scoped_guard(name, variable, flag, args...) \
	for (int flag = 1; flag; flag = 0) \
		for (CLASS(name, variable)(args); flag; flag = 0)
#define scoped_guard(name, args...) __iomem_scoped_guard(name, __UNIQUE_ID(guard), __UNIQUE_ID(flag), args)

#endif
