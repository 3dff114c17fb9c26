#ifndef _LINUX_IDR_H
#define _LINUX_IDR_H
#include <linux/xarray.h>
#endif
