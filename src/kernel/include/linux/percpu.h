#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H
#include <linux/smp.h>
#include <linux/types.h>
#define DEFINE_PER_CPU(type, name) typeof(type) name
#define DECLARE_PER_CPU(type, name) extern typeof(type) name
#define per_cpu(variable, cpu) (variable)
#define this_cpu_ptr(pointer) (pointer)
#define this_cpu_read(variable) (variable)
#endif
