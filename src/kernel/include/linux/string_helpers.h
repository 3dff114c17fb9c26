#ifndef _LINUX_STRING_HELPERS_H
#define _LINUX_STRING_HELPERS_H
#include <linux/string.h>
#include <linux/types.h>
enum string_size_units {
	STRING_UNITS_10,
	STRING_UNITS_2,
	STRING_UNITS_MASK = 1,
	STRING_UNITS_NO_SPACE = 1 << 30,
	STRING_UNITS_NO_BYTES = 1 << 31,
};
int string_get_size(u64 size, u64 blocks, const enum string_size_units units, char *text, int length);
static inline const char *str_yes_no(bool v) { return v ? "yes" : "no"; }
static inline const char *str_on_off(bool v) { return v ? "on" : "off"; }
static inline const char *str_enabled_disabled(bool v) { return v ? "enabled" : "disabled"; }
static inline const char *str_true_false(bool v) { return v ? "true" : "false"; }
#endif
