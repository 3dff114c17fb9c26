/*
 * KUnit, as far as it is C: the runner (kunit.ts) calls these functions, each in a thread of its own, so that a failed
 * assertion can end the case and leave the clean-up to the next.
 */
#include <kunit/test.h>

static struct kunit running;

struct kunit *__iomem_kunit_begin(struct kunit_suite *suite, int index, const void *param);
void __iomem_kunit_run(struct kunit_suite *suite, int index);
void __iomem_kunit_end(struct kunit_suite *suite, int index);
const void *__iomem_kunit_next_param(struct kunit_suite *suite, int index, const void *previous);
int __iomem_kunit_suite_init(struct kunit_suite *suite);
void __iomem_kunit_suite_exit(struct kunit_suite *suite);

struct kunit *__iomem_kunit_begin(struct kunit_suite *suite, int index, const void *param)
{
	memset(&running, 0, sizeof(running));
	INIT_LIST_HEAD(&running.resources);
	running.name = suite->test_cases[index].name;
	running.param_value = param;
	return &running;
}

void __iomem_kunit_run(struct kunit_suite *suite, int index)
{
	if (suite->init && suite->init(&running)) {
		running.status = KUNIT_FAILURE;
		return;
	}
	suite->test_cases[index].run_case(&running);
}

void __iomem_kunit_end(struct kunit_suite *suite, int index)
{
	if (suite->exit)
		suite->exit(&running);
	while (!list_empty(&running.resources)) {
		struct kunit_resource *last = list_first_entry(&running.resources, struct kunit_resource, node);

		list_del(&last->node);
		last->action(last->context);
		kfree(last);
	}
}

const void *__iomem_kunit_next_param(struct kunit_suite *suite, int index, const void *previous)
{
	static char description[128];
	struct kunit_case *test_case = &suite->test_cases[index];

	return test_case->generate_params ? test_case->generate_params(previous, description) : NULL;
}

int __iomem_kunit_suite_init(struct kunit_suite *suite)
{
	return suite->suite_init ? suite->suite_init(suite) : 0;
}

void __iomem_kunit_suite_exit(struct kunit_suite *suite)
{
	if (suite->suite_exit)
		suite->suite_exit(suite);
}

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct kunit_resource *made = kzalloc(sizeof(*made), GFP_KERNEL);

	if (!made)
		return -ENOMEM;
	made->action = action;
	made->context = context;
	list_add(&made->node, &test->resources);
	return 0;
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action, void *context)
{
	int error = kunit_add_action(test, action, context);

	if (error)
		action(context);
	return error;
}

static struct kunit_resource *take_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct kunit_resource *it;

	list_for_each_entry(it, &test->resources, node)
		if (it->action == action && it->context == context) {
			list_del(&it->node);
			return it;
		}
	return NULL;
}

void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *context)
{
	kfree(take_action(test, action, context));
}

void kunit_release_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct kunit_resource *it = take_action(test, action, context);

	if (!it)
		return;
	it->action(it->context);
	kfree(it);
}

static void free_memory(void *object)
{
	kfree(object);
}

void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *object = kmalloc(size, gfp);

	if (object && kunit_add_action_or_reset(test, free_memory, object))
		return NULL;
	return object;
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc(test, size, gfp | __GFP_ZERO);
}

void *kunit_kcalloc(struct kunit *test, size_t count, size_t size, gfp_t gfp)
{
	return kunit_kzalloc(test, size_mul(count, size), gfp);
}

void kunit_kfree(struct kunit *test, const void *object)
{
	kunit_release_action(test, free_memory, (void *)object);
}

void kunit_mark_skipped(struct kunit *test, const char *format, ...)
{
	va_list args;

	test->status = KUNIT_SKIPPED;
	va_start(args, format);
	vsnprintf(test->status_comment, sizeof(test->status_comment), format, args);
	va_end(args);
}
