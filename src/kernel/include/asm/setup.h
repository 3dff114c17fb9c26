/* Model header: what x86's boot loader says. */
#ifndef _ASM_SETUP_H
#define _ASM_SETUP_H

bool kaslr_enabled(void);
bool kaslr_memory_enabled(void);

#endif
