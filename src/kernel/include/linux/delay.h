#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H
#include <linux/sched.h>
#define udelay(n) ((void)(n))
#define ndelay(n) ((void)(n))
#define mdelay(n) ((void)(n))
#define msleep(n) do { (void)(n); might_sleep(); yield(); } while (0)
#define usleep_range(low, high) msleep(low)
#endif
