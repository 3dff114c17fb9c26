/* Model header: log lines that name a device. */
#ifndef _LINUX_DEV_PRINTK_H
#define _LINUX_DEV_PRINTK_H

#include <linux/printk.h>

#ifndef dev_fmt
#define dev_fmt(format) format
#endif
struct device;
const char *__iomem_device_label(const struct device *dev);
#define dev_printk(level, dev, format, ...) printk(level "%s: " format, __iomem_device_label(dev), ##__VA_ARGS__)
#define dev_emerg(dev, format, ...) dev_printk(KERN_EMERG, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_crit(dev, format, ...) dev_printk(KERN_CRIT, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_err(dev, format, ...) dev_printk(KERN_ERR, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_warn(dev, format, ...) dev_printk(KERN_WARNING, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_notice(dev, format, ...) dev_printk(KERN_NOTICE, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_info(dev, format, ...) dev_printk(KERN_INFO, dev, dev_fmt(format), ##__VA_ARGS__)
#define dev_dbg(dev, format, ...) ({ if (0) dev_printk(KERN_DEBUG, dev, dev_fmt(format), ##__VA_ARGS__); })
#define dev_vdbg(dev, format, ...) dev_dbg(dev, format, ##__VA_ARGS__)
#define dev_err_once(dev, format, ...) __iomem_once(dev_err(dev, format, ##__VA_ARGS__))
#define dev_warn_once(dev, format, ...) __iomem_once(dev_warn(dev, format, ##__VA_ARGS__))
#define dev_info_once(dev, format, ...) __iomem_once(dev_info(dev, format, ##__VA_ARGS__))
#define dev_err_ratelimited(dev, format, ...) dev_err(dev, format, ##__VA_ARGS__)
#define dev_warn_ratelimited(dev, format, ...) dev_warn(dev, format, ##__VA_ARGS__)
#define dev_err_probe(dev, error, format, ...) ({ \
	long __iomem_error = (error); \
	dev_err(dev, format, ##__VA_ARGS__); \
	(int)__iomem_error; })
#define dev_WARN(dev, format, ...) WARN(1, "%s: " format, __iomem_device_label(dev), ##__VA_ARGS__)
#define dev_WARN_ONCE(dev, condition, format, ...) \
	WARN_ONCE(condition, "%s: " format, __iomem_device_label(dev), ##__VA_ARGS__)

#endif
