#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H
#include <linux/irqflags.h>
#include <iomem-review/intrinsics.h>
#define in_atomic() __iomem_in_atomic()
#define in_interrupt() 0
#define in_irq() 0
#define in_hardirq() 0
#define in_softirq() 0
#define in_nmi() 0
#define in_task() 1
#define preemptible() (!__iomem_in_atomic())
#define preempt_count() __iomem_in_atomic()
#endif
