/*
 * Model header: KUnit. A case runs as a thread; an assertion that fails ends that thread, and the actions that the case
 * left run afterwards, the last one first.
 */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <linux/kernel.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct kunit;
enum kunit_status { KUNIT_SUCCESS, KUNIT_FAILURE, KUNIT_SKIPPED };
struct kunit_resource {
	struct list_head node;
	void (*action)(void *context);
	void *context;
};
struct kunit {
	void *priv;
	const char *name;
	const void *param_value;
	int param_index;
	enum kunit_status status;
	char status_comment[256];
	/* struct kunit_resource, the last one first */
	struct list_head resources;
};
struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *previous, char *description);
	enum kunit_status status;
	void *attr;
};
struct kunit_suite {
	char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
	void *attr;
};

#define KUNIT_CASE(function) { .run_case = function, .name = #function }
#define KUNIT_CASE_SLOW(function) KUNIT_CASE(function)
#define KUNIT_CASE_PARAM(function, generate) { .run_case = function, .name = #function, .generate_params = generate }
#define KUNIT_CASE_ATTR(function, attributes) KUNIT_CASE(function)

#define KUNIT_CASE_PARAM_ATTR(function, generate, attributes) KUNIT_CASE_PARAM(function, generate)

/* `name`_gen_params: each element of an array in turn; `describe` writes what it is called, NULL where it has no name. */
#define KUNIT_PARAM_DESC_SIZE 128
#define KUNIT_ARRAY_PARAM(name, array, describe) \
	static const void *name##_gen_params(const void *previous, char *description) \
	{ \
		typeof(&(array)[0]) next = previous ? (typeof(&(array)[0]))previous + 1 : &(array)[0]; \
		void (*tell)(typeof(next) element, char *text) = describe; \
		if (next >= &(array)[ARRAY_SIZE(array)]) \
			return NULL; \
		if (tell) \
			tell(next, description); \
		return next; \
	}
#define KUNIT_ARRAY_PARAM_DESC(name, array, member) \
	static const void *name##_gen_params(const void *previous, char *description) \
	{ \
		typeof(&(array)[0]) next = previous ? (typeof(&(array)[0]))previous + 1 : &(array)[0]; \
		if (next >= &(array)[ARRAY_SIZE(array)]) \
			return NULL; \
		strscpy(description, next->member, KUNIT_PARAM_DESC_SIZE); \
		return next; \
	}

/* The runner finds the suites by the names of these pointers. */
#define kunit_test_suite(suite) \
	struct kunit_suite *const __PASTE(__iomem_kunit_suite_, suite) __attribute__((used)) = &(suite)
#define kunit_test_suites(suites...) \
	struct kunit_suite *const __UNIQUE_ID(__iomem_kunit_suites_)[] __attribute__((used)) = { suites }
#define kunit_test_init_section_suites(suites...) kunit_test_suites(suites)

/*
 * One failed expectation: status, location and texts are noted; the thread ends where it is fatal. `left` and `right` are
 * the compared expressions with their values, or NULL.
 */
__printf(8, 9) void __iomem_kunit_failed(struct kunit *test, int fatal, const char *expected, const char *left, u64 left_value,
					 const char *right, u64 right_value, const char *format, ...);
__printf(2, 3) void __iomem_kunit_log(struct kunit *test, const char *format, ...);

#define __iomem_kunit_plain(test, fatal, condition, text, format, ...) do { \
	if (!(condition)) \
		__iomem_kunit_failed(test, fatal, text, NULL, 0, NULL, 0, format, ##__VA_ARGS__); \
	} while (0)
#define __iomem_kunit_cmp(test, fatal, left, op, right, format, ...) do { \
	typeof(left) __iomem_left = (left); \
	typeof(right) __iomem_right = (right); \
	if (!(__iomem_left op __iomem_right)) \
		__iomem_kunit_failed(test, fatal, "Expected " #left " " #op " " #right ", but", #left, (u64)__iomem_left, \
				     #right, (u64)__iomem_right, format, ##__VA_ARGS__); \
	} while (0)
#define __iomem_kunit_str(test, fatal, left, op, right, format, ...) do { \
	const char *__iomem_left = (left); \
	const char *__iomem_right = (right); \
	if (!(strcmp(__iomem_left, __iomem_right) op 0)) \
		__iomem_kunit_failed(test, fatal, "Expected " #left " " #op " " #right, NULL, 0, NULL, 0, format, \
				     ##__VA_ARGS__); \
	} while (0)

#define KUNIT_EXPECT_EQ(test, left, right) __iomem_kunit_cmp(test, 0, left, ==, right, NULL)
#define KUNIT_EXPECT_EQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE(test, left, right) __iomem_kunit_cmp(test, 0, left, !=, right, NULL)
#define KUNIT_EXPECT_NE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_LT(test, left, right) __iomem_kunit_cmp(test, 0, left, <, right, NULL)
#define KUNIT_EXPECT_LT_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, <, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE(test, left, right) __iomem_kunit_cmp(test, 0, left, <=, right, NULL)
#define KUNIT_EXPECT_LE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, <=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT(test, left, right) __iomem_kunit_cmp(test, 0, left, >, right, NULL)
#define KUNIT_EXPECT_GT_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, >, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_GE(test, left, right) __iomem_kunit_cmp(test, 0, left, >=, right, NULL)
#define KUNIT_EXPECT_GE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, >=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ(test, left, right) __iomem_kunit_cmp(test, 0, left, ==, right, NULL)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE(test, left, right) __iomem_kunit_cmp(test, 0, left, !=, right, NULL)
#define KUNIT_EXPECT_PTR_NE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 0, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE(test, condition) __iomem_kunit_plain(test, 0, condition, "Expected " #condition " to be true, but is false", NULL)
#define KUNIT_EXPECT_TRUE_MSG(test, condition, format, ...) \
	__iomem_kunit_plain(test, 0, condition, "Expected " #condition " to be true, but is false", format, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE(test, condition) __iomem_kunit_plain(test, 0, !(condition), "Expected " #condition " to be false, but is true", NULL)
#define KUNIT_EXPECT_FALSE_MSG(test, condition, format, ...) \
	__iomem_kunit_plain(test, 0, !(condition), "Expected " #condition " to be false, but is true", format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NULL(test, pointer) __iomem_kunit_plain(test, 0, !(pointer), "Expected " #pointer " to be NULL, but is not", NULL)
#define KUNIT_EXPECT_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 0, !(pointer), "Expected " #pointer " to be NULL, but is not", format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL(test, pointer) __iomem_kunit_plain(test, 0, pointer, "Expected " #pointer " not to be NULL, but is", NULL)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 0, pointer, "Expected " #pointer " not to be NULL, but is", format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, pointer) __iomem_kunit_plain(test, 0, !IS_ERR_OR_NULL(pointer), "Expected " #pointer " to be neither NULL nor an error, but is", NULL)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 0, !IS_ERR_OR_NULL(pointer), "Expected " #pointer " to be neither NULL nor an error, but is", format, ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ(test, left, right) __iomem_kunit_str(test, 0, left, ==, right, NULL)
#define KUNIT_EXPECT_STREQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_str(test, 0, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ(test, left, right) __iomem_kunit_str(test, 0, left, !=, right, NULL)
#define KUNIT_EXPECT_STRNEQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_str(test, 0, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) __iomem_kunit_plain(test, 0, !memcmp(left, right, size), "Expected " #left " == " #right, NULL)
#define KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, format, ...) \
	__iomem_kunit_plain(test, 0, !memcmp(left, right, size), "Expected " #left " == " #right, format, ##__VA_ARGS__)

#define KUNIT_ASSERT_EQ(test, left, right) __iomem_kunit_cmp(test, 1, left, ==, right, NULL)
#define KUNIT_ASSERT_EQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NE(test, left, right) __iomem_kunit_cmp(test, 1, left, !=, right, NULL)
#define KUNIT_ASSERT_NE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_LT(test, left, right) __iomem_kunit_cmp(test, 1, left, <, right, NULL)
#define KUNIT_ASSERT_LT_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, <, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_LE(test, left, right) __iomem_kunit_cmp(test, 1, left, <=, right, NULL)
#define KUNIT_ASSERT_LE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, <=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_GT(test, left, right) __iomem_kunit_cmp(test, 1, left, >, right, NULL)
#define KUNIT_ASSERT_GT_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, >, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_GE(test, left, right) __iomem_kunit_cmp(test, 1, left, >=, right, NULL)
#define KUNIT_ASSERT_GE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, >=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ(test, left, right) __iomem_kunit_cmp(test, 1, left, ==, right, NULL)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE(test, left, right) __iomem_kunit_cmp(test, 1, left, !=, right, NULL)
#define KUNIT_ASSERT_PTR_NE_MSG(test, left, right, format, ...) \
	__iomem_kunit_cmp(test, 1, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_TRUE(test, condition) __iomem_kunit_plain(test, 1, condition, "Expected " #condition " to be true, but is false", NULL)
#define KUNIT_ASSERT_TRUE_MSG(test, condition, format, ...) \
	__iomem_kunit_plain(test, 1, condition, "Expected " #condition " to be true, but is false", format, ##__VA_ARGS__)
#define KUNIT_ASSERT_FALSE(test, condition) __iomem_kunit_plain(test, 1, !(condition), "Expected " #condition " to be false, but is true", NULL)
#define KUNIT_ASSERT_FALSE_MSG(test, condition, format, ...) \
	__iomem_kunit_plain(test, 1, !(condition), "Expected " #condition " to be false, but is true", format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NULL(test, pointer) __iomem_kunit_plain(test, 1, !(pointer), "Expected " #pointer " to be NULL, but is not", NULL)
#define KUNIT_ASSERT_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 1, !(pointer), "Expected " #pointer " to be NULL, but is not", format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, pointer) __iomem_kunit_plain(test, 1, pointer, "Expected " #pointer " not to be NULL, but is", NULL)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 1, pointer, "Expected " #pointer " not to be NULL, but is", format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pointer) __iomem_kunit_plain(test, 1, !IS_ERR_OR_NULL(pointer), "Expected " #pointer " to be neither NULL nor an error, but is", NULL)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, pointer, format, ...) \
	__iomem_kunit_plain(test, 1, !IS_ERR_OR_NULL(pointer), "Expected " #pointer " to be neither NULL nor an error, but is", format, ##__VA_ARGS__)
#define KUNIT_ASSERT_STREQ(test, left, right) __iomem_kunit_str(test, 1, left, ==, right, NULL)
#define KUNIT_ASSERT_STREQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_str(test, 1, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ(test, left, right) __iomem_kunit_str(test, 1, left, !=, right, NULL)
#define KUNIT_ASSERT_STRNEQ_MSG(test, left, right, format, ...) \
	__iomem_kunit_str(test, 1, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ(test, left, right, size) __iomem_kunit_plain(test, 1, !memcmp(left, right, size), "Expected " #left " == " #right, NULL)
#define KUNIT_ASSERT_MEMEQ_MSG(test, left, right, size, format, ...) \
	__iomem_kunit_plain(test, 1, !memcmp(left, right, size), "Expected " #left " == " #right, format, ##__VA_ARGS__)

#define KUNIT_SUCCEED(test) do { } while (0)
#define KUNIT_FAIL(test, format, ...) __iomem_kunit_plain(test, 0, 0, NULL, format, ##__VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, format, ...) __iomem_kunit_plain(test, 1, 0, NULL, format, ##__VA_ARGS__)
#define kunit_info(test, format, ...) __iomem_kunit_log(test, format, ##__VA_ARGS__)
#define kunit_warn(test, format, ...) __iomem_kunit_log(test, format, ##__VA_ARGS__)
#define kunit_err(test, format, ...) __iomem_kunit_log(test, format, ##__VA_ARGS__)
#define kunit_log(level, test, format, ...) __iomem_kunit_log(test, format, ##__VA_ARGS__)
__printf(2, 3) void kunit_mark_skipped(struct kunit *test, const char *format, ...);
#define kunit_skip(test, format, ...) do { \
	kunit_mark_skipped(test, format, ##__VA_ARGS__); \
	__iomem_end_thread(); \
	} while (0)

typedef void (kunit_action_t)(void *context);
/* Turns a function of another parameter type into an action. */
#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, function, type) \
	static void wrapper(void *context) \
	{ \
		type __iomem_context = (type)context; \
		function(__iomem_context); \
	}
int kunit_add_action(struct kunit *test, kunit_action_t *action, void *context);
int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action, void *context);
void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *context);
void kunit_release_action(struct kunit *test, kunit_action_t *action, void *context);
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kcalloc(struct kunit *test, size_t count, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *object);
#define kunit_kmalloc_array(test, count, size, gfp) kunit_kmalloc(test, size_mul(count, size), gfp)

#endif
