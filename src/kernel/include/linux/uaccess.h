/* Model header: user memory is ordinary memory here. */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H
#include <linux/string.h>
#define copy_from_user(to, from, size) ({ memcpy(to, from, size); 0UL; })
#define copy_to_user(to, from, size) ({ memcpy(to, from, size); 0UL; })
#define get_user(x, pointer) ({ (x) = *(pointer); 0; })
#define put_user(x, pointer) ({ *(pointer) = (x); 0; })
#define access_ok(address, size) 1
#endif
