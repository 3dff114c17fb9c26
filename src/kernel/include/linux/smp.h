#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H
#define smp_processor_id() 0
#define raw_smp_processor_id() 0
#define get_cpu() 0
#define put_cpu() do { } while (0)
#endif
