/* Model header: a counter with a kill switch. */
#ifndef _LINUX_PERCPU_REFCOUNT_H
#define _LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/gfp.h>

struct percpu_ref;
typedef void (percpu_ref_func_t)(struct percpu_ref *ref);

enum { PERCPU_REF_INIT_ATOMIC = 1, PERCPU_REF_INIT_DEAD = 2, PERCPU_REF_ALLOW_REINIT = 4 };
struct percpu_ref {
	atomic_long_t count;
	percpu_ref_func_t *release;
	percpu_ref_func_t *confirm_kill;
	/* What percpu_ref_init() allocates and percpu_ref_exit() frees; NULL before and after. */
	void *data;
	bool dead;
};
int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags, gfp_t gfp);
void percpu_ref_exit(struct percpu_ref *ref);
void percpu_ref_kill(struct percpu_ref *ref);
void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm);
void percpu_ref_reinit(struct percpu_ref *ref);
void percpu_ref_resurrect(struct percpu_ref *ref);
void percpu_ref_get_many(struct percpu_ref *ref, unsigned long count);
bool percpu_ref_tryget_many(struct percpu_ref *ref, unsigned long count);
bool percpu_ref_tryget_live(struct percpu_ref *ref);
bool percpu_ref_tryget_live_rcu(struct percpu_ref *ref);
void percpu_ref_put_many(struct percpu_ref *ref, unsigned long count);
bool percpu_ref_is_dying(struct percpu_ref *ref);
bool percpu_ref_is_zero(struct percpu_ref *ref);
static inline void percpu_ref_get(struct percpu_ref *ref) { percpu_ref_get_many(ref, 1); }
static inline bool percpu_ref_tryget(struct percpu_ref *ref) { return percpu_ref_tryget_many(ref, 1); }
static inline void percpu_ref_put(struct percpu_ref *ref) { percpu_ref_put_many(ref, 1); }

#endif
