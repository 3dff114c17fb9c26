/* Model header: what files of mm/ share among themselves. Nothing of it is needed where resources and device memory meet. */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H
#include <linux/mm.h>
#endif
