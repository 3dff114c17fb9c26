/* Model header: see iomem-review/dax.h. */
#include <iomem-review/dax.h>
