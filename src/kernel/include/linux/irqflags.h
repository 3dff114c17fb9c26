/* Model header: interrupts and preemption, as far as they make a context atomic. */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

unsigned long __iomem_irq_disable(void);
void __iomem_irq_enable(void);
void __iomem_irq_restore(void);
void preempt_disable(void);
void preempt_enable(void);
void local_bh_disable(void);
void local_bh_enable(void);
#define local_irq_disable() ((void)__iomem_irq_disable())
#define local_irq_enable() __iomem_irq_enable()
#define local_irq_save(flags) do { (flags) = __iomem_irq_disable(); } while (0)
#define local_irq_restore(flags) do { (void)(flags); __iomem_irq_restore(); } while (0)
#define preempt_enable_no_resched() preempt_enable()

#endif
