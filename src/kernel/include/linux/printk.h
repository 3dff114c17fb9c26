/* Model header: the kernel log. Lines become events of the execution, with their level. */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/kern_levels.h>
#include <linux/stdarg.h>
#include <linux/export.h>
#include <linux/types.h>

struct va_format {
	const char *fmt;
	va_list *va;
};

__printf(1, 2) int _printk(const char *format, ...);
int vprintk(const char *format, va_list args);
void dump_stack(void);
#define dump_stack_lvl(level) dump_stack()

#define printk(format, ...) _printk(format, ##__VA_ARGS__)
#define printk_deferred(format, ...) _printk(format, ##__VA_ARGS__)
#define no_printk(format, ...) ({ if (0) _printk(format, ##__VA_ARGS__); 0; })

#ifndef pr_fmt
#define pr_fmt(format) format
#endif
#define pr_emerg(format, ...) printk(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_alert(format, ...) printk(KERN_ALERT pr_fmt(format), ##__VA_ARGS__)
#define pr_crit(format, ...) printk(KERN_CRIT pr_fmt(format), ##__VA_ARGS__)
#define pr_err(format, ...) printk(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...) printk(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_warning(format, ...) pr_warn(format, ##__VA_ARGS__)
#define pr_notice(format, ...) printk(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...) printk(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_cont(format, ...) printk(KERN_CONT format, ##__VA_ARGS__)
/* Off in a kernel without dynamic debug; the arguments are checked all the same. */
#define pr_debug(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#define pr_devel(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)

#define __iomem_once(statement) ({ \
	static bool __iomem_done; \
	if (!__iomem_done) { \
		__iomem_done = true; \
		statement; \
	} })
#define printk_once(format, ...) __iomem_once(printk(format, ##__VA_ARGS__))
#define pr_err_once(format, ...) __iomem_once(pr_err(format, ##__VA_ARGS__))
#define pr_warn_once(format, ...) __iomem_once(pr_warn(format, ##__VA_ARGS__))
#define pr_notice_once(format, ...) __iomem_once(pr_notice(format, ##__VA_ARGS__))
#define pr_info_once(format, ...) __iomem_once(pr_info(format, ##__VA_ARGS__))
/* Nothing is dropped: rate limits depend on time. */
#define printk_ratelimited(format, ...) printk(format, ##__VA_ARGS__)
#define pr_err_ratelimited(format, ...) pr_err(format, ##__VA_ARGS__)
#define pr_warn_ratelimited(format, ...) pr_warn(format, ##__VA_ARGS__)
#define pr_info_ratelimited(format, ...) pr_info(format, ##__VA_ARGS__)
#define pr_debug_ratelimited(format, ...) pr_debug(format, ##__VA_ARGS__)
#define printk_ratelimit() 1

__printf(3, 4) int snprintf(char *buffer, size_t size, const char *format, ...);
__printf(3, 4) int scnprintf(char *buffer, size_t size, const char *format, ...);
__printf(2, 3) int sprintf(char *buffer, const char *format, ...);
int vsnprintf(char *buffer, size_t size, const char *format, va_list args);
int vscnprintf(char *buffer, size_t size, const char *format, va_list args);
int vsprintf(char *buffer, const char *format, va_list args);
__printf(2, 3) char *kasprintf(gfp_t gfp, const char *format, ...);
char *kvasprintf(gfp_t gfp, const char *format, va_list args);
const char *kvasprintf_const(gfp_t gfp, const char *format, va_list args);

#endif
