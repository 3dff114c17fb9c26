/* Model header: constants shared with assembly. */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H
#define __iomem_ac(value, suffix) (value##suffix)
#define _AC(value, suffix) __iomem_ac(value, suffix)
#define _AT(type, value) ((type)(value))
#define _UL(value) _AC(value, UL)
#define _ULL(value) _AC(value, ULL)
#define UL(value) _UL(value)
#define ULL(value) _ULL(value)
#define _BITUL(n) (_UL(1) << (n))
#define _BITULL(n) (_ULL(1) << (n))
#endif
