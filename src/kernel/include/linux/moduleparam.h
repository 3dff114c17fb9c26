/* Model header: module parameters are plain variables. */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H
#define __iomem_declare_nothing struct __iomem_nothing
#define MODULE_LICENSE(text) __iomem_declare_nothing
#define MODULE_AUTHOR(text) __iomem_declare_nothing
#define MODULE_DESCRIPTION(text) __iomem_declare_nothing
#define MODULE_VERSION(text) __iomem_declare_nothing
#define MODULE_ALIAS(text) __iomem_declare_nothing
#define MODULE_IMPORT_NS(namespace) __iomem_declare_nothing
#define MODULE_INFO(tag, text) __iomem_declare_nothing
#define MODULE_SOFTDEP(text) __iomem_declare_nothing
#define MODULE_DEVICE_TABLE(type, name) __iomem_declare_nothing
#define MODULE_PARM_DESC(name, text) __iomem_declare_nothing
#define module_param(name, type, mode) __iomem_declare_nothing
#define module_param_named(name, value, type, mode) __iomem_declare_nothing
#define module_param_cb(name, ops, arg, mode) __iomem_declare_nothing
#define core_param(name, variable, type, mode) __iomem_declare_nothing
#endif
