/* Model header: what kernel code takes for granted. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/stdarg.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/build_bug.h>
#include <linux/stringify.h>
#include <linux/bug.h>

#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define REPEAT_BYTE(x) (~0UL / 0xff * (x))

#define might_sleep() __iomem_might_sleep("might_sleep()")
#define might_sleep_if(condition) do { if (condition) might_sleep(); } while (0)
#define might_fault() do { } while (0)
#define might_resched() do { } while (0)
#define cant_sleep() do { } while (0)
#define non_block_start() do { } while (0)
#define non_block_end() do { } while (0)

#define u64_to_user_ptr(x) ((void __user *)(unsigned long)(x))
#define typecheck(type, x) 1
#define panic(...) do { printk(KERN_EMERG "Kernel panic: " __VA_ARGS__); __iomem_bug("panic()"); } while (0)
#define add_taint(flag, lockdep_ok) do { } while (0)
#define LOCKDEP_STILL_OK 0
#define TAINT_WARN 9
#define TAINT_TEST 18

enum system_states { SYSTEM_BOOTING, SYSTEM_SCHEDULING, SYSTEM_FREEING_INITMEM, SYSTEM_RUNNING, SYSTEM_HALT };
extern enum system_states system_state;

int get_option(char **str, int *pint);
char *get_options(const char *str, int nints, int *ints);
unsigned long long memparse(const char *text, char **end);
unsigned long simple_strtoul(const char *text, char **end, unsigned int base);
unsigned long long simple_strtoull(const char *text, char **end, unsigned int base);
long simple_strtol(const char *text, char **end, unsigned int base);
int kstrtoull(const char *text, unsigned int base, unsigned long long *result);
int kstrtoul(const char *text, unsigned int base, unsigned long *result);
int kstrtouint(const char *text, unsigned int base, unsigned int *result);
int kstrtoint(const char *text, unsigned int base, int *result);
int kstrtobool(const char *text, bool *result);

#endif
