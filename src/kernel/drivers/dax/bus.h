/* Model header: see iomem-review/dax.h. Drivers of this bus are loaded at boot. */
#include <iomem-review/dax.h>
#include <linux/module.h>
#undef module_init
#define module_init(function) device_initcall(function)
