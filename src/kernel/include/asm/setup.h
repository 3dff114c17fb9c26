/* Model header: what x86's boot loader says. */
#ifndef _ASM_SETUP_H
#define _ASM_SETUP_H

#include <linux/types.h>

bool kaslr_enabled(void);
bool kaslr_memory_enabled(void);

#endif
