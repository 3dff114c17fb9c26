#ifndef _LINUX_STRING_CHOICES_H
#define _LINUX_STRING_CHOICES_H
#include <linux/string_helpers.h>
#endif
