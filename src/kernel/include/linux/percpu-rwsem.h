/* Model header: per-cpu reader-writer semaphores are plain ones here. */
#ifndef _LINUX_PERCPU_RWSEM_H
#define _LINUX_PERCPU_RWSEM_H
#include <linux/rwsem.h>
#define percpu_rw_semaphore rw_semaphore
#define DEFINE_STATIC_PERCPU_RWSEM(name) static DECLARE_RWSEM(name)
#define DEFINE_PERCPU_RWSEM(name) DECLARE_RWSEM(name)
#define percpu_down_read(lock) down_read(lock)
#define percpu_up_read(lock) up_read(lock)
#define percpu_down_write(lock) down_write(lock)
#define percpu_up_write(lock) up_write(lock)
#define percpu_init_rwsem(lock) ({ init_rwsem(lock); 0; })
#define percpu_free_rwsem(lock) do { } while (0)
#endif
