/* Model header: waiting for a variable. */
#ifndef _LINUX_WAIT_BIT_H
#define _LINUX_WAIT_BIT_H
#include <linux/wait.h>
wait_queue_head_t *__iomem_queue_of(const void *variable);
#define wake_up_var(variable) wake_up_all(__iomem_queue_of(variable))
#define wait_var_event(variable, condition) wait_event(*__iomem_queue_of(variable), condition)
#endif
