#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H
#include <linux/capability.h>
#endif
