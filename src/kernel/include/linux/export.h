/* Model header: exports. The front end notes the names. */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

#ifdef __IOMEM_REVIEW__
#define EXPORT_SYMBOL(symbol) __iomem_export(symbol)
#else
#define EXPORT_SYMBOL(symbol)
#endif
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS(symbol, namespace) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, namespace) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_FOR_MODULES(symbol, modules) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_FOR_TESTS_ONLY(symbol) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_IF_KUNIT(symbol) EXPORT_SYMBOL(symbol)

struct module;
#define THIS_MODULE ((struct module *)0)
#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "kernel"
#endif

#endif
