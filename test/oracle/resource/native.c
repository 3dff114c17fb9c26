/*
 * The native side of the oracle: what src/kernel's natives do, as far as one thread needs it, on libc. Linked with the
 * unmodified kernel/resource.c, the model library and a scenario, each compiled by gcc against the model headers, it runs
 * the scenario and prints what can be observed, one fact a line, fields apart by tabs:
 *
 *	observe	EXPRESSION	int|pointer|errno|string	VALUE	(of a pointer: 0 or 1)
 *	problem	RULE	TEXT
 *	log	TEXT		(format only, without its values)
 *	node	DEPTH	START	END	FLAGS	DESC	NAME
 *	end	ok | the rule that ended it
 *
 * The argument names the scenario. Standard input holds the machine's tree: DEPTH START END FLAGS DESC NAME, a line each, in order.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;

/* As in every kernel's ioport.h on 64-bit machines. */
struct resource {
	u64 start, end;
	const char *name;
	unsigned long flags, desc;
	struct resource *parent, *sibling, *child;
};
extern struct resource iomem_resource;
int insert_resource(struct resource *parent, struct resource *new);
struct resource *insert_resource_conflict(struct resource *parent, struct resource *new);

/* Made for each program by native.ts. */
void native_boot(void);
__attribute__((weak)) void native_scenario(const char *name);

static void print_tree(void);

static void finish(const char *how)
{
	/* A tree that is half changed says nothing. */
	if (!strcmp(how, "ok"))
		print_tree();
	printf("end\t%s\n", how);
	fflush(stdout);
	_Exit(0);
}

static void problem(const char *rule, const char *text, int fatal)
{
	printf("problem\t%s\t%s\n", rule, text);
	if (fatal)
		finish(rule);
}

static void quoted(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			fputs("\\n", stdout);
		else if (*s == '\t')
			fputs("\\t", stdout);
		else if (*s == '\\')
			fputs("\\\\", stdout);
		else
			putchar(*s);
	}
}

/*
 * Reports.
 */
void __iomem_observe(const char *expression, int is_pointer, int is_string, int bytes, u64 value)
{
	printf("observe\t");
	quoted(expression);
	if (bytes < 8)
		value &= (1ULL << bytes * 8) - 1;
	if (is_pointer && value >= (u64)-4095)
		printf("\terrno\t%ld\n", (long)value);
	else if (is_string && value) {
		printf("\tstring\t");
		quoted((const char *)value);
		putchar('\n');
	} else if (is_pointer)
		printf("\tpointer\t%d\n", value != 0);
	else
		printf("\tint\t0x%lx\n", value);
}
void __iomem_warn(const char *condition) { problem("warning-raised", condition, 0); }
void __iomem_warn_fmt(const char *format, ...) { problem("warning-raised", format, 0); }
void __iomem_bug(const char *what) { problem("bug-reached", what, 1); }
void __iomem_misuse(const char *format, ...) { problem("api-misuse", format, 0); }
void __iomem_expect_failed(const char *expression) { problem("expectation-failed", expression, 0); }
void __iomem_note(const char *format, ...) { }
void __iomem_end_thread(void) { finish("ended"); }
int _printk(const char *format, ...)
{
	printf("log\t");
	/* The level is two characters of its own. */
	quoted(*format == '\001' ? format + 2 : format);
	putchar('\n');
	return 0;
}
void dump_stack(void) { puts("log\tstack"); }

/*
 * The heap. Freed memory is the sanitizer's business.
 */
void *kmalloc(size_t size, unsigned gfp) { return malloc(size ? size : 1); }
void *kzalloc(size_t size, unsigned gfp) { return calloc(1, size ? size : 1); }
void *kcalloc(size_t n, size_t size, unsigned gfp) { return calloc(n, size); }
void *kvcalloc(size_t n, size_t size, unsigned gfp) { return calloc(n, size); }
void *__iomem_kvrealloc(const void *object, size_t size, unsigned gfp) { return realloc((void *)object, size); }
void kfree(const void *object)
{
	if ((u64)object > 16)
		free((void *)object);
}
void kvfree(const void *object) { kfree(object); }
void *__iomem_internal_alloc(size_t size) { return calloc(1, size); }
int __iomem_is_slab(const void *object) { return object != NULL; }

/*
 * Locks of one thread: what is held may not be taken again, except reading by readers.
 */
static struct held { void *lock; int write, count; } held[16];
static int rcu_depth;

static struct held *slot_of(void *lock)
{
	struct held *spare = NULL;

	for (int i = 0; i < 16; i++) {
		if (held[i].count && held[i].lock == lock)
			return &held[i];
		if (!held[i].count && !spare)
			spare = &held[i];
	}
	spare->lock = lock;
	return spare;
}
static void take(void *lock, int write)
{
	struct held *h = slot_of(lock);

	if (h->count && (write || h->write))
		problem("recursive-lock", "taken again", 1);
	h->write = write;
	h->count++;
}
static void drop(void *lock, int write)
{
	struct held *h = slot_of(lock);

	if (!h->count || h->write != write)
		problem("unlock-not-held", "dropped without being held", 0);
	else
		h->count--;
}
void read_lock(void *lock) { take(lock, 0); }
void read_unlock(void *lock) { drop(lock, 0); }
void write_lock(void *lock) { take(lock, 1); }
void write_unlock(void *lock) { drop(lock, 1); }
void spin_lock_irq(void *lock) { take(lock, 1); }
void spin_unlock_irq(void *lock) { drop(lock, 1); }
unsigned long __iomem_spin_lock_irqsave(void *lock) { take(lock, 1); return 0; }
void spin_unlock_irqrestore(void *lock, unsigned long flags) { drop(lock, 1); }
void spin_lock(void *lock) { take(lock, 1); }
void spin_unlock(void *lock) { drop(lock, 1); }
void __iomem_lock_init(void *lock) { }
void rcu_read_lock(void) { rcu_depth++; }
void rcu_read_unlock(void) { rcu_depth--; }
void __iomem_wait_for_readers(void) { }
int __iomem_in_atomic(void)
{
	for (int i = 0; i < 16; i++)
		if (held[i].count)
			return 1;
	return rcu_depth;
}
void __iomem_might_sleep(const char *what)
{
	if (__iomem_in_atomic())
		problem("sleep-in-atomic", what, 0);
}

/*
 * One thread.
 */
int __iomem_thread(void) { return 0; }
void __iomem_park(unsigned *state, const char *why)
{
	if (*state)
		problem("deadlock", why, 1);
}
int __iomem_unpark(unsigned *state)
{
	int was = *state != 0;

	*state = 0;
	return was;
}
static u64 get(volatile void *at, int bytes)
{
	u64 value = 0;

	memcpy(&value, (void *)at, bytes);
	return value;
}
static u64 put(volatile void *at, int bytes, u64 value)
{
	u64 old = get(at, bytes);

	memcpy((void *)at, &value, bytes);
	return old;
}
u64 __iomem_atomic_add(volatile void *at, int bytes, u64 n) { return put(at, bytes, get(at, bytes) + n); }
u64 __iomem_atomic_and(volatile void *at, int bytes, u64 n) { return put(at, bytes, get(at, bytes) & n); }
u64 __iomem_atomic_or(volatile void *at, int bytes, u64 n) { return put(at, bytes, get(at, bytes) | n); }
u64 __iomem_atomic_xor(volatile void *at, int bytes, u64 n) { return put(at, bytes, get(at, bytes) ^ n); }
u64 __iomem_atomic_xchg(volatile void *at, int bytes, u64 n) { return put(at, bytes, n); }
u64 __iomem_atomic_cmpxchg(volatile void *at, int bytes, u64 expected, u64 n)
{
	return get(at, bytes) == expected ? put(at, bytes, n) : get(at, bytes);
}

/*
 * The machine's tree.
 */
static void print_node(const struct resource *r, int depth)
{
	for (; r; r = r->sibling) {
		printf("node\t%d\t0x%lx\t0x%lx\t0x%lx\t%lu\t", depth, r->start, r->end, r->flags, r->desc);
		quoted(r->name ? r->name : "");
		putchar('\n');
		print_node(r->child, depth + 1);
	}
}
static void print_tree(void) { print_node(iomem_resource.child, 0); }

static void build_tree(void)
{
	static struct resource *at[64];
	struct resource **tail[64] = { &iomem_resource.child };
	char line[1024], name[512];
	u64 start, end, flags, desc;
	int depth;

	at[0] = &iomem_resource;
	while (fgets(line, sizeof(line), stdin)) {
		struct resource *r;

		name[0] = 0;
		if (sscanf(line, "%d %lx %lx %lx %lu %511[^\n]", &depth, &start, &end, &flags, &desc, name) < 5 || depth > 60)
			continue;
		r = calloc(1, sizeof(*r));
		*r = (struct resource){ start, end, strdup(name), flags, desc, at[depth] };
		/* Linked as it is written: the order of equal ranges is part of the input. */
		*tail[depth] = r;
		tail[depth] = &r->sibling;
		at[depth + 1] = r;
		tail[depth + 1] = &r->child;
	}
}

/* A harness of its own takes its place. */
__attribute__((weak)) int main(int argc, char **argv)
{
	native_boot();
	build_tree();
	native_scenario(argc > 1 ? argv[1] : "");
	for (int i = 0; i < 16; i++)
		if (held[i].count)
			problem("lock-held-at-exit", "still held", 0);
	finish("ok");
}
